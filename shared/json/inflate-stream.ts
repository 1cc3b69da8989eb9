import { type Decoded, type Decoder, openDecoder } from './decoder.ts';
import { type Compression, compressionOf } from './inflate.ts';
import { recoverGzip } from './recover.ts';
import { type Reject, startCapture } from './reject.ts';

/** So many compressed bytes are inflated at once, which bounds what comes of them. */
const SLICE_SIZE_BYTES = 16 * 1024;

/** A compressed stream up to this size is held, so that a fault in it costs nothing that stands before the fault. */
const HELD_SIZE_BYTES_MAX = 4 * 1024 * 1024;

const MAGIC_SIZE_BYTES = 4;

const END_FAULTS: Readonly<Record<string, string>> = { Z_BUF_ERROR: 'its end missing' };

/** The most that is inflated again for that. */
const RECOVERED_SIZE_BYTES_MAX = 128 * 1024 * 1024;

/**
 * Inflates a stream of gzip or zstd, of any number of members or frames, told by its magic number; other bytes pass
 * through. After a fault it yields what was inflated before it and a reject of the compressed stream, then ends.
 */
export async function* inflateStream(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array | { readonly reject: Reject }, void> {
  let inflation: Inflation | undefined;
  let isPlain = false;
  const capture = startCapture();
  for await (const chunk of withWholeMagic(chunks)) {
    const compression = isPlain || inflation !== undefined ? undefined : compressionOf(chunk);
    if (compression !== undefined) inflation = startInflation(compression);
    isPlain = inflation === undefined;
    if (inflation === undefined) {
      yield chunk;
      continue;
    }
    capture.add(chunk);
    for (let at = 0; at < chunk.byteLength; at += SLICE_SIZE_BYTES) {
      const bytes = await inflateSlice(inflation, chunk.subarray(at, at + SLICE_SIZE_BYTES));
      if (bytes.byteLength > 0) yield bytes;
    }
  }
  if (inflation === undefined) return;
  const rest = await endInflation(inflation);
  if (rest.byteLength > 0) yield rest;
  if (inflation.fault !== undefined) yield { reject: capture.reject('bad-compression', inflation.fault) };
}

interface Inflation {
  readonly compression: Compression;
  decoder: Decoder;
  /** Compressed bytes given before the current decoder was opened. */
  openedAt: number;
  sizeBytes: number;
  inflatedSizeBytes: number;
  /** The first bytes of what may be the next frame: too few to tell. */
  carried: Uint8Array;
  /** Every compressed byte so far, while they are few. */
  held: Uint8Array[] | undefined;
  fault: string | undefined;
}

function startInflation(compression: Compression): Inflation {
  return {
    compression,
    decoder: openDecoder(compression),
    openedAt: 0,
    sizeBytes: 0,
    inflatedSizeBytes: 0,
    carried: new Uint8Array(),
    held: compression === 'gzip' ? [] : undefined,
    fault: undefined,
  };
}

async function inflateSlice(inflation: Inflation, bytes: Uint8Array): Promise<Uint8Array> {
  if (inflation.fault !== undefined) return new Uint8Array();
  hold(inflation, bytes);
  const slice = inflation.carried.byteLength === 0 ? bytes : Buffer.concat([inflation.carried, bytes]);
  inflation.carried = new Uint8Array();
  inflation.sizeBytes += bytes.byteLength;
  const sliceAt = inflation.sizeBytes - slice.byteLength;
  const inflated: Uint8Array[] = [];
  for (let at = 0; at < slice.byteLength; ) {
    const decoded = await inflation.decoder.write(slice.subarray(at));
    inflated.push(decoded.bytes);
    inflation.inflatedSizeBytes += decoded.bytes.byteLength;
    if (decoded.state === 'open') break;
    at = inflation.openedAt + decoded.consumed - sliceAt;
    if (!continues(inflation, slice.subarray(at), sliceAt + at, decoded)) {
      if (inflation.fault !== undefined) inflated.push(recover(inflation, sliceAt));
      break;
    }
  }
  return inflated.length === 1 && inflated[0] !== undefined ? inflated[0] : Buffer.concat(inflated);
}

/** What stands behind the end of compressed data, or at a fault: another frame, padding, or the fault itself. */
function continues(inflation: Inflation, rest: Uint8Array, restAt: number, decoded: Decoded): boolean {
  const isZstd = inflation.compression === 'zstd';
  if (isZstd && compressionOf(rest) === 'zstd') {
    inflation.decoder = openDecoder('zstd');
    inflation.openedAt = restAt;
    return true;
  }
  // Zeros behind gzip are the padding of tapes and block devices.
  const isFault = decoded.state === 'broken' || rest.some((byte) => byte !== 0);
  if (isZstd && rest.byteLength < MAGIC_SIZE_BYTES) inflation.carried = new Uint8Array(rest);
  else if (isFault) inflation.fault = faultText(inflation, decoded.code || 'other bytes behind it');
  return false;
}

async function endInflation(inflation: Inflation): Promise<Uint8Array> {
  if (inflation.fault !== undefined) return new Uint8Array();
  const decoded = await inflation.decoder.end();
  if (decoded.state === 'broken' || inflation.carried.some((byte) => byte !== 0)) {
    inflation.fault = faultText(
      inflation,
      END_FAULTS[decoded.code] ?? (decoded.code || 'other bytes behind it'),
    );
  }
  return decoded.bytes;
}

function faultText(inflation: Inflation, found: string): string {
  return `expected whole ${inflation.compression}, found ${found} within ${inflation.sizeBytes} compressed bytes`;
}

function hold(inflation: Inflation, slice: Uint8Array): void {
  if (inflation.held === undefined) return;
  if (inflation.sizeBytes + slice.byteLength > HELD_SIZE_BYTES_MAX) inflation.held = undefined;
  else inflation.held.push(new Uint8Array(slice));
}

/** What the decoder had inflated of the slice that broke it, but did not give out. */
function recover(inflation: Inflation, sliceAt: number): Uint8Array {
  const known = inflation.inflatedSizeBytes;
  if (inflation.held === undefined || known > RECOVERED_SIZE_BYTES_MAX / 2) return new Uint8Array();
  const all = recoverGzip(Buffer.concat(inflation.held), sliceAt, RECOVERED_SIZE_BYTES_MAX);
  return all?.subarray(known) ?? new Uint8Array();
}

/** The same bytes, with at least four in the first chunk if there are so many: enough to know the compression. */
async function* withWholeMagic(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let first: Uint8Array | undefined = new Uint8Array();
  for await (const chunk of chunks) {
    if (first === undefined) {
      yield chunk;
      continue;
    }
    first = first.byteLength === 0 ? chunk : Buffer.concat([first, chunk]);
    if (first.byteLength < MAGIC_SIZE_BYTES) continue;
    yield first;
    first = undefined;
  }
  if (first !== undefined && first.byteLength > 0) yield first;
}
