import type { Readable } from 'node:stream';
import type { AlertSettings } from '../functions/local/alert-settings.ts';
import type { Style } from './ui/style.ts';

/** 0 done; 1 a check said no; 2 usage; 3 input or output failed. */
export type ExitStatus = 0 | 1 | 2 | 3;

/** The world as a command sees it, so that tests can hand it another. */
export interface Terminal {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
  readonly input: Readable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly style: Style;
  readonly errStyle: Style;
  /** Columns of `out`. */
  readonly width: number;
  /** Whether a person is watching `out`. */
  readonly isInteractive: boolean;
}

export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** The value's placeholder; an option without one is a flag. */
  readonly value?: string;
  readonly repeatable?: boolean;
  readonly choices?: readonly string[];
  readonly about: string;
}

export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What follows the name: `PATH... [--source ID]`. */
  readonly usage: string;
  /** A paragraph or two. */
  readonly about: string;
  readonly options: readonly OptionSpec[];
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  readonly positionals: { readonly min: number; readonly max: number; readonly name: string };
  /** A settings file that cannot be used ends every other command; this one runs without it, and tells. */
  readonly toleratesFaultySettings?: true;
  readonly run: (call: Call) => Promise<ExitStatus>;
}

export type OutputFormat = 'table' | 'json' | 'ndjson' | 'csv';

export interface Call {
  readonly positionals: readonly string[];
  /** The option's value, or undefined where it was not given. */
  readonly option: (name: string) => string | undefined;
  readonly options: (name: string) => readonly string[];
  readonly flag: (name: string) => boolean;
  readonly dataFolder: string;
  readonly output: OutputFormat;
  readonly settings: Settings;
  readonly settingsFile: SettingsFile;
  readonly terminal: Terminal;
}

/** What `trailproof.yaml` may say; a flag beats the environment, which beats the file. */
export interface Settings {
  readonly origin?: string;
  readonly port?: number;
  readonly rules: readonly string[];
  readonly githubSecrets: readonly string[];
  readonly alerts: AlertSettings;
}

/** Which file the settings came from, if any, or why it could not be used. */
export interface SettingsFile {
  readonly path: string | undefined;
  readonly fault: string | undefined;
}

/** The command line, a file of settings or an expression is not what it should be: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something outside could not be read or written: exit status 3. */
export class IoError extends Error {
  override readonly name = 'IoError';
}
