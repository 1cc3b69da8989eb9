import { HEX_PREFIX_MIN, type ShortField } from './field.ts';
import { shortField } from './fields.ts';
import { parseInstant } from './instant.ts';
import { parseCidr } from './ip.ts';
import { foundAt, isSpace, readQuoted, readRun, refuse, type Scanner, skipSpace } from './scan.ts';
import type { Bound, FieldName, Match, Term } from './syntax.ts';
import { ANY_RUN, wildcardOf } from './wildcard.ts';

/** Reads the value after `field:`, or one of those inside `field:( … )`. `position` is where its term begins. */
export function readValue(
  scanner: Scanner,
  field: FieldName,
  position: number,
  nowMs: number,
): Term | undefined {
  const match = readMatch(scanner, field, nowMs);
  return match === undefined ? undefined : { kind: 'term', field, match, position };
}

function readMatch(scanner: Scanner, field: FieldName, nowMs: number): Match | undefined {
  const { text, at } = scanner;
  const next = text[at];
  if (next === undefined || isSpace(next) || next === ')') {
    const hint = isSpace(next) ? 'Leave no space after the colon.' : undefined;
    return refuse(scanner, at, 1, `expected a value after the colon, found ${foundAt(scanner)}`, hint);
  }
  if (next === '[' || next === '{') return readRange(scanner, field, nowMs);
  if (next === '>' || next === '<') return readComparison(scanner, field, nowMs);
  if (next === '"') {
    const quoted = readQuoted(scanner);
    return quoted === undefined
      ? undefined
      : matchOf(scanner, field, { text: quoted, wild: false, start: at }, nowMs);
  }
  const run = readRun(scanner, '');
  return run === undefined ? undefined : matchOf(scanner, field, run, nowMs);
}

interface Written {
  readonly text: string;
  readonly wild: boolean;
  readonly start: number;
}

function matchOf(scanner: Scanner, field: FieldName, written: Written, nowMs: number): Match | undefined {
  const text = written.text.toLowerCase();
  const { start, wild } = written;
  const length = scanner.at - start;
  if (text !== '' && text.replaceAll(ANY_RUN, '') === '') return { kind: 'present' };
  const short = field.kind === 'short' ? shortField(field.name) : undefined;
  const spelt = short?.spelling(text) ?? text;
  if (wild) return { kind: 'wildcard', pattern: wildcardOf(spelt) };
  if (isIpField(field) && text.includes('/')) {
    const range = parseCidr(text);
    if (range !== undefined) return { kind: 'cidr', range };
    return refuse(scanner, start, length, 'expected a network such as 10.0.0.0/8 or 2001:db8::/32');
  }
  if (isTimeField(field)) {
    const instant = parseInstant(text, nowMs);
    if (instant === undefined) return refuse(scanner, start, length, EXPECTED_TIME);
    return {
      kind: 'range',
      lower: { inclusive: true, text, number: instant.firstMs },
      upper: { inclusive: true, text, number: instant.lastMs },
    };
  }
  return isShortHex(short, spelt) ? refuseShortHex(scanner, start, length) : { kind: 'equals', text: spelt };
}

const EXPECTED_TIME = 'expected a time such as 2026-05-01, 2026-05-01T10:30Z or now-24h';

function isShortHex(field: ShortField | undefined, text: string): boolean {
  return field?.hexPrefix === true && text.length < HEX_PREFIX_MIN && /^[0-9a-f]+$/.test(text);
}

function refuseShortHex(scanner: Scanner, start: number, length: number): undefined {
  const hint = `With fewer, end it with a *.`;
  return refuse(scanner, start, length, `expected at least ${HEX_PREFIX_MIN} hex digits`, hint);
}

