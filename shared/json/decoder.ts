import { createGunzip, createZstdDecompress } from 'node:zlib';
import { type Compression, codeOf } from './inflate.ts';

/** What a decoder made of some compressed bytes. */
export interface Decoded {
  readonly bytes: Uint8Array;
  /** `ended` when the compressed data ended before the bytes given did. */
  readonly state: 'open' | 'ended' | 'broken';
  /** zlib's word for what broke it. */
  readonly code: string;
  /** Compressed bytes taken since the decoder was opened. */
  readonly consumed: number;
}

/** One gzip stream, or one zstd frame, inflated piece by piece. Never throws; a broken decoder stays broken. */
export interface Decoder {
  write(bytes: Uint8Array): Promise<Decoded>;
  end(): Promise<Decoded>;
}

/**
 * Node's streams with their output taken as it comes: their own iterators throw away, at a fault, what was inflated
 * before it.
 */
export function openDecoder(compression: Compression): Decoder {
  const stream = compression === 'gzip' ? createGunzip() : createZstdDecompress();
  let inflated: Uint8Array[] = [];
  let state: Decoded['state'] = 'open';
  let code = '';
  let settle = (): void => undefined;
  stream.on('data', (bytes: Uint8Array) => inflated.push(bytes));
  stream.on('end', () => {
    if (state === 'open') state = 'ended';
    settle();
  });
  stream.on('error', (error) => {
    state = 'broken';
    code = codeOf(error) ?? 'unknown';
    settle();
  });
  const run = async (start: () => void): Promise<Decoded> => {
    await new Promise<void>((resolve) => {
      settle = resolve;
      if (state === 'open') start();
      else resolve();
    });
    const bytes = Buffer.concat(inflated);
    inflated = [];
    return { bytes, state, code, consumed: stream.bytesWritten };
  };
  return {
    write: (bytes) => run(() => stream.write(bytes, () => settle())),
    end: () => run(() => stream.end()),
  };
}
