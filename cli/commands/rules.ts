import { OWN_RULES } from '../../functions/local/hub.ts';
import { plural } from '../../functions/local/plural.ts';
import { withContents } from '../../shared/adapters/local/rule-cache.ts';
import type { RuleListing } from '../../shared/adapters/local/rules.ts';
import { checkRules } from '../../shared/detect/check.ts';
import { kindOf } from '../../shared/detect/load-rules.ts';
import { testEventReader } from '../../shared/detect/read-test-events.ts';
import { openRuleBook, type RuleBook } from '../../shared/detect/rule-book.ts';
import { testRules } from '../../shared/detect/run-tests.ts';
import { settingsOf } from '../../shared/detect/settings.ts';
import { type Fault, type Rule, type RuleHeader, referenceOf } from '../../shared/detect/sigma/index.ts';
import { inert } from '../../shared/inert.ts';
import { sources } from '../../shared/sources/index.ts';
import { type Call, type Command, type ExitStatus, UsageError } from '../command.ts';
import { RULE_OPTIONS, readListings } from '../find-rules.ts';
import { writeListing } from '../output.ts';
import { explainRules } from './rules-explain.ts';
import { replayRules } from './rules-replay.ts';

const ACTIONS = ['list', 'check', 'test', 'explain', 'replay'];

export const rules: Command = {
  name: 'rules',
  summary: 'list, check, test, explain and replay detection rules',
  usage: 'list|check|test [PATH...], explain RULE UID, replay RULE [--since TIME]',
  about:
    'list shows the rules at work: ours, and those of the folders that trailproof.yaml names. check lints rule folders ' +
    'and Sigma files, with file, line and column. test runs each rule on its own events: those under match/ must match, ' +
    'those under ignore/ must not. Without a PATH, our own rules. check and test exit 1 when something is wrong. explain ' +
    'says why a rule matches an event or does not, condition by condition. replay runs a rule over the stored trail as ' +
    'if it had been live, and says what it would have found and whom it would have told; it writes nothing. RULE is an ' +
    'id, a name, a title, a folder or a path.',
  options: [
    { name: 'since', value: 'TIME', about: 'replay: events from then on; a time, or how long ago: 14d' },
    { name: 'until', value: 'TIME', about: 'replay: events before then' },
  ],
  examples: [
    { line: 'rules list', does: 'what is looked for' },
    { line: 'rules check ./my-rules', does: 'do they load, and is everything beside them?' },
    { line: 'rules test', does: 'does each rule match what it should?' },
    { line: 'rules explain audit-logging-stopped 184d0857e681', does: 'why did it match, or not?' },
    { line: 'rules replay ./my-rules/new.yml --since 14d', does: 'what would it have told in a fortnight?' },
  ],
  positionals: { min: 1, max: Number.POSITIVE_INFINITY, name: 'list, check, test, explain or replay' },
  run,
};

async function run(call: Call): Promise<ExitStatus> {
  const [action = '', ...paths] = call.positionals;
  if (!ACTIONS.includes(action)) {
    throw new UsageError(`rules takes list, check, test, explain or replay; found "${action}".`);
  }
  if (action === 'explain') return explainRules(call, paths);
  if (action === 'replay') return replayRules(call, paths);
  const places = paths.length > 0 ? paths : [OWN_RULES, ...(action === 'list' ? call.settings.rules : [])];
  const listing = await readListings(places);
  switch (action) {
    case 'list':
      return list(call, withContents(listing));
    case 'check':
      return check(call, listing);
    default:
      return test(call, listing);
  }
}

function list(call: Call, listing: RuleListing): ExitStatus {
  const book = openRuleBook(listing, RULE_OPTIONS);
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
    ...RULE_OPTIONS,
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
  const book = openRuleBook(listing, RULE_OPTIONS);
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
