import { PortError } from '../ports.ts';

/** S3's limit, so that a key which works on a laptop works in a bucket. */
const KEY_SIZE_MAX = 1024;
/** Printable ASCII without space and backslash: every byte order, file system and URL agrees on these. */
const SEGMENT = /^[!-.0-[\]-~]{1,255}$/;

/**
 * Refuses a key that some store would read as something else: `..`, a leading slash, NUL, an empty or hidden
 * segment (stores keep their own files under names that begin with a dot).
 * @throws PortError `invalid`
 */
export function checkObjectKey(key: string): void {
  const segments = key.split('/');
  const good = key.length <= KEY_SIZE_MAX && segments.every((segment) => isSegment(segment));
  if (!good) throw new PortError('invalid', `expected an object key, found ${quoted(key)}`);
}

/** Refuses a prefix that no key could start with. The empty prefix is every key. */
export function checkPrefix(prefix: string): void {
  const segments = prefix.split('/');
  const last = segments.pop() ?? '';
  const good =
    prefix.length <= KEY_SIZE_MAX &&
    segments.every((segment) => isSegment(segment)) &&
    (last === '' || isSegment(last));
  if (!good) throw new PortError('invalid', `expected the beginning of object keys, found ${quoted(prefix)}`);
}

function isSegment(segment: string): boolean {
  return SEGMENT.test(segment) && !segment.startsWith('.');
}

function quoted(key: string): string {
  return JSON.stringify(key.length > 100 ? `${key.slice(0, 100)}...` : key);
}
