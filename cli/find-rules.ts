import { existsSync } from 'node:fs';
import { OWN_RULES } from '../functions/local/hub.ts';
import { withContents } from '../shared/adapters/local/rule-cache.ts';
import { type RuleListing, readRules } from '../shared/adapters/local/rules.ts';
import { openRuleBook, type RuleBook } from '../shared/detect/rule-book.ts';
import { type Fault, type RuleHeader, referenceOf } from '../shared/detect/sigma/index.ts';
import { sources } from '../shared/sources/index.ts';
import { type Call, IoError, UsageError } from './command.ts';

export const RULE_OPTIONS = { logsources: new Map(sources.map(({ id, logsource }) => [id, logsource])) };

/** Rules that somebody asked for, with all that they need to be at work. */
export interface FoundRules {
  readonly book: RuleBook;
  readonly rules: readonly RuleHeader[];
  /** Errors of those files: rules that are not at work. */
  readonly faults: readonly Fault[];
}

export async function readListings(paths: readonly string[]): Promise<RuleListing> {
  const listings: RuleListing[] = [];
  for (const path of paths) {
    listings.push(
      await readRules(path).catch((cause: Error) => {
        throw new IoError(`Cannot read rules from ${path}: ${cause.message}`);
      }),
    );
  }
  return joined(listings);
}

/** RULE on the command line: a file or folder, else an id, a name, a title or the name of a rule's folder. */
export async function findRules(call: Call, wanted: string): Promise<FoundRules> {
  const known = async () => withContents(await readListings([OWN_RULES, ...call.settings.rules]));
  return existsSync(wanted) ? fromPath(wanted, known) : fromNames(await known(), wanted);
}

async function fromPath(path: string, known: () => Promise<RuleListing>): Promise<FoundRules> {
  const listing = await readListings([path]);
  const alone = found(listing, listing);
  if (alone.rules.length > 0 && alone.faults.length === 0) return alone;
  // What it refers to may be among the rules at work, where an earlier version of it may be too.
  const ids = new Set(alone.rules.map(referenceOf));
  const others = await known();
  const isOther = ({ path: file, text }: { readonly path: string; readonly text: string }) =>
    !filesOf(listing).some((own) => own.path === file) && ![...ids].some((id) => text.includes(id));
  const rest = {
    folders: others.folders.filter(({ rule }) => isOther(rule)),
    files: others.files.filter(isOther),
  };
  return found(joined([listing, rest]), listing);
}

function found(all: RuleListing, asked: RuleListing): FoundRules {
  const book = openRuleBook(all, RULE_OPTIONS);
  const paths = new Set(filesOf(asked).map(({ path }) => path));
  return {
    book,
    rules: book.parsed.filter(({ file }) => paths.has(file.path)).flatMap(({ rules }) => rules),
    faults: book.faults.filter(({ severity, file }) => severity === 'error' && paths.has(file)),
  };
}

function fromNames(listing: RuleListing, wanted: string): FoundRules {
  const book = openRuleBook(listing, RULE_OPTIONS);
  const all = book.parsed.flatMap(({ rules }) => rules);
  const word = wanted.toLowerCase();
  const folder = listing.folders.find(({ name }) => name === wanted);
  const named = all.filter(({ id, name, title }) =>
    [id, name, title].some((each) => each?.toLowerCase() === word),
  );
  const inFolder = book.parsed.find(({ file }) => file.path === folder?.rule.path)?.rules ?? [];
  const rules = named.length > 0 ? named : inFolder;
  if (rules.length === 0) throw new UsageError(unknown(all, listing, wanted));
  const paths = new Set(rules.map(({ file }) => file));
  return {
    book,
    rules,
    faults: book.faults.filter(({ severity, file }) => severity === 'error' && paths.has(file)),
  };
}

function unknown(all: readonly RuleHeader[], { folders }: RuleListing, wanted: string): string {
  const word = wanted.toLowerCase();
  const near = [...folders.map(({ name }) => name), ...all.map(({ title }) => title)].filter((each) =>
    each.toLowerCase().includes(word),
  );
  const hint =
    near.length === 0
      ? '"trailproof rules list" lists what is at work; a path may name a rule that is not.'
      : `Did you mean ${near
          .slice(0, 5)
          .map((each) => JSON.stringify(each))
          .join(', ')}?`;
  return `No rule has the id, name, title, folder or path "${wanted}". ${hint}`;
}

function joined(listings: readonly RuleListing[]): RuleListing {
  return { folders: listings.flatMap((each) => each.folders), files: listings.flatMap((each) => each.files) };
}

function filesOf({ folders, files }: RuleListing): readonly { readonly path: string }[] {
  return [...folders.map(({ rule }) => rule), ...files];
}
