import { RE2JS } from 're2js';
import { fail, ok, type Result } from '../../result.ts';
import type { Anchor, TextTest } from './pattern.ts';

const PATTERN_LENGTH_MAX = 4_096;
/** Characters of a value that a regular expression sees. The engine is linear, so this bounds its time. */
export const REGEX_INPUT_MAX = 262_144;

/** A repetition without a lower bound, which other engines know: a rule that means it would never fire. */
const OPEN_REPETITION = /(?<!\\)(?:\\\\)*\{,(\d{1,4})\}/;

/** A regular expression at work, and a text that stands in everything that it matches; empty where none is known. */
export interface CompiledRegex {
  readonly test: TextTest;
  readonly literal: string;
}

/** Under what name a pattern is known to compile. */
export function patternKey(pattern: string, flags: string, anchor: Anchor): string {
  return JSON.stringify([pattern, flags, anchor]);
}

/**
 * A pattern that is known to compile, put off until a text is tested with it: most patterns of a rule set never see one
 * between a start and its end.
 */
export function compileRegexLater(pattern: string, flags: string, anchor: Anchor): CompiledRegex {
  let compiled: TextTest | undefined;
  return {
    test: (text) => {
      if (compiled === undefined) {
        const now = compileRegex(pattern, flags, anchor);
        compiled = now.ok ? now.value.test : () => false;
      }
      return compiled(text);
    },
    literal: flags.includes('i') ? '' : literalOf(pattern),
  };
}

/** Compiles on an engine of RE2's class: linear time, no lookaround, no backreferences. The fault says why not. */
export function compileRegex(pattern: string, flags: string, anchor: Anchor): Result<CompiledRegex> {
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
    // Compiled alone first: a pattern must not close the group around it.
    const alone = RE2JS.compile(pattern, bits);
    const compiled = start === end ? alone : RE2JS.compile(`${start}(?:${pattern})${end}`, bits);
    return ok({
      test: (text) => compiled.test(text.length > REGEX_INPUT_MAX ? text.slice(0, REGEX_INPUT_MAX) : text),
      literal: flags.includes('i') ? '' : literalOf(pattern),
    });
  } catch (error) {
    return fail(`not a regular expression that runs in linear time (RE2 syntax): ${reason(error)}`);
  }
}

/**
 * The longest run of plain characters that every match has. Where a pattern has groups, alternatives, classes or counted
 * repetitions none is claimed: a literal too few costs time, one too many would lose a match.
 */
function literalOf(pattern: string): string {
  let longest = '';
  let run = '';
  for (const [token] of pattern.matchAll(/\\?./gsu)) {
    if (/^(?:[|()[\]{}]|\\[^dDwWsSbB\x20-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]|\\)$/u.test(token)) return '';
    // What may be missing, or follow once more, ends the run; the character before `*` and `?` is not sure.
    if (token === '*' || token === '?') run = run.slice(0, -1);
    if (run.length > longest.length) longest = run;
    const isPlain = /^(?:[^.*+?^$\\]|\\[^\w])$/.test(token) && isAscii(token);
    run = isPlain ? run + token.slice(-1) : '';
  }
  return run.length > longest.length ? run : longest;
}

/** Only these keep to their own place when a text is put in lower case. */
export function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** The library throws its own error type for a pattern that it does not take. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /\(\?<?[=!]/.test(message)
    ? 'lookaround is not supported'
    : message.replace('error parsing regexp: ', '');
}
