import { RE2JS } from 're2js';
import { fail, ok, type Result } from '../../result.ts';
import type { Anchor, TextTest } from './pattern.ts';

const PATTERN_LENGTH_MAX = 4_096;
/** Characters of a value that a regular expression sees. The engine is linear, so this bounds its time. */
export const REGEX_INPUT_MAX = 262_144;

/** A repetition without a lower bound, which other engines know: a rule that means it would never fire. */
const OPEN_REPETITION = /(?<!\\)(?:\\\\)*\{,(\d{1,4})\}/;

/** Compiles on an engine of RE2's class: linear time, no lookaround, no backreferences. The fault says why not. */
export function compileRegex(pattern: string, flags: string, anchor: Anchor): Result<TextTest> {
  if (pattern.length > PATTERN_LENGTH_MAX) {
    return fail(`expected a regular expression of at most ${PATTERN_LENGTH_MAX} characters`);
  }
  const open = OPEN_REPETITION.exec(pattern)?.[1];
  if (open !== undefined) return fail(`{,${open}} is plain text to RE2: write {0,${open}} or \\{,${open}}`);
  const start = anchor === 'startswith' ? '\\A' : '';
  const end = anchor === 'endswith' ? '\\z' : '';
  let bits = 0;
  if (flags.includes('i')) bits |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes('m')) bits |= RE2JS.MULTILINE;
  if (flags.includes('s')) bits |= RE2JS.DOTALL;
  try {
    const whole = start === end ? pattern : `${start}(?:${pattern})${end}`;
    // Compiled alone first: a pattern must not close the group around it.
    RE2JS.compile(pattern, bits);
    const compiled = RE2JS.compile(whole, bits);
    return ok((text) => compiled.test(text.length > REGEX_INPUT_MAX ? text.slice(0, REGEX_INPUT_MAX) : text));
  } catch (error) {
    return fail(`not a regular expression that runs in linear time (RE2 syntax): ${reason(error)}`);
  }
}

/** The library throws its own error type for a pattern that it does not take. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /\(\?<?[=!]/.test(message)
    ? 'lookaround is not supported'
    : message.replace('error parsing regexp: ', '');
}
