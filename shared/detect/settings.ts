import { isArray, isObject, type JsonValue, member } from '../json/json.ts';
import { readDurationMs } from './duration.ts';
import { type Level, type RuleHeader, referenceOf } from './sigma/index.ts';

/** Where an event took place, in the user's own word: `production`, `staging`, … Lower case. */
export type Environment = string;

/** What a rule of ours says beyond Sigma, in its `trailproof` attribute. */
export interface RuleSettings {
  /** `staged` is recorded and alerts nobody. */
  readonly stage: 'staged' | 'live';
  /** Rules with the same word share their alerts: one act that two sources report is one alert. */
  readonly family: string;
  /** Fields of the OCSF event whose values tell one group of findings from another. */
  readonly groupBy: readonly string[];
  /** Whether the rule itself says by what; a rule that remembers has groups of its own to fall back on. */
  readonly groupsAlerts: boolean;
  /** How long after its first finding an alert takes in more of its group, ms. */
  readonly windowMs: number;
  /** Alerts in seven days, above which the rule goes to a digest; undefined for no bound of its own. */
  readonly budget: number | undefined;
  /** The level in an environment, where it is not the rule's own. */
  readonly severity: ReadonlyMap<Environment, Level>;
  /** The family whose alerts about the same group are over when this rule matches; it alerts nobody itself. */
  readonly resolves: string | undefined;
}

/** Long enough that one incident is one alert, short enough that the next is another. */
const WINDOW_MS_DEFAULT = 3_600_000;
const WINDOW_MS_MAX = 7 * 86_400_000;
const GROUP_FIELDS_DEFAULT = ['actor.user.uid', 'actor.user.name', 'cloud.account.uid'];
const BUDGET_MAX = 10_000;
const ENVIRONMENTS_MAX = 20;
const LEVELS: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];
const MEMBERS = ['stage', 'family', 'group-by', 'window', 'budget', 'severity', 'resolves'];

/** The settings of any rule; public rules have none, and are live, each a family of its own. */
export function settingsOf(rule: RuleHeader): RuleSettings {
  const own = member(rule.custom, 'trailproof');
  const family = member(own, 'family');
  const resolves = member(own, 'resolves');
  return {
    stage: member(own, 'stage') === 'staged' ? 'staged' : 'live',
    family: typeof family === 'string' ? family : referenceOf(rule),
    groupBy: textsOf(member(own, 'group-by')) ?? GROUP_FIELDS_DEFAULT,
    groupsAlerts: textsOf(member(own, 'group-by')) !== undefined,
    windowMs: durationMs(member(own, 'window')) ?? WINDOW_MS_DEFAULT,
    budget: budgetOf(member(own, 'budget')),
    severity: new Map(severitiesOf(member(own, 'severity'))),
    resolves: isFamily(resolves) ? resolves : undefined,
  };
}

/** The level of a rule in an environment: what its settings say of it, else its own. */
export function levelIn(rule: RuleHeader, environment: Environment | undefined): Level | undefined {
  const own =
    environment === undefined ? undefined : settingsOf(rule).severity.get(environment.toLowerCase());
  return own ?? rule.level;
}

/** What is wrong with a rule's `trailproof` attribute, each in a sentence. */
export function settingsFaults(rule: RuleHeader): readonly string[] {
  const own = member(rule.custom, 'trailproof');
  if (own === undefined) return [];
  if (!isObject(own)) return ['expected trailproof to be a map'];
  const faults = Object.keys(own).flatMap((key) =>
    MEMBERS.includes(key) ? [] : [`unknown member trailproof.${key}; known are ${MEMBERS.join(', ')}`],
  );
  const stage = member(own, 'stage');
  if (stage !== undefined && stage !== 'staged' && stage !== 'live') {
    faults.push("expected trailproof.stage to be 'staged' or 'live'");
  }
  for (const name of ['family', 'resolves']) {
    const word = member(own, name);
    if (word !== undefined && !isFamily(word)) {
      faults.push(`expected trailproof.${name} to be a word of lower-case letters, digits and hyphens`);
    }
  }
  if (member(own, 'group-by') !== undefined && textsOf(member(own, 'group-by')) === undefined) {
    faults.push('expected trailproof.group-by to be a list of OCSF fields');
  }
  if (member(own, 'window') !== undefined && durationMs(member(own, 'window')) === undefined) {
    faults.push('expected trailproof.window to be a time such as 30m, 1h or 7d, at most 7d');
  }
  if (member(own, 'budget') !== undefined && budgetOf(member(own, 'budget')) === undefined) {
    faults.push(`expected trailproof.budget to be a whole number of alerts a week, 1 to ${BUDGET_MAX}`);
  }
  const severity = member(own, 'severity');
  if (severity !== undefined && severitiesOf(severity) === undefined) {
    faults.push(
      `expected trailproof.severity to be a map from an environment, such as production, to one of ${LEVELS.join(', ')}`,
    );
  }
  return faults;
}

function isFamily(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && /^[a-z\d-]{1,64}$/.test(value);
}

function budgetOf(value: JsonValue | undefined): number | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined;
  return value >= 1 && value <= BUDGET_MAX ? value : undefined;
}

/** Undefined unless every entry is understood. */
function severitiesOf(value: JsonValue | undefined): readonly (readonly [Environment, Level])[] | undefined {
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value).flatMap(([name, word]): (readonly [Environment, Level])[] => {
    const level = LEVELS.find((each) => each === word);
    const environment = name.toLowerCase();
    return level !== undefined && /^[a-z\d][a-z\d._-]{0,63}$/.test(environment) ? [[environment, level]] : [];
  });
  const isWhole = entries.length === Object.keys(value).length && entries.length <= ENVIRONMENTS_MAX;
  return isWhole ? entries : undefined;
}

function textsOf(value: JsonValue | undefined): readonly string[] | undefined {
  if (!isArray(value)) return undefined;
  const texts = value.filter((each) => typeof each === 'string');
  return texts.length === value.length && texts.length <= 8 ? texts : undefined;
}

function durationMs(value: JsonValue | undefined): number | undefined {
  const ms = readDurationMs(value);
  return ms !== undefined && ms <= WINDOW_MS_MAX ? ms : undefined;
}