/** `[a TO b]` with both ends, `{a TO b}` without them, or one of each; `*` leaves an end open. */
function readRange(scanner: Scanner, field: FieldName, nowMs: number): Match | undefined {
  const open = scanner.at;
  scanner.at += 1;
  const from = readEnd(scanner);
  if (from === undefined) return undefined;
  skipSpace(scanner);
  if (!/^to(?=\s)/i.test(scanner.text.slice(scanner.at, scanner.at + 3))) {
    return refuse(scanner, scanner.at, 1, `expected TO, found ${foundAt(scanner)}`, RANGE_HINT);
  }
  scanner.at += 2;
  const to = readEnd(scanner);
  if (to === undefined) return undefined;
  skipSpace(scanner);
  const close = scanner.text[scanner.at];
  if (close !== ']' && close !== '}') {
    return refuse(
      scanner,
      open,
      1,
      `this range is never closed: expected ] or }, found ${foundAt(scanner)}`,
      RANGE_HINT,
    );
  }
  scanner.at += 1;
  const lower = boundOf(scanner, field, from, { inclusive: scanner.text[open] === '[', upper: false, nowMs });
  const upper = boundOf(scanner, field, to, { inclusive: close === ']', upper: true, nowMs });
  return scanner.fault === undefined ? { kind: 'range', lower, upper } : undefined;
}

const RANGE_HINT = 'A range is written [a TO b]; a * leaves an end open.';

function readEnd(scanner: Scanner): Written | undefined {
  skipSpace(scanner);
  const start = scanner.at;
  if (scanner.text[start] === '"') {
    const quoted = readQuoted(scanner);
    return quoted === undefined ? undefined : { text: quoted, wild: false, start };
  }
  const run = readRun(scanner, ']}');
  if (run === undefined) return undefined;
  if (run.text === '')
    return refuse(scanner, start, 1, `expected a value, found ${foundAt(scanner)}`, RANGE_HINT);
  if (run.wild && run.text !== ANY_RUN) {
    return refuse(scanner, start, run.end - start, 'expected a value without wildcards', RANGE_HINT);
  }
  return run;
}

function readComparison(scanner: Scanner, field: FieldName, nowMs: number): Match | undefined {
  const upper = scanner.text[scanner.at] === '<';
  scanner.at += 1;
  const inclusive = scanner.text[scanner.at] === '=';
  if (inclusive) scanner.at += 1;
  const next = scanner.text[scanner.at];
  if (next === undefined || isSpace(next) || '()]}*?'.includes(next)) {
    return refuse(scanner, scanner.at, 1, `expected a number, a time or a text, found ${foundAt(scanner)}`);
  }
  const end = readEnd(scanner);
  if (end === undefined) return undefined;
  const bound = boundOf(scanner, field, end, { inclusive, upper, nowMs });
  if (bound === undefined) return undefined;
  return { kind: 'range', lower: upper ? undefined : bound, upper: upper ? bound : undefined };
}

/** A day as a bound is its first instant or its last, so that `[2026-05-01 TO 2026-05-02]` holds both days whole. */
function boundOf(
  scanner: Scanner,
  field: FieldName,
  written: Written,
  {
    inclusive,
    upper,
    nowMs,
  }: { readonly inclusive: boolean; readonly upper: boolean; readonly nowMs: number },
): Bound | undefined {
  if (written.wild) return undefined;
  const text = written.text.toLowerCase();
  if (!isTimeField(field)) return { inclusive, text, number: numberOf(text) };
  const instant = parseInstant(text, nowMs);
  if (instant === undefined) return refuse(scanner, written.start, written.text.length, EXPECTED_TIME);
  return { inclusive, text, number: upper === inclusive ? instant.lastMs : instant.firstMs };
}

function numberOf(text: string): number | undefined {
  return /^-?[0-9]{1,15}(\.[0-9]{1,15})?$/.test(text) ? Number(text) : undefined;
}

/** OCSF names its times `time`, `*_time` (ms since the epoch) and `*_dt` (RFC 3339). */
export function isTimeField(field: FieldName): boolean {
  if (field.kind !== 'path' || field.segments[0] === 'unmapped' || field.segments[0] === 'raw_data')
    return false;
  return /^time$|_time$|_dt$/.test(field.segments[field.segments.length - 1] ?? '');
}

function isIpField(field: FieldName): boolean {
  return field.kind === 'short' ? field.name === 'ip' : field.segments[field.segments.length - 1] === 'ip';
}
