import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleFile, RuleFolder } from '../../detect/rule-folder.ts';

/** What lies under a path of rules: folders as ours are (with `rule.yml`), and Sigma files that stand alone. */
export interface RuleListing {
  readonly folders: readonly RuleFolder[];
  readonly files: readonly RuleFile[];
}

const DEPTH_MAX = 16;

/** Reads a Sigma file, or a folder of them at any depth, in the order of their names. Links are not followed. */
export async function readRules(path: string): Promise<RuleListing> {
  const found = await stat(path);
  return found.isDirectory() ? readFolder(path, 0) : { folders: [], files: [await readText(path)] };
}

async function readFolder(path: string, depth: number): Promise<RuleListing> {
  const entries = (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  if (files.includes('rule.yml')) return { folders: [await readRuleFolder(path, files)], files: [] };
  const listings: RuleListing[] = [];
  for (const entry of entries) {
    const inner = join(path, entry.name);
    if (entry.isDirectory() && depth < DEPTH_MAX) listings.push(await readFolder(inner, depth + 1));
    if (entry.isFile() && /\.ya?ml$/.test(entry.name))
      listings.push({ folders: [], files: [await readText(inner)] });
  }
  return { folders: listings.flatMap((each) => each.folders), files: listings.flatMap((each) => each.files) };
}

async function readRuleFolder(path: string, names: readonly string[]): Promise<RuleFolder> {
  return {
    name: path.replaceAll('\\', '/').replace(/\/+$/, '').split('/').at(-1) ?? '',
    rule: await readText(join(path, 'rule.yml')),
    runbook: names.includes('runbook.md') ? await readText(join(path, 'runbook.md')) : undefined,
    match: await readEvents(join(path, 'match')),
    ignore: await readEvents(join(path, 'ignore')),
  };
}

async function readEvents(path: string): Promise<readonly RuleFile[]> {
  const names = await readdir(path).catch(() => []);
  const events = names.filter((name) => name.endsWith('.json')).sort();
  return Promise.all(events.map((name) => readText(join(path, name))));
}

async function readText(path: string): Promise<RuleFile> {
  return { path: path.replaceAll('\\', '/'), text: await readFile(path, 'utf8') };
}
