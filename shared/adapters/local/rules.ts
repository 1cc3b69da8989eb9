import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
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
  // Some hundred small files: at a start, asking for each in turn takes longer than reading all of them.
  return statSync(path).isDirectory() ? readFolder(path, 0) : { folders: [], files: [readText(path)] };
}

function readFolder(path: string, depth: number): RuleListing {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  if (files.includes('rule.yml')) return { folders: [readRuleFolder(path, files)], files: [] };
  const listings: RuleListing[] = [];
  for (const entry of entries) {
    const inner = join(path, entry.name);
    if (entry.isDirectory() && depth < DEPTH_MAX) listings.push(readFolder(inner, depth + 1));
    if (entry.isFile() && /\.ya?ml$/.test(entry.name))
      listings.push({ folders: [], files: [readText(inner)] });
  }
  return { folders: listings.flatMap((each) => each.folders), files: listings.flatMap((each) => each.files) };
}

function readRuleFolder(path: string, names: readonly string[]): RuleFolder {
  return {
    name: path.replaceAll('\\', '/').replace(/\/+$/, '').split('/').at(-1) ?? '',
    rule: readText(join(path, 'rule.yml')),
    runbook: names.includes('runbook.md') ? readText(join(path, 'runbook.md')) : undefined,
    match: readEvents(join(path, 'match')),
    ignore: readEvents(join(path, 'ignore')),
  };
}

function readEvents(path: string): readonly RuleFile[] {
  const names = existsSync(path) ? readdirSync(path) : [];
  const events = names.filter((name) => name.endsWith('.json')).sort();
  return events.map((name) => readText(join(path, name)));
}

function readText(path: string): RuleFile {
  return { path: path.replaceAll('\\', '/'), text: readFileSync(path, 'utf8') };
}
