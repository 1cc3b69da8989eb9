import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withContents } from '../../../shared/adapters/local/rule-cache.ts';
import { temporaryFolders } from '../../temporary-folder.ts';

const folders = temporaryFolders();
const listing = (title: string, path = 'x.yml') => ({
  folders: [],
  files: [{ path, text: `title: ${title}\ndetection: {s: {f: x}, condition: s}\n` }],
});
const titles = (given: ReturnType<typeof listing>, folder: string) =>
  withContents(given, folder).files.flatMap(
    ({ contents }) => contents?.rules.map((rule) => rule.title) ?? [],
  );

describe('rules that were read by an earlier start', () => {
  test('are taken from there while they are the same to the byte', () => {
    const folder = folders();
    expect(titles(listing('One'), folder)).toEqual(['One']);
    const [name = ''] = readdirSync(folder);
    const path = join(folder, name);
    // Only what was kept can say this.
    writeFileSync(path, readFileSync(path, 'utf8').replace('"One"', '"Kept"'));
    expect(titles(listing('One'), folder)).toEqual(['Kept']);
    expect(titles(listing('Two'), folder)).toEqual(['Two']);
    expect(titles(listing('Two'), folder)).toEqual(['Two']);
  });

  test('are read again where what was kept is damaged, or cannot be kept', () => {
    const folder = folders();
    expect(titles(listing('One'), folder)).toEqual(['One']);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{"version":1,"files"');
    expect(titles(listing('One'), folder)).toEqual(['One']);
    const file = join(folders(), 'file');
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '');
    expect(titles(listing('One'), join(file, 'below'))).toEqual(['One']);
  });

  test('do not gather without end', () => {
    const folder = folders();
    for (let n = 0; n < 20; n++) titles(listing('One', `${n}.yml`), folder);
    expect(readdirSync(folder).length).toBeLessThanOrEqual(6);
  });
});
