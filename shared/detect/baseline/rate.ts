import type { EventReference } from '../memory.ts';
import { type Bins, countIn } from './bins.ts';
import { type Keeping, oldestBin, type Value } from './group.ts';
import { explain, history, type Judgement, type Occasion, precedent } from './occasion.ts';
import { valuesOf } from './store.ts';
import { moment, stretch, tenth, times, whole } from './words.ts';

/** A window is so many bins, the last of which has only begun: where it starts is known to a quarter. */
export const BINS_IN_WINDOW = 4;
const QUANTILE = 0.95;

/**
 * Of so many windows in turn the last event is kept as if it were a value, so that there is one from before to compare
 * with. Two of them can lie in the window that is judged; a number that divides no day and no week keeps the same hour
 * of other days among the rest.
 */
const WINDOWS_KEPT = 5;

export function windowValue(timeMs: number, { binMs }: Keeping): Value {
  const text = String(Math.floor(timeMs / binMs / BINS_IN_WINDOW) % WINDOWS_KEPT);
  return { key: text, texts: [text] };
}

/** Many more events in a window than the group usually has in one in which anything happens. */
export function judgeRate(occasion: Occasion): Judgement | undefined {
  const { group, at, keeping, baseline, count } = occasion;
  const last = Math.floor(at.time / keeping.binMs);
  const first = last - BINS_IN_WINDOW + 1;
  // This event is one of them, and not learnt yet.
  const now = countIn(group.bins, first, last) + 1;
  if (now < baseline.minEvents) return undefined;
  const before = count - countIn(group.bins, first);
  if (before < baseline.minEvents) return undefined;
  const oldest = Math.max(oldestBin(at.time, keeping), Math.floor(group.first / keeping.binMs));
  const usual = usualOf(group.bins, first, oldest);
  if (now < baseline.threshold * usual.count) return undefined;
  const window = stretch(baseline.timespanMs);
  const from = first * keeping.binMs;
  const earlier = valuesOf(group.known)
    .map((known) => known.last)
    .filter(({ time }) => time < from)
    .sort((a, b) => b.time - a.time)
    .slice(0, 1);
  const past = { ...occasion, count: before };
  return {
    subject: '',
    events: [...group.recent.filter(({ time }) => time >= from && time <= at.time), at].sort(inOrder),
    eventCount: now,
    explanation: () =>
      explain(past, {
        sentence: [
          `${history(past)}, and in ${window} at most ${times(usual.count)}; now ${times(now)} since ${moment(from)}.`,
          `Of ${whole(usual.all)} stretches of ${window} before, ${whole(usual.busy)} had any, and 95 in 100 of those no more than ${whole(usual.count)}.`,
          ...earlier.map((each) => precedent('One of them', each)),
        ].join(' '),
        expected: `at most ${whole(usual.count)} in ${window}`,
        seen: `${whole(now)} from ${moment(from)} to ${moment(at.time)}, ${tenth(now / usual.count)} times as many`,
        precedents: earlier,
      }),
  };
}

function inOrder(a: EventReference, b: EventReference): number {
  return a.time - b.time || a.index - b.index;
}

interface Usual {
  /** What 95 of 100 windows with any event do not exceed. */
  readonly count: number;
  readonly busy: number;
  readonly all: number;
}

/** The windows before this one, side by side. */
function usualOf(bins: Bins, first: number, oldest: number): Usual {
  const counts = new Map<number, number>();
  for (let at = 0; at < bins.length; at += 2) {
    const bin = bins[at] ?? 0;
    if (bin >= first || bin < oldest) continue;
    const window = Math.floor((first - 1 - bin) / BINS_IN_WINDOW);
    counts.set(window, (counts.get(window) ?? 0) + (bins[at + 1] ?? 0));
  }
  const sorted = [...counts.values()].sort((a, b) => a - b);
  const all = Math.max(sorted.length, Math.ceil((first - oldest) / BINS_IN_WINDOW));
  return { count: sorted[Math.ceil(sorted.length * QUANTILE) - 1] ?? 0, busy: sorted.length, all };
}
