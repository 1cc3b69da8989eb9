import type { JsonValue } from '../json/json.ts';

/** A native time: ms since the epoch, truncated, and exactly what the source wrote. */
export interface NativeTime {
  readonly ms: number;
  readonly original: string;
}

/**
 * Reads the times that audit sources write: RFC 3339 with any fraction, without a zone (then UTC), with a trailing
 * ` UTC`, and epoch seconds, milliseconds, microseconds or nanoseconds as a number or as digits. Digits are cut, never
 * rounded and never taken through a float of seconds. Undefined for anything else, and for the epoch or before it,
 * which is how systems write "no time".
 */
export function parseTime(value: JsonValue | undefined): NativeTime | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const original = String(value);
  if (original.length > 64) return undefined;
  const ms = dateTimeMs(original) ?? epochMs(original);
  return ms !== undefined && ms > 0 && ms <= LAST_MS ? { ms, original } : undefined;
}

/** The end of year 9999, the last that RFC 3339 can write. */
const LAST_MS = 253_402_300_799_999;

const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)? ?(?:([Zz]|UTC)|([+-])(\d\d):?(\d\d))?$/;

function dateTimeMs(text: string): number | undefined {
  const match = DATE_TIME.exec(text.trim());
  if (match === null) return undefined;
  const field = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day] = [field(1), field(2), field(3)];
  const [hour, minute, second] = [field(4), field(5), field(6)];
  // 60 is a leap second; it counts as the first of the next minute.
  if (year < 1970 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 60) return undefined;
  const midnight = Date.UTC(year, month - 1, day);
  if (new Date(midnight).getUTCDate() !== day) return undefined;
  const fractionMs = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const offsetMs = (match[9] === '-' ? -1 : 1) * (field(10) * 60 + field(11)) * 60_000;
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000 + fractionMs - offsetMs;
}

const EPOCH = /^(\d{1,19})(?:\.(\d+))?$/;

/** The unit follows from the number of digits, which is unambiguous between 1973 and 5138. */
function epochMs(text: string): number | undefined {
  const match = EPOCH.exec(text);
  if (match === null) return undefined;
  const whole = (match[1] ?? '').replace(/^0+/, '');
  if (whole.length <= 11) return Number(`${whole}${(match[2] ?? '').padEnd(3, '0').slice(0, 3)}`);
  if (whole.length <= 14) return Number(whole);
  return Number(whole.slice(0, whole.length <= 17 ? -3 : -6));
}
