import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { watch } from '../../../functions/local/watch.ts';
import { temporaryFolders } from '../../temporary-folder.ts';

const folders = temporaryFolders();
let stop: () => void = () => undefined;
afterEach(() => stop());

function begin(folder: string, faultOf: (path: string) => Error | undefined = () => undefined) {
  const taken: string[] = [];
  const failed: string[] = [];
  stop = watch({
    paths: [folder],
    failed: ({ message }) => failed.push(message),
    changed: async (paths) => {
      taken.push(...paths);
      return new Map(paths.flatMap((path) => [[path, faultOf(path)] as const]).filter(isFault));
    },
  });
  return { taken, failed };
}

const isFault = (pair: readonly [string, Error | undefined]): pair is readonly [string, Error] =>
  pair[1] !== undefined;

function made(): string {
  const folder = folders();
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function until(what: () => boolean): Promise<void> {
  for (let n = 0; n < 300 && !what(); n += 1) await setTimeout(50);
  expect(what()).toBe(true);
}

test('a file is handed on once, and again when it has changed', async () => {
  const folder = made();
  const file = join(folder, 'a');
  writeFileSync(file, '1');
  const { taken } = begin(folder);
  await until(() => taken.length === 1);
  writeFileSync(file, '22');
  await until(() => taken.length === 2);
  await setTimeout(1500);
  expect(taken).toEqual([file, file]);
});

test('a file that could not be taken comes again, and its fault is told once', async () => {
  const folder = made();
  writeFileSync(join(folder, 'bad'), '1');
  writeFileSync(join(folder, 'good'), '1');
  const { taken, failed } = begin(folder, (path) =>
    path.endsWith('bad') ? new Error('it is locked') : undefined,
  );
  await until(() => taken.filter((path) => path.endsWith('bad')).length >= 3);
  expect(failed).toEqual(['it is locked']);
  expect(taken.filter((path) => path.endsWith('good'))).toHaveLength(1);
});

test('a folder that is gone is told once, and looked for again', async () => {
  const folder = made();
  writeFileSync(join(folder, 'a'), '1');
  const { taken, failed } = begin(folder);
  // Between two looks: one that is under way tells of it in other words.
  await until(() => taken.length === 1);
  rmSync(folder, { recursive: true });
  await until(() => failed.length === 1);
  await setTimeout(1200);
  expect(failed).toHaveLength(1);
  mkdirSync(folder);
  writeFileSync(join(folder, 'a'), '12');
  await until(() => taken.length === 2);
});
