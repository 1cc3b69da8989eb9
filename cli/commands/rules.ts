import { OWN_RULES } from '../../functions/local/hub.ts';
import { plural } from '../../functions/local/plural.ts';
import { type RuleListing, readRules } from '../../shared/adapters/local/rules.ts';
import { checkRules } from '../../shared/detect/check.ts';
import { kindOf } from '../../shared/detect/load-rules.ts';
import { testEventReader } from '../../shared/detect/read-test-events.ts';
import { openRuleBook, type RuleBook } from '../../shared/detect/rule-book.ts';
import { testRules } from '../../shared/detect/run-tests.ts';
import { settingsOf } from '../../shared/detect/settings.ts';
import { type Fault, type Rule, type RuleHeader, referenceOf } from '../../shared/detect/sigma/index.ts';
import { inert } from '../../shared/inert.ts';
import { sources } from '../../shared/sources/index.ts';
import { type Call, type Command, type ExitStatus, IoError, UsageError } from '../command.ts';
import { writeListing } from '../output.ts';

const ACTIONS = ['list', 'check', 'test'];

export const rules: Command = {
  name: 'rules',
  summary: 'list, check and test detection rules',
  usage: 'list|check|test [PATH...]',
  about:
    'list shows the rules at work: ours, and those of the folders that trailproof.yaml names. check lints rule folders ' +
    'and Sigma files, with file, line and column. test runs each rule on its own events: those under match/ must match, ' +
    'those under ignore/ must not. Without a PATH, our own rules. check and test exit 1 when something is wrong.',
  options: [],
  examples: [
    { line: 'rules list', does: 'what is looked for' },
    { line: 'rules check ./my-rules', does: 'do they load, and is everything beside them?' },
    { line: 'rules test', does: 'does each rule match what it should?' },
  ],
  positionals: { min: 1, max: Number.POSITIVE_INFINITY, name: 'list, check or test' },
  run,
};

const OPTIONS = { logsources: new Map(sources.map(({ id, logsource }) => [id, logsource])) };

async function run(call: Call): Promise<ExitStatus> {
  const [action = '', ...paths] = call.positionals;
  if (!ACTIONS.includes(action)) throw new UsageError(`rules takes list, check or test; found "${action}".`);
  const places = paths.length > 0 ? paths : [OWN_RULES, ...(action === 'list' ? call.settings.rules : [])];
  const listing = await readAll(places);
  switch (action) {
    case 'list':
      return list(call, listing);
    case 'check':
      return check(call, listing);
    default:
      return test(call, listing);
  }
}

async function readAll(paths: readonly string[]): Promise<RuleListing> {
  const listings: RuleListing[] = [];
  for (const path of paths) {
    listings.push(
      await readRules(path).catch((cause: Error) => {
        throw new IoError(`Cannot read rules from ${path}: ${cause.message}`);
      }),
    );
  }
  return { folders: listings.flatMap((each) => each.folders), files: listings.flatMap((each) => each.files) };
}

function list(call: Call, listing: RuleListing): ExitStatus {
  const book = openRuleBook(listing, OPTIONS);
  writeListing<RuleHeader>(call, {
    columns: [
      { title: 'level', value: ({ level }) => level ?? '' },
      { title: 'rule', value: ({ title }) => title, min: 36 },
      { title: 'looks at', value: looksAt, min: 14, keep: 3 },
      { title: 'stage', value: (rule) => stageOf(rule, book), keep: 2 },
      { title: 'id', value: referenceOf, min: 8, keep: 1 },
    ],
    rows: [...book.detector.rules, ...book.remembering],
    json: (rule) => ({
      id: referenceOf(rule),
      title: rule.title,
      level: rule.level ?? null,
      stage: stageOf(rule, book),
      kind: kindOf(rule),
      ...('logsource' in rule ? { logsource: (rule as Rule).logsource } : {}),
      tags: rule.tags,
      author: rule.author ?? null,
      file: rule.position.file,
    }),
    empty: 'No rules.',
  });
  writeFaults(call, book.faults);
  return 0;
}

/** A rule that others observe makes no findings of its own. */
function stageOf(rule: RuleHeader, book: RuleBook): string {
  return book.silent.has(rule) ? 'observed' : settingsOf(rule).stage;
}

function looksAt(rule: RuleHeader): string {
  if (!('logsource' in rule)) return kindOf(rule);
  const { product, service, category } = (rule as Rule).logsource;
  return [product, service, category].filter((each) => each !== undefined).join('/');
}

function check(call: Call, { folders, files }: RuleListing): ExitStatus {
  const {
    rules: checked,
    testCount,
    faults,
  } = checkRules(folders, {
    ...OPTIONS,
    files,
    read: testEventReader(sources),
  });
  return conclude(
    call,
    faults,
    `${plural(checked.length, 'rule')} checked, ${plural(testCount, 'event')} tried`,
  );
}

function test(call: Call, listing: RuleListing): ExitStatus {
  const book = openRuleBook(listing, OPTIONS);
  const read = testEventReader(sources);
  const faults: Fault[] = [...book.faults];
  let count = 0;
  for (const folder of listing.folders) {
    const tests = testRules(folder, book, read);
    count += tests.count;
    faults.push(...tests.faults);
  }
  const rules = book.detector.rules.length + book.remembering.length;
  return conclude(call, faults, `${plural(count, 'event')} tried on ${plural(rules, 'rule')}`);
}

function conclude(call: Call, faults: readonly Fault[], done: string): ExitStatus {
  const { out, style } = call.terminal;
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  if (call.output === 'json' || call.output === 'ndjson') {
    out.write(
      `${JSON.stringify({ ok: errors === 0, faults }, null, call.output === 'json' ? 2 : undefined)}\n`,
    );
    return errors === 0 ? 0 : 1;
  }
  for (const fault of faults) {
    const word = fault.severity === 'error' ? style.red('error') : style.yellow('warning');
    out.write(`${fault.file}:${fault.line}:${fault.column}: ${word}: ${inert(fault.message)}\n`);
  }
  out.write(
    `${errors === 0 ? style.green('✔') : style.red('✘')} ${done}, ${plural(errors, 'error')}, ${plural(faults.length - errors, 'warning')}\n`,
  );
  return errors === 0 ? 0 : 1;
}

function writeFaults(call: Call, faults: readonly Fault[]): void {
  const { err, errStyle } = call.terminal;
  for (const { file, line, column, message } of faults.filter(({ severity }) => severity === 'error')) {
    err.write(`${errStyle.yellow('not at work')} ${file}:${line}:${column}: ${inert(message)}\n`);
  }
}
