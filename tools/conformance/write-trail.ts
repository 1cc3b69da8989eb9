/**
 * Writes a trail of example events to a folder, grown in several commits, for verifiers that are not ours:
 *
 *   node tools/conformance/write-trail.ts DIR SIZE
 *
 * DIR gets `trail/` and `log.vkey`. The key is a fixed one, of use for nothing else.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { signCheckpoint } from '../../shared/trail/checkpoint.ts';
import { formatVerifierKey, signerOf } from '../../shared/trail/key.ts';
import { emptyRoot } from '../../shared/trail/merkle.ts';
import { makeTrail, someLines, testKey, testVerifier } from '../../test/trail/make-trail.ts';

const [directory, size] = process.argv.slice(2);
if (directory === undefined || size === undefined) throw new Error('usage: write-trail.ts DIR SIZE');

const objects = await makeTrail(batchesOf(Number(size)));
if (objects.size === 0) {
  const note = await signCheckpoint({ size: 0, root: emptyRoot() }, signerOf(testKey));
  if (!note.ok) throw new Error(note.fault);
  objects.set('checkpoint', Buffer.from(note.value));
}
for (const [key, bytes] of objects) {
  const path = join(directory, 'trail', key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
writeFileSync(join(directory, 'log.vkey'), `${formatVerifierKey(testVerifier)}\n`);

/** Commits of uneven sizes, so that tiles are written partial first and full later. */
function batchesOf(total: number): string[][] {
  const batches: string[][] = [];
  for (let from = 0; from < total; ) {
    const count = Math.min(total - from, 1 + ((from * 7 + 100) % 9000));
    batches.push(someLines(count, from));
    from += count;
  }
  return batches;
}
