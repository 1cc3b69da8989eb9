import { stat } from 'node:fs/promises';
import { findFiles } from './find-files.ts';

export interface WatchOptions {
  readonly paths: readonly string[];
  /** Takes files that are new or changed; answers with those that could not be taken, which come again. Never rejects. */
  readonly changed: (paths: readonly string[]) => Promise<ReadonlyMap<string, Error>>;
  readonly failed: (error: Error) => void;
}

const POLL_MS = 1000;

/**
 * Looks for files that are new or changed, and hands each on once it has stood still for one look: by then whoever
 * writes it has finished, or goes on writing, and it comes again. Polling also sees what network folders do not tell.
 * Answers with what stops it.
 */
export function watch(options: WatchOptions): () => void {
  if (options.paths.length === 0) return () => undefined;
  const taken = new Map<string, string>();
  const seen = new Map<string, string>();
  let stopped = false;
  const look = async (): Promise<void> => {
    const due: string[] = [];
    for (const { path } of await findFiles(options.paths)) {
      const { size, mtimeMs } = await stat(path);
      const state = `${size}/${mtimeMs}`;
      if (taken.get(path) !== state && seen.get(path) === state) {
        due.push(path);
        taken.set(path, state);
      }
      seen.set(path, state);
    }
    if (due.length === 0 || stopped) return;
    const faults = await options.changed(due);
    for (const path of due) {
      const fault = faults.get(path);
      if (fault !== undefined) taken.delete(path);
      complain(path, fault);
    }
  };
  // What stays wrong is told once.
  const complaints = new Map<string, string>();
  const complain = (about: string, fault: Error | undefined): void => {
    if (fault !== undefined && complaints.get(about) !== fault.message) options.failed(fault);
    if (fault === undefined) complaints.delete(about);
    else complaints.set(about, fault.message);
  };
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const fault = await look().then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
      );
      complain('', fault);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS).unref());
    }
  };
  void loop();
  return () => {
    stopped = true;
  };
}
