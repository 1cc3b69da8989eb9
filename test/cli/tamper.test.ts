import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolders } from '../temporary-folder.ts';
import { cloudTrailRecord } from './support/roads.ts';
import { call, trailproof } from './support/trailproof.ts';

const folders = temporaryFolders();
const data = folders();
const early = folders();
const proofFile = `${folders()}.json`;
/** The trail's own first entry names its key; 300 events follow. */
const SIZE = 301;

interface Fault {
  readonly code: string;
  readonly key: string;
  readonly index?: number;
}

async function ingest(folder: string, from: number, to: number): Promise<void> {
  const input = Array.from({ length: to - from }, (_, n) => JSON.stringify(cloudTrailRecord(from + n))).join(
    '\n',
  );
  expect((await call(['ingest', '-', '--data', folder], { input })).status).toBe(0);
}

/** A trail with a full tile, partial ones beside it, three blocks, and a checkpoint kept from before the last of them. */
beforeAll(async () => {
  await ingest(data, 0, 120);
  await ingest(data, 120, 260);
  cpSync(data, early, { recursive: true });
  await ingest(data, 260, 300);
  const { out } = await call(['query', 'resource:artifacts-130', '--data', data, '--output', 'ndjson']);
  const { uid } = (JSON.parse(out) as { metadata: { uid: string } }).metadata;
  expect((await call(['prove', uid, '-o', proofFile, '--data', data])).status).toBe(0);
});

const trail = (folder: string) => join(folder, 'trail');
const key = () => join(data, 'keys', 'log.vkey');

