import { parseWhole } from './document.ts';
import { followSpace, followValue } from './follow.ts';
import { DONE, type Grammar, restartValue, startValue } from './grammar.ts';
import { type Group, startGroup } from './group.ts';
import type { RejectReason } from './reject.ts';
import { decodeUtf8 } from './text.ts';
import { byteAt, type MORE, view, type Window } from './window.ts';

/** The array of an envelope: the member's key, or none for an array that is the whole value. */
export interface Batch {
  readonly key: string | undefined;
  /** Offset of the array's opening bracket. */
  readonly arrayAt: number;
}

/** What stands before the records of an envelope is small, or it is no envelope. */
const PREFIX_SIZE_BYTES_MAX = 1024 * 1024;

/** The array that a value at `start` carries its records in: the value itself, or a member with a batch key. */
export function* findBatch(
  window: Window,
  start: number,
  batchKeys: ReadonlySet<string>,
): Generator<typeof MORE, Batch | undefined> {
  window.keep = start;
  if ((yield* byteAt(window, start)) === 0x5b) return { key: undefined, arrayAt: start };
  const limit = start + PREFIX_SIZE_BYTES_MAX;
  const grammar = startValue(start);
  for (let separator = start; separator < limit; ) {
    const keyAt = yield* followSpace(window, separator + 1);
    if ((yield* byteAt(window, keyAt)) !== 0x22) return undefined;
    if (!(yield* followPart(window, grammar, keyAt, limit))) return undefined;
    const key = decodeUtf8(view(window, keyAt, grammar.position));
    const colon = yield* followSpace(window, grammar.position);
    if ((yield* byteAt(window, colon)) !== 0x3a) return undefined;
    const valueAt = yield* followSpace(window, colon + 1);
    const isArray = (yield* byteAt(window, valueAt)) === 0x5b;
    const name = isArray && key !== undefined ? parseWhole(key) : undefined;
    if (name?.ok && batchKeys.has(String(name.value.value))) {
      return { key: String(name.value.value), arrayAt: valueAt };
    }
    if (!(yield* followPart(window, grammar, valueAt, limit))) return undefined;
    separator = yield* followSpace(window, grammar.position);
    if ((yield* byteAt(window, separator)) !== 0x2c) return undefined;
  }
  return undefined;
}

/** Follows one key or value; false when it is broken, or too large for what stands before records. */
function* followPart(
  window: Window,
  grammar: Grammar,
  at: number,
  limit: number,
): Generator<typeof MORE, boolean> {
  restartValue(grammar, at);
  yield* followValue(window, grammar, limit);
  return grammar.state === DONE;
}

/** An empty group that repeats the envelope's beginning, or, when that is no JSON, one that holds just the array. */
export function openEnvelope(
  window: Window,
  start: number,
  batch: Batch,
): { group: Group; fault?: { reason: RejectReason; message: string } } {
  if (batch.key === undefined) return { group: startGroup('[', ']') };
  const prefix = decodeUtf8(view(window, start, batch.arrayAt + 1));
  if (prefix !== undefined && parseWhole(`${prefix}]}`).ok) return { group: startGroup(prefix, ']}') };
  const message = `expected JSON before the array at byte ${batch.arrayAt}, found something else`;
  const group = { ...startGroup(`{${JSON.stringify(batch.key)}:[`, ']}'), hasYielded: true };
  return { group, fault: { reason: prefix === undefined ? 'not-utf8' : 'not-json', message } };
}
