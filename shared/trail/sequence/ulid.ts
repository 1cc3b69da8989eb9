import type { Clock, Random } from '../../ports.ts';

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_DIGITS = 10;
const RANDOM_DIGITS = 16;

/** A name that nothing else has, and that sorts by when it was made: 48 bits of ms, 80 random bits. */
export function ulid(ports: { readonly clock: Clock; readonly random: Random }): string {
  const bytes = ports.random(RANDOM_DIGITS);
  let random = '';
  for (let index = 0; index < RANDOM_DIGITS; index += 1) random += DIGITS[(bytes[index] ?? 0) % 32];
  return ulidTimeDigits(ports.clock().getTime()) + random;
}

/** The first ten digits of every ulid made at that time: orders against whole ones. */
export function ulidTimeDigits(timeMs: number): string {
  let digits = '';
  for (let rest = timeMs; digits.length < TIME_DIGITS; rest = Math.floor(rest / 32)) {
    digits = DIGITS[rest % 32] + digits;
  }
  return digits;
}

export function isUlid(text: string): boolean {
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text);
}
