import { createSplitter, type SplitItem, splitBytes } from '../../shared/json/split.ts';

export const KEYS: ReadonlySet<string> = new Set(['Records', 'records', 'value', 'logEvents']);

/** What a stream splits into, for people: `D` and a document's text, or `R`, the reason and the bytes kept. */
export function show(items: Iterable<SplitItem>): string[] {
  return [...items].map((item) =>
    'document' in item
      ? `D ${item.document.text}`
      : `R ${item.reject.reason} ${Buffer.from(item.reject.bytes).toString('latin1')}`,
  );
}

export function split(input: string | Uint8Array): string[] {
  return show(splitBytes(typeof input === 'string' ? Buffer.from(input) : input, KEYS));
}

/** The same bytes pushed piece by piece. */
export function splitPieces(input: Uint8Array, sizes: readonly number[]): SplitItem[] {
  const splitter = createSplitter(KEYS);
  const items: SplitItem[] = [];
  let at = 0;
  for (let turn = 0; at < input.byteLength; turn++) {
    const size = Math.max(1, sizes[turn % Math.max(1, sizes.length)] ?? 1);
    items.push(...splitter.push(input.slice(at, at + size)));
    at += size;
  }
  items.push(...splitter.end());
  return items;
}
