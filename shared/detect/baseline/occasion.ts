import type { EventReference, Explanation } from '../memory.ts';
import type { Baseline } from './baseline.ts';
import { type Group, isCrowded, type Keeping, remembered, rememberedSince, type Value } from './group.ts';
import { moment, plural, shown, span, times } from './words.ts';

/** An event of a group that is known, before it is learnt: what is to be judged. */
export interface Occasion {
  readonly baseline: Baseline;
  readonly keeping: Keeping;
  readonly group: Group;
  readonly at: EventReference;
  readonly values: readonly Value[];
  /** Events of the group that are remembered. */
  readonly count: number;
  /** Since when they are, ms. */
  readonly since: number;
}

/** Something that is not usual. */
export interface Judgement {
  /** What later events join, beside the group: the value, where the type knows values. */
  readonly subject: string;
  /** Oldest first. */
  readonly events: readonly EventReference[];
  readonly eventCount: number;
  /** Told only where a notice comes of it. */
  explanation(): Explanation;
}

export function occasionOf(
  group: Group,
  seen: { readonly at: EventReference; readonly values: readonly Value[] },
  { baseline, keeping }: Pick<Occasion, 'baseline' | 'keeping'>,
): Occasion {
  const { time } = seen.at;
  const since = rememberedSince(group, time, keeping);
  return { ...seen, baseline, keeping, group, count: remembered(group, time, keeping), since };
}

/** Whether what is found is only recorded: too little is known yet, or too much was forgotten. */
export function isLearning({ baseline, group, at, count, since }: Occasion): boolean {
  return at.time - since < baseline.learningMs || count < baseline.minEvents || isCrowded(group, at.time);
}

/** `payments-api (account 111122223333) was deployed 143 times in 41 days`. */
export function history(occasion: Occasion): string {
  const { baseline, group, count } = occasion;
  const [first, ...rest] = baseline.groupBy.map((field, i) => ({
    field,
    text: shown(group.values[i] ?? ''),
  }));
  const others = rest.map(({ field, text }) => `${field} ${text}`).join(', ');
  const subject =
    first === undefined ? 'Something observed' : others === '' ? first.text : `${first.text} (${others})`;
  return `${subject} ${baseline.words.event ?? 'was seen'} ${times(count)} in ${span(spanMs(occasion))}`;
}

export function explain(
  occasion: Occasion,
  said: Pick<Explanation, 'sentence' | 'expected' | 'seen' | 'precedents'>,
): Explanation {
  const learning = progress(occasion);
  return {
    ...said,
    sentence: learning === '' ? said.sentence : `${said.sentence} ${learning}`,
    overEvents: occasion.count,
    overDays: Math.round((spanMs(occasion) / DAY_MS) * 10) / 10,
  };
}

/** `Last before: 2026-11-20 14:03 UTC, event 4eb343c245c6.` */
export function precedent(what: string, { time, uid }: EventReference): string {
  return `${what}: ${moment(time)}, event ${shown(uid.slice(0, UID_SHOWN))}.`;
}

/** A value as the rule speaks of it: `by deploy-bot`, `with actor deploy-bot`. */
export function phrase({ field, words }: Baseline, texts: readonly string[]): string {
  if (words.field !== undefined) return `${words.field} ${texts.map(shown).join(' ')}`;
  return `with ${field.map((name, i) => `${name} ${shown(texts[i] ?? '')}`).join(' and ')}`;
}

/** As many digits as `show` asks for. */
const UID_SHOWN = 12;
const DAY_MS = 86_400_000;

function spanMs({ since, at, group }: Occasion): number {
  return Math.max(at.time, group.last.time) - since;
}

function progress(occasion: Occasion): string {
  const { baseline, group, at, count, since } = occasion;
  if (!isLearning(occasion)) return '';
  if (isCrowded(group, at.time))
    return 'More values than are remembered were seen here, so this one may only be forgotten: recorded, and nobody is told.';
  const lacks = [
    ...(count < baseline.minEvents ? [`${count} of ${plural(baseline.minEvents, 'event')}`] : []),
    ...(at.time - since < baseline.learningMs
      ? [`${span(Math.max(0, at.time - since))} of ${span(baseline.learningMs)}`]
      : []),
  ];
  return `Still learning (${lacks.join(', ')}): recorded, and nobody is told.`;
}
