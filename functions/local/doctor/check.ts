/** One thing that was looked at, and what to do about it. */
export interface Check {
  /** What was looked at, in a word. */
  readonly check: string;
  /** `warn`: somebody should look. `fail`: something does not work, or is not safe, until somebody has. */
  readonly status: 'ok' | 'warn' | 'fail';
  /** May hold names from the disk. */
  readonly found: string;
  /** What to do; undefined where nothing needs to be done. */
  readonly remedy: string | undefined;
}

/** What the checks look at. */
export interface Patient {
  readonly folder: string;
  readonly nowMs: number;
  readonly settings: {
    readonly origin?: string;
    readonly rules: readonly string[];
    readonly githubSecrets: readonly string[];
  };
  /** The settings file that was read, or why it could not be. */
  readonly settingsFile: { readonly path: string | undefined; readonly fault: string | undefined };
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function healthy(check: string, found: string): Check {
  return { check, status: 'ok', found, remedy: undefined };
}

export function doubtful(check: string, found: string, remedy: string): Check {
  return { check, status: 'warn', found, remedy };
}

export function broken(check: string, found: string, remedy: string): Check {
  return { check, status: 'fail', found, remedy };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
