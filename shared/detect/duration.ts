const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** `90s`, `30m`, `1h`, `14d`, `2w` in ms; undefined for anything else and for no time at all. */
export function readDurationMs(text: unknown): number | undefined {
  const match = /^(\d{1,6})([smhdw])$/.exec(typeof text === 'string' ? text : '');
  const ms = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN);
  return ms > 0 ? ms : undefined;
}
