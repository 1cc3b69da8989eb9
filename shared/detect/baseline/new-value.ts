import type { Explanation } from '../memory.ts';
import { countIn } from './bins.ts';
import { isKnown, type Known, oldestBin, type Value } from './group.ts';
import { explain, history, type Judgement, type Occasion, phrase, precedent } from './occasion.ts';
import { find, valuesOf } from './store.ts';
import { list, moment, plural, shown, span, whole } from './words.ts';

/** A value that is not known in the group, or not any more. */
export function judgeNewValue(occasion: Occasion): Judgement | undefined {
  const { values, group, at, keeping } = occasion;
  const unknown = values.filter(({ key }) => !isKnown(find(group.known, key), at.time, keeping));
  const [first] = unknown;
  if (first === undefined) return undefined;
  return {
    subject: first.key,
    events: [at],
    eventCount: 1,
    explanation: () => explainNew(occasion, unknown),
  };
}

function explainNew(occasion: Occasion, unknown: readonly Value[]): Explanation {
  const { group, at, keeping, baseline } = occasion;
  const known = commonest(occasion);
  const expected = knownPhrase(occasion, known);
  const now = list(unknown.map(({ texts }) => phrase(baseline, texts)));
  const what = group.last.time <= at.time ? 'Last before' : 'Nearest';
  const precedents = new Map([group.last, ...known.map(({ last }) => last)].map((each) => [each.uid, each]));
  return explain(occasion, {
    sentence: `${history(occasion)}, ${expected}; this time ${now}. ${precedent(what, group.last)}${again(occasion, unknown)}`,
    expected,
    seen: `${now}, never before in ${span(keeping.memoryMs)}; known from now on`,
    precedents: [...precedents.values()].slice(0, PRECEDENTS_MAX),
  });
}

/** A value that is known no more, and still there, says when it was last seen. */
function again({ group, baseline, keeping }: Occasion, [first]: readonly Value[]): string {
  const forgotten = first === undefined ? undefined : find(group.known, first.key);
  if (first === undefined || forgotten === undefined) return '';
  return ` It was so on ${moment(forgotten.last.time)}, ${phrase(baseline, first.texts)}: longer ago than the ${span(keeping.memoryMs)} that are remembered.`;
}

const NAMED_MAX = 3;
const PRECEDENTS_MAX = 4;

interface Counted extends Known {
  readonly count: number;
}

/** What is known, the most frequent first. */
function commonest({ group, at, keeping }: Occasion): readonly Counted[] {
  const from = oldestBin(at.time, keeping);
  return valuesOf(group.known)
    .filter((known) => isKnown(known, at.time, keeping))
    .map((known) => ({ ...known, count: countIn(known.bins, from) }))
    .sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
}

/** `always by deploy-bot`, `by deploy-bot (140) and alice (3)`. */
function knownPhrase({ baseline, count }: Occasion, known: readonly Counted[]): string {
  const [only] = known;
  if (only === undefined) return `${baseline.words.field ?? 'with'} nothing that is remembered`;
  if (known.length === 1) return `${count === 1 ? '' : 'always '}${phrase(baseline, only.texts)}`;
  const named = known
    .slice(0, NAMED_MAX)
    .map(({ texts, count: share }) => `${texts.map(shown).join(' ')} (${whole(share)})`);
  const more = known.length - named.length;
  const all = list([...named, ...(more > 0 ? [plural(more, 'other')] : [])]);
  return `${baseline.words.field ?? `with ${baseline.field.join(' ')}`} ${all}`;
}
