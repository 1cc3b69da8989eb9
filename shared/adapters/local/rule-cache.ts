import { hash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserializeRules, readRuleFile, serializeRules } from '../../detect/rule-contents.ts';
import type { RuleFile } from '../../detect/rule-folder.ts';
import type { RuleListing } from './rules.ts';

/** Beside the installed packages, as tools keep what they can make again; whoever writes there can write our code. */
const FOLDER = fileURLToPath(new URL('../../../node_modules/.cache/trailproof', import.meta.url));
const DETECT = fileURLToPath(new URL('../../detect', import.meta.url));
const KEPT_MAX = 6;
/** What decides how a file is read: another reader, another cache. */
const READERS = ['.', 'sigma', 'sigma/correlation', 'baseline'];

/**
 * The same rules with what their files say, out of what an earlier start read where file and reader are the same to the
 * byte: reading YAML is most of a start. Where nothing can be kept, every start reads.
 */
export function withContents(listing: RuleListing, folder = FOLDER): RuleListing {
  const paths = [...listing.folders.map(({ rule }) => rule), ...listing.files].map((file) => file.path);
  const name = hash('sha256', [readersHash(), ...paths].join('\n'), 'hex').slice(0, 16);
  const path = join(folder, `rules-${name}.json`);
  const known = deserializeRules(readOr(path, ''));
  let isNew = false;
  const filled = <F extends RuleFile>(file: F) => {
    const found = known(file);
    isNew ||= found === undefined;
    return { ...file, contents: found ?? readRuleFile(file) };
  };
  const folders = listing.folders.map((each) => ({ ...each, rule: filled(each.rule) }));
  const files = listing.files.map(filled);
  if (isNew) keep(path, serializeRules([...folders.map(({ rule }) => rule), ...files]));
  return { folders, files };
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

/** Whole or not at all; two starts at once write the same. */
function keep(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const waiting = `${path}.${process.pid}`;
    writeFileSync(waiting, text);
    renameSync(waiting, path);
    clear(dirname(path));
  } catch {
    // A place that cannot be written to costs time, and nothing else.
  }
}

/** Of older readers and other folders of rules, only the latest are kept. */
function clear(folder: string): void {
  const files = readdirSync(folder).map((name) => join(folder, name));
  const byAge = files.toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const file of byAge.slice(KEPT_MAX)) unlinkSync(file);
}

function readersHash(): string {
  const stamps = READERS.flatMap((name) => {
    const folder = join(DETECT, name);
    const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
    return files.map((file) => {
      const { size, mtimeMs } = statSync(join(folder, file));
      return `${name}/${file} ${size} ${mtimeMs}`;
    });
  });
  return hash('sha256', stamps.toSorted().join('\n'), 'hex');
}
