const AGO_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A time as people write it in an address: RFC 3339, a date (midnight UTC), or how long ago. */
export type ReadTime =
  | { readonly kind: 'none' }
  | { readonly kind: 'time'; readonly timeMs: number }
  | { readonly kind: 'fault'; readonly message: string };

export function readTime(given: string, nowMs: number): ReadTime {
  const text = given.trim();
  if (text === '') return { kind: 'none' };
  const ago = /^(\d{1,6})([smhdw])$/.exec(text);
  if (ago !== null) return { kind: 'time', timeMs: nowMs - Number(ago[1]) * (AGO_MS[ago[2] ?? ''] ?? 0) };
  const isTime = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text);
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(text) || text.length === 10 ? text : `${text}Z`;
  const timeMs = isTime ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN;
  if (!Number.isNaN(timeMs) && isDay(text.slice(0, 10))) return { kind: 'time', timeMs };
  return {
    kind: 'fault',
    message: `expected a time such as 2026-05-04, 2026-05-04T09:11:22Z or 14d, found "${text.slice(0, 60)}"`,
  };
}

/** The 30th of February is read as a day of March by `Date`. */
function isDay(date: string): boolean {
  const timeMs = Date.parse(date);
  return !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(date);
}
