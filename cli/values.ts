import { type Call, UsageError } from './command.ts';

const AGO_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A time option: RFC 3339, a date (midnight UTC), or how long ago. In ms since the epoch. */
export function readTime(call: Pick<Call, 'option'>, name: string, nowMs: number): number | undefined {
  const given = call.option(name);
  if (given === undefined) return undefined;
  const ago = /^(\d{1,6})([smhdw])$/.exec(given);
  if (ago !== null) return nowMs - Number(ago[1]) * (AGO_MS[ago[2] ?? ''] ?? 0);
  const isTime = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/.test(given);
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(given) || given.length === 10 ? given : `${given}Z`;
  const timeMs = isTime ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(timeMs)) {
    throw new UsageError(
      `--${name} is a time such as 2026-05-04, 2026-05-04T09:11:22Z or 14d; found "${given}".`,
    );
  }
  return timeMs;
}

export function readCount(call: Pick<Call, 'option'>, name: string): number | undefined {
  const given = call.option(name);
  if (given === undefined) return undefined;
  if (!/^\d{1,9}$/.test(given) || Number(given) === 0) {
    throw new UsageError(`--${name} is a whole number above 0; found "${given}".`);
  }
  return Number(given);
}

/** A time to come: RFC 3339, a date, or how long from a moment. In ms since the epoch. */
export function readUntil(call: Pick<Call, 'option'>, name: string, fromMs: number): number | undefined {
  const given = call.option(name);
  const ahead = /^(\d{1,6})([smhdw])$/.exec(given ?? '');
  if (ahead === null) return readTime(call, name, fromMs);
  return fromMs + Number(ahead[1]) * (AGO_MS[ahead[2] ?? ''] ?? 0);
}
