import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/** Files of the fonts that come with the browser, so that a picture is the same on every machine. */
export function browserFonts(): ReadonlyMap<string, Uint8Array> {
  const archive = new URL('../../node_modules/@sparticuz/chromium/bin/fonts.tar.br', import.meta.url);
  const bytes = brotliDecompressSync(readFileSync(archive));
  const files = new Map<string, Uint8Array>();
  // POSIX tar: a header of 512 bytes, then the file in whole blocks.
  for (let at = 0; at + 512 <= bytes.length; ) {
    const name =
      bytes
        .subarray(at, at + 100)
        .toString('latin1')
        .split('\0')[0] ?? '';
    if (name === '') break;
    const size = Number.parseInt(bytes.subarray(at + 124, at + 136).toString('latin1'), 8);
    files.set(name.split('/').at(-1) ?? name, bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
