import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileStore } from '../../../shared/adapters/local/file-store.ts';
import { PortError } from '../../../shared/ports.ts';
import { objectStoreContract } from '../../contract/object-store.ts';
import { temporaryFolders } from '../../temporary-folder.ts';
import { runRacers } from './racers.ts';

const folder = temporaryFolders();
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

async function keysOf(store: FileStore, prefix = ''): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const key of store.list(prefix)) keys.push(key);
  return keys;
}

describe('object store in files', () => objectStoreContract(() => new FileStore(folder())));

test('an object is a file at its key, and nothing else is left beside it', async () => {
  const root = folder();
  const store = new FileStore(root);
  await store.put('events/2026/11/20/a.ndjson.zst', text('x'), 'absent');
  await expect(store.put('events/2026/11/20/a.ndjson.zst', text('y'), 'absent')).rejects.toThrow();
  expect(readdirSync(join(root, 'events/2026/11/20'))).toEqual(['a.ndjson.zst']);
  expect(readdirSync(join(root, '.store')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a symbolic link is never followed, neither to a file nor to a folder', async () => {
  const root = folder();
  const outside = folder();
  const store = new FileStore(root);
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret'), 'secret');
  symlinkSync(outside, join(root, 'way-out'));
  symlinkSync(join(outside, 'secret'), join(root, 'link'));
  await expect(store.get('way-out/secret')).rejects.toThrow(/inside the store/);
  await expect(store.put('way-out/new', text('x'), 'any')).rejects.toThrow(/inside the store/);
  await expect(store.put('way-out/deep/new', text('x'), 'any')).rejects.toThrow(/inside the store/);
  await expect(store.delete('way-out/secret')).rejects.toThrow(/inside the store/);
  await expect(store.get('link')).rejects.toThrow(/ELOOP/);
  expect(await keysOf(store)).toEqual([]);
  expect(readdirSync(outside)).toEqual(['secret']);
  await store.put('link', text('x'), 'any');
  expect((await store.get('link'))?.bytes).toEqual(text('x'));
});

test('what a dead process left half written is never listed, and goes when it is old', async () => {
  const root = folder();
  const store = new FileStore(root);
  await store.put('a', text('x'), 'any');
  writeFileSync(join(root, '.store/1-old.tmp'), 'half');
  writeFileSync(join(root, '.store/1-new.tmp'), 'half');
  utimesSync(join(root, '.store/1-old.tmp'), new Date(0), new Date(0));
  await store.removeStaleTemporaries(Date.now());
  expect(await keysOf(store)).toEqual(['a']);
  expect(readdirSync(join(root, '.store')).filter((name) => name.endsWith('.tmp'))).toEqual(['1-new.tmp']);
});

test('two stores over one folder see each other', async () => {
  const root = folder();
  const [one, other] = [new FileStore(root), new FileStore(root)];
  const version = await one.put('a', text('1'), 'absent');
  await other.put('a', text('2'), { version });
  await expect(one.put('a', text('3'), { version })).rejects.toThrow(/version/);
  expect((await one.get('a'))?.bytes).toEqual(text('2'));
});

test('of several processes that put one key absent, one wins, and each replacement is of the version read', async () => {
  const root = folder();
  const results = await runRacers('file-store', root, 3);
  const store = new FileStore(root);
  const counted = new TextDecoder().decode((await store.get('counter'))?.bytes);
  expect(results.reduce((sum, { won }) => sum + won, 0)).toBe(20);
  expect(Number(counted)).toBe(results.reduce((sum, { increments }) => sum + increments, 0));
  expect(Number(counted)).toBe(3 * 15);
});

test('what cannot be locked or written says where', async () => {
  const root = folder();
  mkdirSync(join(root, '.store', 'lock.sqlite'), { recursive: true });
  writeFileSync(join(root, 'tile'), 'no folder');
  const store = new FileStore(root);
  await expect(store.put('checkpoint', new Uint8Array(), 'any')).rejects.toThrow(PortError);
  await expect(store.put('checkpoint', new Uint8Array(), 'any')).rejects.toThrow(/lock\.sqlite/);
  await expect(store.put('tile/000', new Uint8Array(), 'absent')).rejects.toThrow(join(root, 'tile'));
});
