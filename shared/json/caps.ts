import { fail, ok, type Result } from '../result.ts';
import { skipSpace, stringEnd } from './scan.ts';

/** Deepest nesting of one record. */
export const DEPTH_MAX = 64;

/** Most member keys in one record, at all depths together. */
export const KEYS_MAX = 100_000;

/** Largest record, in bytes of UTF-8: 16 MiB. */
export const RECORD_SIZE_BYTES_MAX = 16 * 1024 * 1024;

/** Which cap a record broke, and by what. */
export interface CapFault {
  readonly reason: 'too-deep' | 'too-many-keys';
  readonly message: string;
}

/**
 * Whether a JSON text keeps the caps on depth and keys of one record, told from its brackets and colons without
 * recursion. Text that is not JSON may pass: it is the parser's to refuse.
 */
export function checkCaps(text: string): Result<undefined, CapFault> {
  if (surelyKeepsCaps(text)) return ok(undefined);
  const { depth, keys } = measure(text);
  if (depth > DEPTH_MAX) return fail(tooDeep(depth));
  if (keys > KEYS_MAX) return fail(tooManyKeys(keys));
  return ok(undefined);
}

export function tooDeep(depth: number): CapFault {
  return {
    reason: 'too-deep',
    message: `expected at most ${DEPTH_MAX} levels of nesting, found ${depth}`,
  };
}

export function tooManyKeys(keys: number): CapFault {
  return {
    reason: 'too-many-keys',
    message: `expected at most ${KEYS_MAX} keys in a record, found ${keys}`,
  };
}

/** Most records hold so few opening brackets that counting those, natively, answers the question. */
function surelyKeepsCaps(text: string): boolean {
  // The shortest member is `"":0,`: so few characters cannot hold too many.
  if (text.length > KEYS_MAX * 4) return false;
  let left = DEPTH_MAX;
  for (let i = text.indexOf('{'); i !== -1; i = text.indexOf('{', i + 1)) if (--left < 0) return false;
  for (let i = text.indexOf('['); i !== -1; i = text.indexOf('[', i + 1)) if (--left < 0) return false;
  return true;
}

function measure(text: string): { depth: number; keys: number } {
  let depth = 0;
  let deepest = 0;
  let keys = 0;
  for (let i = skipSpace(text, 0); i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      i = stringEnd(text, i) - 1;
    } else if (code === 0x7b || code === 0x5b) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    } else if (code === 0x3a) {
      keys++;
    }
  }
  return { depth: deepest, keys };
}