/** What the promise covers; inbox, staging and rejects are in passing. */
function objects(folder = data): readonly string[] {
  return readdirSync(trail(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.store'))
    .map((entry) => relative(trail(folder), join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => /^(checkpoint$|checkpoints\/|tile\/|events\/)/.test(name));
}

function copy(): string {
  const folder = folders();
  mkdirSync(folder, { recursive: true });
  cpSync(trail(data), folder, { recursive: true });
  return folder;
}

async function verify(folder: string, ...more: readonly string[]) {
  const { status, out } = await call(['verify', folder, '--key', key(), '--output', 'json', ...more]);
  const report = JSON.parse(out) as { ok: boolean; faults: readonly Fault[]; faultCount: number };
  expect({ ok: report.ok, any: report.faultCount > 0 }).toEqual({ ok: status === 0, any: status === 1 });
  return { status, faults: report.faults };
}

/** The entries that an object is about: of every fault, one must name the object and lie where it lies. */
function rangeOf(name: string): readonly [number, number] {
  const block = /^events\/.*\/(\d{12})-/.exec(name);
  if (block !== null) return [Number(block[1]), SIZE];
  const tile = /^tile\/(?:entries|0)\/(\d{3})(\.p\/\d+)?$/.exec(name);
  if (tile !== null) return [Number(tile[1]) * 256, Math.min(SIZE, (Number(tile[1]) + 1) * 256)];
  return [0, SIZE];
}

test('untouched, it verifies, and says what was checked', async () => {
  const { status, out } = await trailproof(['verify', '--data', data, '--key', key()]);
  expect(status).toBe(0);
  expect(out).toContain(`${SIZE} entries`);
  expect(objects().filter((name) => name.startsWith('events/'))).toHaveLength(6);
  expect(objects()).toContain('tile/0/000');
});

describe('a byte of any object', () => {
  test.each(['first', 'middle', 'last'] as const)(
    'the %s is changed: verify names the object and the entry',
    async (place) => {
      for (const name of objects()) {
        const folder = copy();
        const bytes = readFileSync(join(folder, name));
        const at = { first: 0, middle: bytes.length >> 1, last: bytes.length - 1 }[place];
        bytes[at]! ^= 1;
        writeFileSync(join(folder, name), bytes);
        const { status, faults } = await verify(folder);
        const named = faults.filter((fault) => fault.key === name);
        expect({ name, status, named: named.length > 0 }).toEqual({ name, status: 1, named: true });
        if (!name.startsWith('checkpoint')) {
          const [from, to] = rangeOf(name);
          const inside = named.some(({ index }) => index !== undefined && index >= from && index < to);
          expect({ name, inside, faults }).toMatchObject({ name, inside: true });
        }
        rmSync(folder, { recursive: true });
      }
    },
  );
});

test('any object is removed: verify names it, unless a larger one superseded it', async () => {
  const present = objects();
  for (const name of present) {
    const folder = copy();
    rmSync(join(folder, name));
    const { status, faults } = await verify(folder);
    const isSpare = isSuperseded(name, present) || name.startsWith('checkpoints/');
    expect({ name, status }).toEqual({ name, status: isSpare ? 0 : 1 });
    if (!isSpare) {
      const first = rangeOf(name)[0];
      const names = faults.some(
        (fault) => fault.key === name || (name.startsWith('events/') && fault.index === first),
      );
      expect({ name, names, faults }).toMatchObject({ name, names: true });
    }
    rmSync(folder, { recursive: true });
  }
});

/** A partial tile beside its full one, or beside a wider partial one. */
function isSuperseded(name: string, present: readonly string[]): boolean {
  const [, base, width] = /^(tile\/.*)\.p\/(\d+)$/.exec(name) ?? [];
  return (
    base !== undefined &&
    (present.includes(base) ||
      present.some(
        (other) => other.startsWith(`${base}.p/`) && Number(other.split('/').at(-1)) > Number(width),
      ))
  );
}

test('two lines are swapped in a block that is packed and named properly again', async () => {
  const folder = copy();
  const name = objects().find((each) => each.includes('000000000121-'))!;
  const lines = zstdDecompressSync(readFileSync(join(folder, name)))
    .toString('utf8')
    .split('\n');
  [lines[3], lines[9]] = [lines[9]!, lines[3]!];
  const packed = zstdCompressSync(lines.join('\n'));
  const digits = createHash('sha256').update(packed).digest('hex').slice(0, 16);
  const renamed = name.replace(/-[0-9a-f]{16}\./, `-${digits}.`);
  renameSync(join(folder, name), join(folder, renamed));
  writeFileSync(join(folder, renamed), packed);
  const { status, faults } = await verify(folder);
  expect(status).toBe(1);
  expect(faults.map(({ key, index }) => [key, index])).toEqual([
    [renamed, 124],
    [renamed, 130],
  ]);
});

test('the whole trail is rolled back: only a checkpoint that was kept tells', async () => {
  const since = join(trail(data), 'checkpoint');
  expect((await verify(trail(early))).status).toBe(0);
  const { status, faults } = await verify(trail(early), '--since', since);
  expect(status).toBe(1);
  expect(faults).toMatchObject([{ code: 'rollback', key: 'checkpoint', index: 261 }]);
  const earlier = join(trail(early), 'checkpoint');
  expect((await verify(trail(data), '--since', earlier)).status).toBe(0);
});

test('the whole trail is written anew with another key: only a key that was kept tells', async () => {
  const forged = folders();
  await ingest(forged, 0, 300);
  expect((await call(['verify', forged])).status).toBe(0);
  const { status, faults } = await verify(trail(forged));
  expect(status).toBe(1);
  expect(faults[0]).toMatchObject({ key: 'checkpoint' });
});

test('what a person reads names the object and the entry, and the process exits 1', async () => {
  const folder = copy();
  const name = objects().find((each) => each.includes('000000000121-'))!;
  const bytes = readFileSync(join(folder, name));
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(join(folder, name), bytes);
  const { status, out } = await trailproof(['verify', folder, '--key', key()]);
  expect(status).toBe(1);
  expect(out).toContain(name);
  expect(out).toContain('entries 121 to 184');
});

describe('a proof file', () => {
  const proven = (file: string, ...more: readonly string[]) => call(['verify', file, ...more]);

  test('holds against the key of its trail, without the trail', async () => {
    const { status, out } = await proven(proofFile, '--key', readFileSync(key(), 'utf8').trim());
    expect(status).toBe(0);
    expect(out).toContain('entry 131');
  });

  test('proves nothing without a key', async () => {
    expect(await proven(proofFile)).toMatchObject({ status: 2 });
  });

  test('does not hold against another key', async () => {
    const other = folders();
    await ingest(other, 0, 1);
    expect(await proven(proofFile, '--key', join(other, 'keys', 'log.vkey'))).toMatchObject({ status: 1 });
  });

  test('does not hold once any part of it is changed', async () => {
    const text = readFileSync(proofFile, 'utf8');
    for (let at = 0; at < text.length; at += 37) {
      const changed = `${proofFile}.changed`;
      const character = text[at] === 'x' ? 'y' : 'x';
      writeFileSync(changed, text.slice(0, at) + character + text.slice(at + 1));
      const { status } = await proven(changed, '--key', key());
      expect({ at, around: text.slice(at - 10, at + 10), status }).toMatchObject({ status: 1 });
    }
  });
});
