/** Why an expression cannot be read: where, what was found there and what was expected. */
export interface QueryFault {
  readonly expression: string;
  /** UTF-16 offset into the expression. */
  readonly position: number;
  /** How many characters are at fault; at least 1 when drawn. */
  readonly length: number;
  readonly message: string;
  /** What the writer may have meant. */
  readonly hint?: string;
}

/** The fault for a terminal: the message, the expression on one line, a caret under the place, the hint. */
export function renderFault({ expression, position, length, message, hint }: QueryFault): string {
  const line = printable(expression);
  const from = Math.max(0, position - CONTEXT);
  const shown = line.slice(from, position + length + CONTEXT);
  const width = Math.max(1, Math.min(length, shown.length - (position - from)));
  const lines = [message, `  ${shown}`, `  ${' '.repeat(position - from)}${'^'.repeat(width)}`];
  if (hint !== undefined) lines.push(hint);
  return lines.join('\n');
}

/** Characters of a long expression that are shown on either side of the fault. */
const CONTEXT = 60;

/** Every control character becomes one space, so that the caret stays under its place and a terminal stays whole. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, ' ');
}
