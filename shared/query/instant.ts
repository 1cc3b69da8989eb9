/**
 * Times as people write them in a question: RFC 3339 with as many of its parts as they care for (`2026`, `2026-05`,
 * `2026-05-01`, `2026-05-01T10:30Z`; no zone means UTC), epoch seconds or milliseconds, `now`, and durations before
 * or after now (`now-90m`, `-7d`, `24h`).
 */

/** A stretch of time, both ends inclusive, ms since the epoch: a day where only a day was written. */
export interface Instant {
  readonly firstMs: number;
  readonly lastMs: number;
}

export function parseInstant(text: string, nowMs: number): Instant | undefined {
  const trimmed = text.trim().toLowerCase();
  return relative(trimmed, nowMs) ?? epoch(trimmed) ?? calendar(trimmed);
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `now`, `now-90m`, `now+5m`, `-7d`; a bare `24h` is that long ago. */
function relative(text: string, nowMs: number): Instant | undefined {
  if (text === 'now') return { firstMs: nowMs, lastMs: nowMs };
  const found = /^(?:now)?([+-]?)([0-9]{1,9})([smhdw])$/.exec(text);
  if (found === null || (text.startsWith('now') && found[1] === '')) return undefined;
  const distanceMs = Number(found[2]) * (UNIT_MS[found[3] ?? ''] ?? 0);
  const ms = found[1] === '+' ? nowMs + distanceMs : nowMs - distanceMs;
  return { firstMs: ms, lastMs: ms };
}

/** Seconds with 9 or 10 digits, milliseconds with 12 or 13: the years 1973 to 2286. */
function epoch(text: string): Instant | undefined {
  if (/^[0-9]{12,13}$/.test(text)) return { firstMs: Number(text), lastMs: Number(text) };
  if (!/^[0-9]{9,10}$/.test(text)) return undefined;
  return { firstMs: Number(text) * 1000, lastMs: Number(text) * 1000 + 999 };
}

const CALENDAR =
  /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[t ]([0-9]{2})(?::([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?)?(z| utc|[+-][0-9]{2}:?[0-9]{2})?)?)?)?$/;

function calendar(text: string): Instant | undefined {
  const found = CALENDAR.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = found;
  const parts = [year, month, day, hour, minute, second];
  const written = parts.filter((part) => part !== undefined).length;
  const values = parts.map((part, position) => (part === undefined ? (FLOOR[position] ?? 0) : Number(part)));
  const fractionMs = fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3));
  const offsetMs = zoneMs(zone);
  if (!isCalendar(values) || offsetMs === undefined) return undefined;
  const firstMs = utc(values) + fractionMs - offsetMs;
  if (fraction !== undefined)
    return { firstMs, lastMs: firstMs + (fraction.length < 3 ? 10 ** (3 - fraction.length) - 1 : 0) };
  const after = values.map((value, position) => (position === written - 1 ? value + 1 : value));
  return { firstMs, lastMs: utc(after) - offsetMs - 1 };
}

const FLOOR: readonly number[] = [1970, 1, 1, 0, 0, 0];

function utc(values: readonly number[]): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = values;
  // Date.UTC reads the years 0 to 99 as 1900 to 1999.
  return new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000;
}

function isCalendar(values: readonly number[]): boolean {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = values;
  const daysInMonth = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  return (
    month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth && hour <= 23 && minute <= 59 && second <= 60
  );
}

function zoneMs(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'z' || zone === ' utc') return 0;
  const digits = zone.replace(/[^0-9]/g, '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  if (Number(digits.slice(0, 2)) > 23 || Number(digits.slice(2)) > 59) return undefined;
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
