/** A place in a rule file. Lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What is wrong in a rule file and where. An error means that the rule (or filter) is not loaded. */
export interface Fault extends Position {
  readonly severity: 'error' | 'warning';
  /** What was expected and what was found. */
  readonly message: string;
}

/** Where a parser puts what it finds wrong; it goes on, so that one run shows every fault of a file. */
export interface Report {
  error(at: Position, message: string): void;
  warning(at: Position, message: string): void;
}

/** A report that collects, in the order found. */
export function collect(faults: Fault[]): Report {
  const add = (severity: Fault['severity']) => (at: Position, message: string) => {
    faults.push({ severity, message, file: at.file, line: at.line, column: at.column });
  };
  return { error: add('error'), warning: add('warning') };
}

/** `rules/x/rule.yml:3:5: error: expected ...`: the form that editors and CI logs link. */
export function formatFault(fault: Fault): string {
  return `${fault.file}:${fault.line}:${fault.column}: ${fault.severity}: ${fault.message}`;
}

/** The same place, so many characters further on its line. */
export function further(at: Position, characters: number): Position {
  return { file: at.file, line: at.line, column: at.column + characters };
}

/** A value of a rule file as it may stand in a message: short, and on one line. */
export function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}...` : text;
  return JSON.stringify(short);
}
