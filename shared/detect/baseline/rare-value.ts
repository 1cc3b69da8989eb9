import { countIn } from './bins.ts';
import { oldestBin } from './group.ts';
import { explain, history, type Judgement, type Occasion, phrase, precedent } from './occasion.ts';
import { find } from './store.ts';
import { percent, times, whole } from './words.ts';

/** A value that the group's events show seldom or never. */
export function judgeRareValue(occasion: Occasion): Judgement | undefined {
  const { values, group, at, keeping, baseline, count } = occasion;
  if (count < baseline.minEvents) return undefined;
  const from = oldestBin(at.time, keeping);
  for (const { key, texts } of values) {
    const known = find(group.known, key);
    const own = known === undefined ? 0 : countIn(known.bins, from);
    if (own > baseline.threshold * count) continue;
    const now = phrase(baseline, texts);
    const hasBeen = known !== undefined && own > 0;
    const how = hasBeen
      ? `only ${times(own)} (${percent(own / count)}) ${now}; now again`
      : `never ${now} until now`;
    const last = hasBeen ? known.last : group.last;
    return {
      subject: key,
      events: [at],
      eventCount: 1,
      explanation: () =>
        explain(occasion, {
          sentence: `${history(occasion)}, ${how}. ${precedent(hasBeen ? 'Last so' : 'Last before', last)}`,
          expected: `what more than ${percent(baseline.threshold)} of its events show`,
          seen: `${now}, as ${whole(own)} of ${whole(count)} events before`,
          precedents: [last],
        }),
    };
  }
  return undefined;
}
