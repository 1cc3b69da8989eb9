import { isArray, isObject, type JsonValue, member } from '../json/json.ts';
import { type Rule, referenceOf } from './sigma/index.ts';

/** What a rule of ours says beyond Sigma, in its `trailproof` attribute. */
export interface RuleSettings {
  /** `staged` is recorded and alerts nobody. */
  readonly stage: 'staged' | 'live';
  /** Rules with the same word share their alerts: one act that two sources report is one alert. */
  readonly family: string;
  /** Fields of the OCSF event whose values tell one group of findings from another. */
  readonly groupBy: readonly string[];
  /** How long after its first finding an alert takes in more of its group, ms. */
  readonly windowMs: number;
}

/** Long enough that one incident is one alert, short enough that the next is another. */
const WINDOW_MS_DEFAULT = 3_600_000;
const WINDOW_MS_MAX = 7 * 86_400_000;
const GROUP_FIELDS_DEFAULT = ['actor.user.uid', 'actor.user.name', 'cloud.account.uid'];
const MEMBERS = ['stage', 'family', 'group-by', 'window'];
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The settings of any rule; public rules have none, and are live, each a family of its own. */
export function settingsOf(rule: Rule): RuleSettings {
  const own = member(rule.custom, 'trailproof');
  const family = member(own, 'family');
  return {
    stage: member(own, 'stage') === 'staged' ? 'staged' : 'live',
    family: typeof family === 'string' ? family : referenceOf(rule),
    groupBy: textsOf(member(own, 'group-by')) ?? GROUP_FIELDS_DEFAULT,
    windowMs: durationMs(member(own, 'window')) ?? WINDOW_MS_DEFAULT,
  };
}

/** What is wrong with a rule's `trailproof` attribute, each in a sentence. */
export function settingsFaults(rule: Rule): readonly string[] {
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
  const family = member(own, 'family');
  if (family !== undefined && (typeof family !== 'string' || !/^[a-z\d-]{1,64}$/.test(family))) {
    faults.push('expected trailproof.family to be a word of lower-case letters, digits and hyphens');
  }
  if (member(own, 'group-by') !== undefined && textsOf(member(own, 'group-by')) === undefined) {
    faults.push('expected trailproof.group-by to be a list of OCSF fields');
  }
  if (member(own, 'window') !== undefined && durationMs(member(own, 'window')) === undefined) {
    faults.push('expected trailproof.window to be a time such as 30m, 1h or 7d, at most 7d');
  }
  return faults;
}

function textsOf(value: JsonValue | undefined): readonly string[] | undefined {
  if (!isArray(value)) return undefined;
  const texts = value.filter((each) => typeof each === 'string');
  return texts.length === value.length && texts.length <= 8 ? texts : undefined;
}

function durationMs(value: JsonValue | undefined): number | undefined {
  const match = /^(\d{1,6})([smhd])$/.exec(typeof value === 'string' ? value : '');
  const ms = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN);
  return ms > 0 && ms <= WINDOW_MS_MAX ? ms : undefined;
}
