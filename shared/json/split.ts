import { inflateStream } from './inflate-stream.ts';
import { readLines } from './lines.ts';
import type { Reject } from './reject.ts';
import type { SplitItem } from './step.ts';
import { append, emptyWindow, MORE } from './window.ts';

export type { SplitItem } from './step.ts';

/** How many bytes are looked at before what they held is handed on. */
const PIECE_SIZE_BYTES = 256 * 1024;

/** Takes bytes as they come and gives what became readable. */
export interface Splitter {
  push(bytes: Uint8Array): Generator<SplitItem, void>;
  /** The rest, after the last byte. */
  end(): Generator<SplitItem, void>;
  /** Bytes pushed so far. */
  readonly sizeBytes: number;
}

/**
 * Splits bytes into JSON values: NDJSON, documents over several lines, one document of any size. Memory is bounded by
 * the largest record: a value of more than 4 MiB is cut inside its array, which is the value itself or a member of
 * `batchKeys`, and comes as several envelopes with the same beginning. Nothing is lost: what is not readable comes as
 * a reject, between its neighbours.
 */
export function createSplitter(batchKeys: ReadonlySet<string>): Splitter {
  const window = emptyWindow();
  const steps = readLines(window, batchKeys);
  function* read(): Generator<SplitItem, void> {
    for (;;) {
      const step = steps.next();
      if (step.done === true || step.value === MORE) return;
      yield step.value;
    }
  }
  return {
    get sizeBytes() {
      return window.end;
    },
    *push(bytes) {
      for (let at = 0; at < bytes.byteLength; at += PIECE_SIZE_BYTES) {
        append(window, bytes.subarray(at, at + PIECE_SIZE_BYTES));
        yield* read();
      }
    },
    *end() {
      window.isFinal = true;
      yield* read();
    },
  };
}

/** Splits bytes that are all there. */
export function* splitBytes(bytes: Uint8Array, batchKeys: ReadonlySet<string>): Generator<SplitItem, void> {
  const splitter = createSplitter(batchKeys);
  yield* splitter.push(bytes);
  yield* splitter.end();
}

/**
 * Splits a stream of bytes, inflating it first where it is compressed. What was inflated before a fault is split as
 * usual; the fault is one reject, which keeps the record that it cut.
 */
export async function* splitStream(
  chunks: AsyncIterable<Uint8Array>,
  batchKeys: ReadonlySet<string>,
): AsyncGenerator<readonly SplitItem[], void> {
  const splitter = createSplitter(batchKeys);
  let fault: Reject | undefined;
  for await (const piece of inflateStream(chunks)) {
    if ('reject' in piece) {
      fault = piece.reject;
      break;
    }
    for (let at = 0; at < piece.byteLength; at += PIECE_SIZE_BYTES) {
      const items = [...splitter.push(piece.subarray(at, at + PIECE_SIZE_BYTES))];
      if (items.length > 0) yield items;
    }
  }
  const items = [...splitter.end()];
  if (fault !== undefined) addFault(items, fault, splitter.sizeBytes);
  if (items.length > 0) yield items;
}

/** The record that a fault cut short is no reject beside the fault: it is what the fault's own reject keeps. */
function addFault(items: SplitItem[], fault: Reject, sizeBytes: number): void {
  const last = items.at(-1);
  const isCut = last !== undefined && 'reject' in last && last.end >= sizeBytes;
  if (isCut) items.pop();
  const bytes = isCut ? last.reject.bytes : sizeBytes > 0 ? new Uint8Array() : fault.bytes;
  items.push({ reject: { ...fault, bytes }, end: sizeBytes });
}
