import { expect, test } from 'vitest';
import { type ObjectStore, PortError, type PutCondition } from '../../shared/ports.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

async function keysOf(store: ObjectStore, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const key of store.list(prefix)) keys.push(key);
  return keys;
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'no error';
  } catch (error) {
    return error instanceof PortError ? error.code : `not a PortError: ${error}`;
  }
}

/** Keys that a file system, a bucket or a URL would read as something else. */
const BAD_KEYS = [
  '',
  '/',
  '/etc/passwd',
  'a/',
  'a//b',
  '..',
  '../a',
  'a/../../b',
  './a',
  'a/./b',
  '.hidden',
  'a/.hidden',
  'a\0b',
  'a\nb',
  'a b',
  'a\\b',
  'a\\..\\b',
  'ü',
  'x'.repeat(2000),
  `a/${'x'.repeat(256)}`,
];

/** What every object store does. `open` gives a new, empty store each time. */
export function objectStoreContract(open: () => ObjectStore): void {
  test('an object is read back whole, with the version that its put returned', async () => {
    const store = open();
    const version = await store.put('a/b', text('one'), 'any');
    expect(await store.get('a/b')).toEqual({ bytes: text('one'), version });
  });

  test('an object that is not there is undefined, also below one that is', async () => {
    const store = open();
    await store.put('a', text('one'), 'any');
    expect(await store.get('b')).toBeUndefined();
    expect(await store.get('a/b')).toBeUndefined();
    expect(await store.get('b/c/d')).toBeUndefined();
  });

  test('an empty object is an object', async () => {
    const store = open();
    await store.put('empty', new Uint8Array(0), 'absent');
    expect((await store.get('empty'))?.bytes).toEqual(new Uint8Array(0));
  });

  test('put with condition any replaces', async () => {
    const store = open();
    await store.put('a', text('one'), 'any');
    await store.put('a', text('two'), 'any');
    expect((await store.get('a'))?.bytes).toEqual(text('two'));
  });

  test('put with condition absent never replaces', async () => {
    const store = open();
    await store.put('a', text('one'), 'absent');
    expect(await codeOf(store.put('a', text('two'), 'absent'))).toBe('conflict');
    expect((await store.get('a'))?.bytes).toEqual(text('one'));
    await store.delete('a');
    await store.put('a', text('three'), 'absent');
    expect((await store.get('a'))?.bytes).toEqual(text('three'));
  });

  test('put on a version replaces that version only', async () => {
    const store = open();
    const first = await store.put('a', text('one'), 'any');
    const second = await store.put('a', text('two'), { version: first });
    expect(second).not.toBe(first);
    expect(await codeOf(store.put('a', text('three'), { version: first }))).toBe('conflict');
    expect((await store.get('a'))?.bytes).toEqual(text('two'));
    await store.delete('a');
    expect(await codeOf(store.put('a', text('three'), { version: second }))).toBe('conflict');
    expect(await store.get('a')).toBeUndefined();
  });

  const conditions: readonly PutCondition[] = ['absent', 'any'];
  test.each(conditions)('of many puts at once with condition %s one object remains', async (condition) => {
    const store = open();
    const values = Array.from({ length: 12 }, (_, index) => text(`value ${index}`));
    const codes = await Promise.all(values.map((value) => codeOf(store.put('a/race', value, condition))));
    const winners = values.filter((_, index) => codes[index] === 'no error');
    const found = (await store.get('a/race'))?.bytes;
    expect(winners.length).toBe(condition === 'absent' ? 1 : values.length);
    expect(winners).toContainEqual(found);
    expect(await keysOf(store, '')).toEqual(['a/race']);
  });

  test('of many replacements of one version at once exactly one succeeds', async () => {
    const store = open();
    const version = await store.put('a', text('old'), 'any');
    const values = Array.from({ length: 12 }, (_, index) => text(`value ${index}`));
    const codes = await Promise.all(values.map((value) => codeOf(store.put('a', value, { version }))));
    const winners = values.filter((_, index) => codes[index] === 'no error');
    expect(winners.length).toBe(1);
    expect((await store.get('a'))?.bytes).toEqual(winners[0]);
  });

  test('deleting twice is success, and deletes nothing else', async () => {
    const store = open();
    await store.put('a/b', text('one'), 'any');
    await store.put('a/c', text('two'), 'any');
    await store.delete('a/b');
    await store.delete('a/b');
    await store.delete('nowhere/at/all');
    expect(await store.get('a/b')).toBeUndefined();
    expect(await keysOf(store, '')).toEqual(['a/c']);
  });

  test('keys are listed by prefix, in byte order', async () => {
    const store = open();
    const keys = ['b', 'a/c', 'a-b', 'a.b', 'a/b/d', 'a/b.p/5', 'a/b/C', 'a0', 'ab/c', 'Z'];
    for (const key of keys) await store.put(key, text(key), 'any');
    expect(await keysOf(store, '')).toEqual([...keys].sort());
    expect(await keysOf(store, 'a/')).toEqual(['a/b.p/5', 'a/b/C', 'a/b/d', 'a/c']);
    expect(await keysOf(store, 'a/b')).toEqual(['a/b.p/5', 'a/b/C', 'a/b/d']);
    expect(await keysOf(store, 'a')).toEqual([...keys].filter((key) => key.startsWith('a')).sort());
    expect(await keysOf(store, 'a/b/')).toEqual(['a/b/C', 'a/b/d']);
    expect(await keysOf(store, 'nothing/here')).toEqual([]);
  });

  test('what a caller does to its bytes afterwards changes nothing', async () => {
    const store = open();
    const bytes = text('one');
    await store.put('a', bytes, 'any');
    bytes.fill(0);
    (await store.get('a'))?.bytes.fill(0);
    expect((await store.get('a'))?.bytes).toEqual(text('one'));
  });

  test.each(BAD_KEYS.map((key) => [key.slice(0, 20), key]))('the key %j is refused', async (_, key) => {
    const store = open();
    expect(await codeOf(store.put(key, text('x'), 'any'))).toBe('invalid');
    expect(await codeOf(store.get(key))).toBe('invalid');
    expect(await codeOf(store.delete(key))).toBe('invalid');
    expect(await keysOf(store, '')).toEqual([]);
  });

  test.each(['../', '/', 'a//', 'a/../', '.st', 'a\0'])('the prefix %j is refused', async (prefix) => {
    expect(await codeOf(keysOf(open(), prefix))).toBe('invalid');
  });
}
