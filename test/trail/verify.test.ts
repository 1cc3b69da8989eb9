import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blockKey, decodeBlock, encodeBlock } from '../../shared/trail/block.ts';
import { encodeBundle, splitBundle } from '../../shared/trail/bundle.ts';
import { signCheckpoint } from '../../shared/trail/checkpoint.ts';
import type { ControlEntry } from '../../shared/trail/entry.ts';
import { formatVerifierKey, signerOf, verifierKeyOf } from '../../shared/trail/key.ts';
import { leafHash } from '../../shared/trail/merkle.ts';
import { type VerifyRequest, verifyTrail } from '../../shared/trail/verify.ts';
import { checkTrail } from '../../tools/verify.ts';
import { blockAt, firstTimeMs, makeTrail, someLines, storeOf, testKey, testVerifier } from './make-trail.ts';

type Objects = Map<string, Uint8Array>;

const vkey = formatVerifierKey(testVerifier);
const folder = mkdtempSync(join(tmpdir(), 'trail-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(objects: ReadonlyMap<string, Uint8Array>): string {
  const root = mkdtempSync(join(folder, 't-'));
  update(root, new Map(), objects);
  return root;
}

/** Makes a folder that holds some objects hold others; few differ. */
function update(
  root: string,
  from: ReadonlyMap<string, Uint8Array>,
  to: ReadonlyMap<string, Uint8Array>,
): void {
  for (const key of from.keys()) if (!to.has(key)) rmSync(join(root, key));
  for (const [key, bytes] of to) {
    if (from.get(key) === bytes) continue;
    mkdirSync(dirname(join(root, key)), { recursive: true });
    writeFileSync(join(root, key), bytes);
  }
}

const check = (objects: Objects, more: Partial<VerifyRequest> = {}) =>
  verifyTrail({ store: storeOf(objects), keys: [testVerifier], ...more });

/** Both verifiers' faulty keys; what one finds faulty, the other must not find sound. */
async function both(objects: Objects): Promise<{ first: readonly string[]; second: readonly string[] }> {
  const first = (await check(objects)).faults.map((fault) => fault.key);
  const common = [...objects.keys()].some((key) => sound.get(key) === objects.get(key));
  const root = common ? soundFolder : write(objects);
  if (common) update(root, sound, objects);
  const second = checkTrail(root, vkey).map((fault) => fault.key);
  if (common) update(root, objects, sound);
  else rmSync(root, { recursive: true });
  expect(second.length > 0, `second verifier against ${first}`).toBe(first.length > 0);
  return { first, second };
}

const control = (kind: ControlEntry['kind'], members: ControlEntry['members']): ControlEntry => ({
  kind,
  timeMs: 0,
  source: 'trailproof',
  members,
});

/** The lines of a block with some of them changed, under the name of the new bytes. */
function rewriteBlock(objects: Objects, first: number, change: (lines: string[]) => string[]): string {
  const key = blockAt(objects, first);
  const lines = decodeBlock(objects.get(key)!);
  if (!lines.ok) throw new Error(lines.fault);
  const bytes = encodeBlock(change([...lines.value]));
  const day = Date.parse(key.slice(7, 17).replaceAll('/', '-'));
  const renamed = blockKey({ first, timeMs: day, bytes });
  objects.delete(key);
  objects.set(renamed, bytes);
  return renamed;
}

let sound: Objects;
let soundFolder: string;
beforeAll(async () => {
  sound = await makeTrail([someLines(3), someLines(300, 3), someLines(1, 303), someLines(316, 304)]);
  soundFolder = write(sound);
});

describe('a sound trail', () => {
  test.each([1, 2, 255, 256, 257, 512, 513])('of %i entries has no fault', async (size) => {
    const objects = await makeTrail([someLines(size)]);
    const report = await check(objects);
    expect(report).toMatchObject({ size, faults: [], checked: { entries: size, lines: size } });
    expect(await both(objects)).toEqual({ first: [], second: [] });
  });

  test('the report says what was checked', async () => {
    expect(await check(sound)).toMatchObject({
      origin: 'example.com/trail',
      key: { vkey, from: 'given' },
      size: 620,
      checked: { entries: 620, lines: 620, bundles: 3, tiles: 4, superseded: 7, blocks: 4, checkpoints: 5 },
      kinds: { event: 620 },
      faults: [],
      faultCount: 0,
    });
    expect(await both(sound)).toEqual({ first: [], second: [] });
  });

  test('superseded partial tiles may be gone', async () => {
    const objects = new Map(sound);
    for (const key of sound.keys()) if (/\.p\/(3|47|48)$|1\/000\.p\/1$/.test(key)) objects.delete(key);
    expect(objects.size).toBeLessThan(sound.size - 6);
    expect(await both(objects)).toEqual({ first: [], second: [] });
  });

  test('an empty trail with its checkpoint has no fault', async () => {
    const note = await signCheckpoint({ size: 0, root: leafless() }, signerOf(testKey));
    const objects = new Map([['checkpoint', Buffer.from(note.ok ? note.value : '')]]);
    expect(await both(objects)).toEqual({ first: [], second: [] });
  });

  test('a clock that went back over midnight changes nothing', async () => {
    const back = await makeTrail([someLines(3), someLines(3, 3), someLines(3, 6)], { stepMs: -86_400_000 });
    expect(await both(back)).toEqual({ first: [], second: [] });
  });

  test('progress reaches the size', async () => {
    const seen: number[] = [];
    await check(sound, { onProgress: (entries) => seen.push(entries) });
    expect(seen).toEqual([256, 512, 620]);
  });
});

function leafless(): Uint8Array {
  return Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex');
}

describe('tampering', () => {
  test('any byte changed in any object is a fault of that object', async () => {
    for (const [at, key] of [...sound.keys()].entries()) {
      const bytes = sound.get(key)!;
      for (const place of [0, Math.floor(bytes.length / 3), (at * 7919) % bytes.length, bytes.length - 1]) {
        const objects = new Map(sound);
        const changed = Buffer.from(bytes);
        changed[place] = changed[place]! ^ (1 << ((at + place) % 8));
        objects.set(key, changed);
        const { first, second } = await both(objects);
        expect(first, `${key} byte ${place}`).toContain(key);
        expect(second, `${key} byte ${place}`).toContain(key);
      }
    }
  });

  test('any object cut short, lengthened or emptied is a fault of that object', async () => {
    for (const [key, bytes] of sound) {
      for (const changed of [
        bytes.subarray(0, -1),
        Buffer.concat([bytes, Buffer.from([0])]),
        new Uint8Array(),
      ]) {
        const { first, second } = await both(new Map(sound).set(key, changed));
        expect(first, key).toContain(key);
        expect(second, key).toContain(key);
      }
    }
  });

  test('any object of the tree that is removed is a fault that names it', async () => {
    for (const key of sound.keys()) {
      const objects = new Map(sound);
      objects.delete(key);
      const { first } = await both(objects);
      // A superseded partial tile and an archived checkpoint may be gone; a block is named by where it began.
      if (/\.p\/(3|47|48)$|1\/000\.p\/1$|^checkpoints/.test(key)) expect(first, key).toEqual([]);
      else if (key.startsWith('events/'))
        expect(first, key).toEqual([key.slice(0, 'events/2026/01/01/000000000000-'.length)]);
      else expect(first, key).toContain(key);
    }
  });

  test('a changed entry is one fault, with its index', async () => {
    const bytes = Buffer.from(sound.get('tile/entries/001')!);
    const at = bytes.indexOf('"src"', 2000);
    bytes[at] = 0x58;
    const index = 256 + bytes.toString('latin1', 0, at).split('{"v":1').length - 2;
    const { faults } = await check(new Map(sound).set('tile/entries/001', bytes));
    expect(faults).toMatchObject([{ code: 'changed', key: 'tile/entries/001', index, next: index + 1 }]);
  });

  test('a changed tile is told from changed entries', async () => {
    for (const [key, index] of [
      ['tile/0/001', 256 + 5],
      ['tile/1/000.p/2', 256],
      ['tile/0/002.p/108', 512 + 5],
    ] as const) {
      const bytes = Buffer.from(sound.get(key)!);
      const at = key.startsWith('tile/1') ? 40 : 5 * 32;
      bytes[at] = bytes[at]! ^ 1;
      const { faults } = await check(new Map(sound).set(key, bytes));
      expect(faults).toMatchObject([{ code: 'changed', key, index }]);
    }
  });

  test('two lines swapped are two faults with their indices, though the block has the name of its bytes', async () => {
    const objects = new Map(sound);
    const key = rewriteBlock(objects, 3, (lines) => {
      [lines[10], lines[20]] = [lines[20]!, lines[10]!];
      return lines;
    });
    expect((await check(objects)).faults).toMatchObject([
      { code: 'changed', key, index: 13 },
      { code: 'changed', key, index: 23 },
    ]);
    expect((await both(objects)).second).toEqual([key, key]);
  });

  test('a line changed in a block that is named anew is a fault with its index', async () => {
    const objects = new Map(sound);
    const key = rewriteBlock(objects, 304, (lines) => lines.with(7, lines[7]!.replace('alice', 'mallory')));
    expect((await check(objects)).faults).toMatchObject([{ code: 'changed', key, index: 311 }]);
    expect((await both(objects)).second).toEqual([key]);
  });

  test('a line that is removed, and one that is put in, are faults', async () => {
    const fewer = new Map(sound);
    rewriteBlock(fewer, 3, (lines) => lines.slice(0, -1));
    expect((await check(fewer)).faults).toMatchObject([{ code: 'missing', index: 302, next: 303 }]);
    await both(fewer);
    const more = new Map(sound);
    const key = rewriteBlock(more, 304, (lines) => [...lines, lines[0]!]);
    expect((await check(more)).faults).toMatchObject([{ code: 'extra', key, index: 620 }]);
    await both(more);
  });

  test('an entry and its tile rewritten together are caught by the tile above', async () => {
    const objects = new Map(sound);
    const entries = Array.from({ length: 256 }, (_, i) => Buffer.from(`{"forged":${i}}`));
    objects.set('tile/entries/000', encodeBundle(entries));
    objects.set('tile/0/000', Buffer.concat(entries.map(leafHash)));
    for (const key of [...objects.keys()]) if (/tile\/(0|entries)\/000\.p/.test(key)) objects.delete(key);
    const { faults } = await check(objects);
    expect(faults).toContainEqual(
      expect.objectContaining({ code: 'changed', key: 'tile/0/000', index: 0, next: 256 }),
    );
    await both(objects);
  });

  test('a history rewritten by whoever has the key is a fork of the archived checkpoints', async () => {
    const forged = await makeTrail([someLines(3, 900), someLines(617, 903)]);
    const objects = new Map(forged).set('checkpoints/303', sound.get('checkpoints/303')!);
    expect((await check(objects)).faults).toMatchObject([
      { code: 'fork', key: 'checkpoints/303', next: 303 },
    ]);
    expect((await both(objects)).second).toEqual(['checkpoints/303']);
  });

  test.each([
    'events/2026/01/01/note.txt',
    'events/2026/01/01/000000000620-0000000000000000.ndjson.zst',
    'events/2026/01/01/000000000100-0000000000000000.ndjson.zst',
    'tile/0/003',
    'tile/0/x000/001',
    'tile/2/000.p/1',
    'tile/0/002.p/109',
    'tile/entries/004.p/1',
    'tile/data/000',
    'checkpoints/latest',
    'checkpoints/0620',
  ])('an object that belongs to no entry, %s, is a fault of that object', async (key) => {
    const { first, second } = await both(new Map(sound).set(key, Buffer.from('x')));
    expect(first).toContain(key);
    expect(second).toContain(key);
  });

  test('a block that is there twice under two names is one fault', async () => {
    const original = blockAt(sound, 3);
    const bytes = zstdCompressSync(zstdDecompressSync(sound.get(original)!));
    const again = blockKey({ first: 3, timeMs: firstTimeMs, bytes });
    expect(again).not.toBe(original);
    const { faults } = await check(new Map(sound).set(again, bytes));
    expect(faults).toMatchObject([{ code: 'extra', index: 3 }]);
    expect([original, again]).toContain(faults[0]?.key);
    await both(new Map(sound).set(again, bytes));
  });

  test('other bytes under the name of a block are a fault, even if they hold the same lines', async () => {
    const key = blockAt(sound, 3);
    const objects = new Map(sound).set(key, zstdCompressSync(zstdDecompressSync(sound.get(key)!)));
    expect((await check(objects)).faults).toMatchObject([{ code: 'changed', key }]);
    expect((await both(objects)).second).toEqual([key]);
  });

  test('a changed entry of the last, partial bundle is told from a changed tile', async () => {
    const key = 'tile/entries/002.p/108';
    const bytes = Buffer.from(sound.get(key)!);
    bytes[bytes.indexOf('"src"')] = 0x58;
    expect((await check(new Map(sound).set(key, bytes))).faults).toMatchObject([
      { code: 'changed', key, index: 512 },
    ]);
  });

  test('a tree that is not the one signed is a fault of the checkpoint, with nothing else to compare', async () => {
    const objects = new Map(await makeTrail([someLines(3, 900), someLines(617, 903)]));
    for (const key of [...objects.keys()]) if (key.startsWith('checkpoints/')) objects.delete(key);
    objects.set('checkpoint', sound.get('checkpoint')!);
    expect((await check(objects)).faults).toMatchObject([{ code: 'fork', key: 'checkpoint' }]);
    expect((await both(objects)).second).toEqual(['checkpoint']);
  });

  test('a checkpoint kept under another size is a fault of its own', async () => {
    const objects = new Map(sound).set('checkpoints/303', sound.get('checkpoints/304')!);
    expect((await check(objects)).faults).toMatchObject([{ code: 'changed', key: 'checkpoints/303' }]);
    expect((await both(objects)).second).toEqual(['checkpoints/303']);
  });

  test('no name of an object makes a verifier run on', async () => {
    const objects = new Map(sound)
      .set('checkpoint', Buffer.from(''))
      .set('tile/0/x999/x999/x999/999', Buffer.from(''));
    const { faults } = await check(objects);
    expect(faults[0]).toMatchObject({ code: 'signature', key: 'checkpoint' });
    await both(objects);
  });

  test('a block under another day is a fault of that block', async () => {
    const objects = new Map(sound);
    const key = blockAt(sound, 304);
    const moved = key.replace('2026/01/01', '2025/12/31');
    objects.delete(key);
    objects.set(moved, sound.get(key)!);
    expect((await check(objects)).faults).toMatchObject([{ key: moved, index: 304 }]);
    await both(objects);
  });

  test('bytes hidden behind the frame of a block are a fault, though its name checks them', async () => {
    const objects = new Map(sound);
    const key = blockAt(sound, 304);
    const bytes = Buffer.concat([sound.get(key)!, Buffer.from('hidden')]);
    const renamed = blockKey({ first: 304, timeMs: firstTimeMs, bytes });
    objects.delete(key);
    objects.set(renamed, bytes);
    expect((await check(objects)).faults).toMatchObject([{ code: 'malformed', key: renamed, index: 304 }]);
    await both(objects);
  });

  test('faults are all found, in the same order each time', async () => {
    const objects = new Map(sound);
    objects.delete('tile/0/000');
    objects.delete(blockAt(sound, 303));
    objects.set('tile/zzz', Buffer.from('x'));
    rewriteBlock(objects, 3, (lines) => lines.with(0, '{}'));
    const one = await check(objects);
    expect(one.faults.map(({ code }) => code)).toEqual(['missing', 'changed', 'missing', 'extra']);
    expect((await check(objects)).faults).toEqual(one.faults);
  });

  test('a great number of faults is counted, and the list of them bounded', async () => {
    const objects = new Map(sound);
    for (let i = 0; i < 1500; i++) objects.set(`tile/extra-${i}`, Buffer.alloc(0));
    const { faults, faultCount } = await check(objects);
    expect([faults.length, faultCount]).toEqual([1000, 1500]);
  });
});

describe('a trail of more than 65,536 entries', () => {
  let large: Objects;
  beforeAll(async () => {
    large = await makeTrail([someLines(66_000), someLines(100, 66_000)]);
  });

  test('has full tiles on the second level, and no fault', async () => {
    expect(large.has('tile/1/000')).toBe(true);
    expect(await check(large)).toMatchObject({ size: 66_100, faults: [], checked: { tiles: 259 + 2 + 1 } });
  });

  test('a changed hash of the second level is one fault of that tile', async () => {
    const bytes = Buffer.from(large.get('tile/1/000')!);
    bytes[32 * 9] = bytes[32 * 9]! ^ 1;
    const { faults } = await check(new Map(large).set('tile/1/000', bytes));
    expect(faults).toMatchObject([{ code: 'changed', key: 'tile/1/000', index: 9 * 256, next: 10 * 256 }]);
  });

  test('entries and their tile rewritten together are one fault, with their indices', async () => {
    const objects = new Map(large);
    const entries = splitBundle(large.get('tile/entries/009')!, 256).entries.toReversed();
    objects.set('tile/entries/009', encodeBundle(entries));
    objects.set('tile/0/009', Buffer.concat(entries.map(leafHash)));
    const { faults } = await check(objects);
    expect(faults.filter(({ key }) => !key.startsWith('events/'))).toMatchObject([
      { code: 'changed', key: 'tile/0/009', index: 9 * 256, next: 10 * 256 },
    ]);
  });
});

describe('what the reader trusts', () => {
  const other = { name: testKey.name, seed: Buffer.alloc(32, 8) };

  test('a trail of another key is a fault of its checkpoints', async () => {
    const { faults } = await check(sound, { keys: [verifierKeyOf(other)] });
    expect(faults.map(({ code, key }) => [code, key])).toEqual([
      ['signature', 'checkpoint'],
      ...[3, 303, 304, 620].map((size) => ['signature', `checkpoints/${size}`]),
    ]);
    expect(checkTrail(write(sound), formatVerifierKey(verifierKeyOf(other)))).toHaveLength(5);
  });

  test('without a key, the key that the trail names is used, and the report says so', async () => {
    const objects = await makeTrail([[control('key', { vkey })], someLines(2)]);
    const report = await verifyTrail({ store: storeOf(objects) });
    expect(report).toMatchObject({ key: { vkey, from: 'trail' }, faults: [] });
    expect((await verifyTrail({ store: storeOf(sound) })).faults[0]).toMatchObject({ code: 'key' });
  });

  test('a checkpoint of another log that the reader trusts as well has no place in this one', async () => {
    const neighbour = { name: 'example.com/neighbour', seed: Buffer.alloc(32, 5) };
    const theirs = await makeTrail([someLines(3)], { key: neighbour });
    const objects = new Map(sound).set('checkpoints/3', theirs.get('checkpoints/3')!);
    const { faults } = await check(objects, { keys: [testVerifier, verifierKeyOf(neighbour)] });
    expect(faults).toMatchObject([{ code: 'changed', key: 'checkpoints/3' }]);
  });

  test('a trail extends a checkpoint that the reader kept', async () => {
    const since = sound.get('checkpoints/304')!;
    expect(await check(sound, { since })).toMatchObject({ extends: 304, faults: [] });
    const inside = new Map(sound);
    inside.delete('checkpoints/304');
    expect(await check(inside, { since })).toMatchObject({ extends: 304, faults: [] });
  });

  test('a trail that was rolled back does not extend it', async () => {
    const shorter = await makeTrail([someLines(3), someLines(300, 3)]);
    const since = sound.get('checkpoint')!;
    const { faults, ...report } = await check(shorter, { since });
    expect(faults).toMatchObject([{ code: 'rollback', key: 'checkpoint', index: 303, next: 620 }]);
    expect(report.extends).toBeUndefined();
    const kept = join(folder, 'kept');
    writeFileSync(kept, since);
    expect(checkTrail(write(shorter), vkey, kept)).toMatchObject([{ key: 'since' }]);
  });

  test('an archived checkpoint larger than the tree is a rollback too', async () => {
    const shorter = await makeTrail([someLines(3), someLines(300, 3)]);
    shorter.set('checkpoints/620', sound.get('checkpoints/620')!);
    expect((await check(shorter)).faults).toMatchObject([{ code: 'rollback', key: 'checkpoints/620' }]);
    await both(shorter);
  });

  test('a trail with another history does not extend it', async () => {
    const forged = await makeTrail([someLines(620, 1000)]);
    const { faults } = await check(forged, { since: sound.get('checkpoints/304')! });
    expect(faults).toMatchObject([{ code: 'fork', key: 'since', next: 304 }]);
  });

  test('a kept checkpoint that another key signed proves nothing', async () => {
    const theirs = await makeTrail([someLines(3)], { key: other });
    const { faults } = await check(sound, { since: theirs.get('checkpoint')! });
    expect(faults).toMatchObject([{ code: 'signature', key: 'since' }]);
  });

  test('a checkpoint that promises more than there is ends the check, however much it promises', async () => {
    const note = await signCheckpoint({ size: Number.MAX_SAFE_INTEGER, root: leafless() }, signerOf(testKey));
    const objects = new Map(sound).set('checkpoint', Buffer.from(note.ok ? note.value : ''));
    const { faults } = await check(objects);
    expect(faults[0]).toMatchObject({ code: 'missing' });
    expect(checkTrail(write(objects), vkey).length).toBeGreaterThan(0);
  });

  test('a trail that grows while it is verified has no extra objects', async () => {
    const before = await makeTrail([someLines(3), someLines(300, 3)]);
    const reads = { checkpoint: 0 };
    const store = {
      ...storeOf(sound),
      get: (key: string) =>
        storeOf(key === 'checkpoint' && reads.checkpoint++ === 0 ? before : sound).get(key),
    };
    const report = await verifyTrail({ store, keys: [testVerifier] });
    expect(report.size).toBe(303);
    expect(report.faults.filter(({ code }) => code === 'extra')).toEqual([]);
  });
});

describe('erased lines', () => {
  test('a line that a redact entry names may be empty, and is waited for while it is not', async () => {
    const objects = await makeTrail([
      someLines(3),
      [control('redact', { index: 1, uid: 'ab', essence: '1:cd' }), ...someLines(1, 3)],
    ]);
    expect((await check(objects)).erased).toEqual({ redacted: 0, retained: 0, waiting: 1 });
    rewriteBlock(objects, 0, (lines) => lines.with(1, ''));
    expect(await check(objects)).toMatchObject({
      erased: { redacted: 1, retained: 0, waiting: 0 },
      faults: [],
    });
    expect(await both(objects)).toEqual({ first: [], second: [] });
  });

  test('an empty line that no entry names is a fault with its index', async () => {
    const objects = await makeTrail([someLines(3), [control('redact', { index: 1 })]]);
    const key = rewriteBlock(objects, 0, (lines) => lines.with(1, '').with(2, ''));
    expect((await check(objects)).faults).toMatchObject([{ code: 'missing', key, index: 2, next: 3 }]);
    expect((await both(objects)).second).toEqual([key]);
  });

  test('whole blocks may be gone where a retain entry says so, and only there', async () => {
    const batches = [
      someLines(3),
      someLines(3, 3),
      someLines(3, 6),
      [control('retain', { first: 0, next: 6 })],
    ];
    const objects = await makeTrail(batches);
    objects.delete(blockAt(objects, 0));
    objects.delete(blockAt(objects, 3));
    expect(await check(objects)).toMatchObject({ erased: { retained: 6, waiting: 0 }, faults: [] });
    expect(await both(objects)).toEqual({ first: [], second: [] });
    objects.delete(blockAt(objects, 6));
    expect((await check(objects)).faults).toMatchObject([
      { code: 'missing', key: 'events/2026/01/01/000000000006-', index: 6, next: 9 },
    ]);
    await both(objects);
  });

  test('an entry cannot explain itself or what comes after it', async () => {
    const objects = await makeTrail([[control('redact', { index: 1 })], someLines(1)]);
    expect((await check(objects)).faults).toMatchObject([{ code: 'malformed', index: 0 }]);
    await both(objects);
    const range = await makeTrail([someLines(2), [control('retain', { first: 0, next: 3 })]]);
    expect((await check(range)).faults).toMatchObject([{ code: 'malformed', index: 2 }]);
    await both(range);
    const unnamed = await makeTrail([someLines(2), [control('redact', { uid: 'ab' })]]);
    expect((await check(unnamed)).faults).toMatchObject([{ code: 'malformed', index: 2 }]);
    await both(unnamed);
  });
});
