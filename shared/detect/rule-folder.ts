import type { RuleContents } from './rule-contents.ts';
import type { Fault } from './sigma/index.ts';

/** A rule as it lies in a folder: its Sigma file, events that match and that must not, and a runbook. */
export interface RuleFolder {
  /** The folder's name, which is the family of its rules. */
  readonly name: string;
  readonly rule: RuleFile;
  readonly runbook: RuleFile | undefined;
  readonly match: readonly RuleFile[];
  readonly ignore: readonly RuleFile[];
}

export interface RuleFile {
  /** As faults name it. */
  readonly path: string;
  readonly text: string;
  /** What it says, where that was read ahead of time. */
  readonly contents?: RuleContents;
}

/** A fault of a whole file. */
export function faultOf(file: RuleFile, message: string): Fault {
  return { file: file.path, line: 1, column: 1, severity: 'error', message };
}
