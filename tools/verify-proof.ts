/** The second verifier's part for proof files: what `prove UID -o FILE` writes. */
import {
  base64,
  leafHash,
  lineHash,
  nodeHash,
  openCheckpoint,
  parseEntry,
  powerBelow,
} from './verify-formats.ts';

/** What is wrong with a proof file, or undefined when it proves its line. */
export function checkProof(content: Buffer | string, vkey: string): string | undefined {
  const text = content.toString();
  const isText = typeof content === 'string' || Buffer.from(text).equals(content);
  const file = isText ? parseFile(text) : undefined;
  if (file === undefined) return 'not a proof file';
  const { line, entry, proof } = file;
  const members = parseEntry(Buffer.from(entry));
  if (members === undefined) return 'the entry is malformed';
  const isOwn =
    members['k'] === 'event' ? lineHash(Buffer.from(line ?? '')) === members['h'] : line === entry;
  if (line !== null && !isOwn) return 'the line is not that of the entry';
  const split = proof.indexOf('\n\n');
  const [header, second = '', ...lines] = proof.slice(0, split).split('\n');
  const index = /^index (0|[1-9]\d{0,15})$/.exec(second)?.[1];
  if (split < 0 || header !== 'c2sp.org/tlog-proof@v1' || index === undefined)
    return 'the proof is malformed';
  const path = lines.map((hash) => base64(hash) ?? Buffer.alloc(0));
  if (path.some((hash) => hash.length !== 32)) return 'a hash is malformed';
  const head = openCheckpoint(Buffer.from(proof.slice(split + 2)), vkey);
  if (typeof head === 'string') return `checkpoint: ${head}`;
  if (Number(index) >= head.size) return 'the index is beyond the tree';
  const root = climb(leafHash(Buffer.from(entry)), Number(index), head.size, path);
  return root?.toString('base64') === head.root && path.length === 0 ? undefined : 'the path misses the root';
}

function parseFile(text: string): { line: string | null; entry: string; proof: string } | undefined {
  try {
    const { line, entry, proof } = JSON.parse(text);
    const again = { format: 'trailproof.proof.v1', line, entry, proof };
    const isText = [line ?? '', entry, proof].every(
      (part) => typeof part === 'string' && part.isWellFormed(),
    );
    return isText && `${JSON.stringify(again, undefined, 2)}\n` === text ? { line, entry, proof } : undefined;
  } catch {
    return undefined;
  }
}

/** From a leaf to the root of a tree of `size`, taking hashes from the end of the path for the outermost nodes. */
function climb(leaf: Buffer, index: number, size: number, path: Buffer[]): Buffer | undefined {
  if (size === 1) return leaf;
  const sibling = path.pop();
  const k = powerBelow(size);
  const inner = index < k ? climb(leaf, index, k, path) : climb(leaf, index - k, size - k, path);
  if (sibling === undefined || inner === undefined) return undefined;
  return index < k ? nodeHash(inner, sibling) : nodeHash(sibling, inner);
}
