import { isAttackTag } from './attack.ts';
import { settingsFaults, settingsOf } from './settings.ts';
import type { Fault, RuleHeader, RuleLogsource } from './sigma/index.ts';

/** The order of a rule's attributes is the reader's: what it is, where from, what it looks for, what to do. */
const REQUIRED = ['id', 'status', 'level', 'description', 'author', 'date'] as const;
const LISTS = ['references', 'tags', 'falsepositives', 'fields'] as const;
const TITLE_LENGTH_MAX = 100;

/** A rule of any kind; those that look at events themselves say at which. */
type AnyRule = RuleHeader & { readonly logsource?: RuleLogsource };

/** The style of our own rules of every kind, which readers and tools rely on; public rules need not have it. */
export function lintRule(rule: AnyRule, folder: string): readonly Fault[] {
  const messages = [
    ...REQUIRED.filter((key) => rule[key] === undefined).map((key) => `expected ${key}`),
    ...LISTS.filter((key) => rule[key].length === 0).map((key) => `expected ${key} with at least one entry`),
    ...titleFaults(rule),
    ...(isUuid(rule.id) ? [] : ['expected id to be a random UUID (version 4)']),
    ...(isDate(rule.date) && isDate(rule.modified ?? rule.date) ? [] : ['expected dates as YYYY-MM-DD']),
    ...tagFaults(rule.tags),
    ...(rule.logsource !== undefined && rule.logsource.product === undefined
      ? ['expected logsource with a product']
      : []),
    ...settingsFaults(rule),
    ...familyFaults(rule, folder),
  ];
  const { file, line, column } = rule.position;
  return messages.map((message) => ({
    file,
    line,
    column,
    severity: 'error',
    message: `'${rule.title}': ${message}`,
  }));
}

function titleFaults({ title }: AnyRule): readonly string[] {
  if (title.length > TITLE_LENGTH_MAX) return [`expected a title of at most ${TITLE_LENGTH_MAX} characters`];
  return /^[A-Z]/.test(title) && !title.endsWith('.')
    ? []
    : ['expected a title that begins with a capital and has no full stop'];
}

function tagFaults(tags: readonly string[]): readonly string[] {
  const unknown = tags.filter((tag) => {
    const [namespace, ...rest] = tag.split('.');
    const name = rest.join('.');
    if (namespace === 'attack') return !isAttackTag(name);
    return namespace !== 'owasp' || !/^cicd-sec-(10|[1-9])$/.test(name);
  });
  return [
    ...unknown.map(
      (tag) => `unknown tag ${tag}: expected attack.<tactic or technique> or owasp.cicd-sec-<1 to 10>`,
    ),
    ...(tags.some((tag) => /^attack\.t\d/.test(tag)) ? [] : ['expected the tag of an ATT&CK technique']),
    ...(tags.some((tag) => tag.startsWith('owasp.')) ? [] : ['expected a tag owasp.cicd-sec-<1 to 10>']),
  ];
}

function familyFaults(rule: AnyRule, folder: string): readonly string[] {
  if (rule.custom['trailproof'] === undefined)
    return ['expected trailproof with stage, family, group-by and window'];
  return settingsOf(rule).family === folder
    ? []
    : [`expected trailproof.family to be the folder's name, ${folder}`];
}

function isUuid(id: string | undefined): boolean {
  return /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id ?? '');
}

function isDate(date: string | undefined): boolean {
  return date === undefined || /^\d{4}-\d\d-\d\d$/.test(date);
}
