import { type ObjectStore, PortError } from '../ports.ts';
import { decodeBundle } from '../trail/bundle.ts';
import { decodeEntry, type Entry } from '../trail/entry.ts';
import { readPrefix } from '../trail/grow.ts';
import { tileKey, tileWidth, widthIn } from '../trail/tile.ts';

/** Entries by index, for questions that a line cannot answer: which source, which kind. One bundle is kept. */
export function entriesOf(objects: ObjectStore, size: number): (index: number) => Promise<Entry> {
  let at = -1;
  let bundle: readonly Uint8Array[] = [];
  return async (index) => {
    const wanted = Math.floor(index / tileWidth);
    if (wanted !== at) bundle = await readBundle(objects, wanted, size);
    at = wanted;
    const entry = decodeEntry(bundle[index % tileWidth] ?? new Uint8Array());
    if (entry.ok) return entry.value;
    throw new PortError('not-found', `expected an entry at ${index}: ${entry.fault}`);
  };
}

async function readBundle(objects: ObjectStore, index: number, size: number): Promise<readonly Uint8Array[]> {
  const tile = { level: 'entries', index, width: widthIn(size, 'entries', index) } as const;
  const bytes = await readPrefix(tile, async (key) => (await objects.get(key))?.bytes);
  const entries = bytes.ok ? decodeBundle(bytes.value, tile.width) : bytes;
  if (entries.ok) return entries.value;
  throw new PortError('not-found', `expected the bundle ${tileKey(tile)}: ${entries.fault}`);
}
