import { inert } from '../../inert.ts';

const TEXT_SHOWN_MAX = 80;

/** A value of an event in a sentence: as it is where it cannot be mistaken for the sentence, else in quotes. */
export function shown(text: string): string {
  const clean = inert(text, TEXT_SHOWN_MAX);
  return /^[\w@.:/+=~*#-]+…?$/.test(clean) ? clean : `"${clean.replaceAll('"', "'")}"`;
}

export function times(count: number): string {
  if (count === 1) return 'once';
  return count === 2 ? 'twice' : `${whole(count)} times`;
}

export function plural(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `1,234`. */
export function whole(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** A number with at most one decimal: `0.3`, `7`. */
export function tenth(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  const [integer = '0', decimal] = String(rounded).split('.');
  return decimal === undefined ? whole(Number(integer)) : `${whole(Number(integer))}.${decimal}`;
}

/** A share in percent with two digits that mean something: `1.4 %`, `0.07 %`. */
export function percent(share: number): string {
  return share === 0 ? '0 %' : `${Number((share * 100).toPrecision(2))} %`;
}

const SPANS: readonly (readonly [ms: number, noun: string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
];

/** How long, in the largest unit that fits: `41 days`, `5 hours`. */
export function span(ms: number): string {
  const [size, noun] = SPANS.find(([unit]) => ms >= unit) ?? [1_000, 'second'];
  return plural(Math.max(1, Math.floor(ms / size)), noun);
}

/** The same where it is a measure: `an hour`, `15 minutes`. */
export function stretch(ms: number): string {
  return span(ms)
    .replace(/^1 (?=hour)/, 'an ')
    .replace(/^1 (?=\D)/, 'a ');
}

/** `2026-11-20 14:03 UTC`. */
export function moment(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
