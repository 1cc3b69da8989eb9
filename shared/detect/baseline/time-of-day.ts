import { countIn } from './bins.ts';
import { type Known, oldestBin, type Value } from './group.ts';
import { explain, history, type Judgement, type Occasion, precedent } from './occasion.ts';
import { valuesOf } from './store.ts';
import { list, moment, percent, times } from './words.ts';

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 168;
const NEIGHBOURS = 3;
/** Hours without an event that do not end a stretch of usual ones. */
const GAP = 2;
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** The hour of the week of a time, UTC: 0 is Monday from 00:00 to 01:00. */
export function hourOfWeek(timeMs: number): number {
  // 1 January 1970 was a Thursday.
  const hour = (Math.floor(timeMs / HOUR_MS) + 3 * 24) % WEEK_HOURS;
  return hour < 0 ? hour + WEEK_HOURS : hour;
}

export function hourValue(timeMs: number): Value {
  const text = String(hourOfWeek(timeMs));
  return { key: text, texts: [text] };
}

/**
 * An hour at which the group's events never or hardly ever happen. A few dozen events cannot fill 168 hours, so an hour
 * is judged with its three neighbours on either side, and with the same hours of the other days of its kind: working days
 * are alike, and so are the two days of the weekend.
 */
export function judgeTimeOfDay(occasion: Occasion): Judgement | undefined {
  const { group, at, keeping, baseline, count } = occasion;
  if (count < baseline.minEvents) return undefined;
  const from = oldestBin(at.time, keeping);
  const hour = hourOfWeek(at.time);
  const hours = valuesOf(group.known).filter(({ bins }) => countIn(bins, from) > 0);
  let own = 0;
  for (const { key, bins } of hours) if (isAlike(hour, Number(key))) own += countIn(bins, from);
  if (own > baseline.threshold * count) return undefined;
  const nearest = nearestOf(hours, hour);
  const how = own === 0 ? 'never' : `only ${times(own)} (${percent(own / count)})`;
  const seen = `${DAYS[Math.floor(hour / 24)]} ${moment(at.time)}`;
  return {
    subject: '',
    events: [at],
    eventCount: 1,
    explanation: () =>
      explain(occasion, {
        sentence: `${history(occasion)}, ${how} ${around(hour)}; this time on ${seen}.${
          nearest === undefined ? '' : ` ${precedent(`Nearest hour, on a ${dayOf(nearest)}`, nearest.last)}`
        }`,
        expected: usualHours(hours),
        seen: `${seen}: ${own} of ${count} events in such hours`,
        precedents: nearest === undefined ? [] : [nearest.last],
      }),
  };
}

/** `on working days 09:00 to 16:00 UTC`: the stretches in which there was any event. */
function usualHours(hours: readonly Known[]): string {
  const kinds = [
    { name: 'on working days', of: hours.filter(({ key }) => !isWeekend(Number(key))) },
    { name: 'at the weekend', of: hours.filter(({ key }) => isWeekend(Number(key))) },
  ];
  const told = kinds
    .filter(({ of }) => of.length > 0)
    .map(({ name, of }) => `${name} ${list(stretches(of.map(({ key }) => Number(key) % 24)))}`);
  return `${told.join('; ')} UTC`;
}

/** Hours with no more than two between them are one stretch. */
function stretches(hours: readonly number[]): readonly string[] {
  const runs: { from: number; to: number }[] = [];
  for (const hour of [...new Set(hours)].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && hour - run.to <= GAP) run.to = hour + 1;
    else runs.push({ from: hour, to: hour + 1 });
  }
  return runs.map(({ from, to }) => `${clock(from)} to ${clock(to)}`);
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

function isAlike(a: number, b: number): boolean {
  if (distance(a, b, WEEK_HOURS) <= NEIGHBOURS) return true;
  return isWeekend(a) === isWeekend(b) && distance(a % 24, b % 24, 24) <= NEIGHBOURS;
}

function distance(a: number, b: number, around: number): number {
  const apart = Math.abs(a - b);
  return Math.min(apart, around - apart);
}

function isWeekend(hour: number): boolean {
  return hour >= 5 * 24;
}

/** `at the weekend between 00:00 and 05:00 UTC`. */
function around(hour: number): string {
  const at = (of: number) => clock((of + 24) % 24);
  const kind = isWeekend(hour) ? 'at the weekend' : 'on a working day';
  return `${kind} between ${at((hour % 24) - NEIGHBOURS)} and ${at((hour % 24) + NEIGHBOURS + 1)} UTC`;
}

/** In the sense in which hours are alike; of several as near the one that was last. */
function nearestOf(hours: readonly Known[], hour: number): Known | undefined {
  const apart = ({ key }: Known) => {
    const inWeek = distance(hour, Number(key), WEEK_HOURS);
    const isOfKind = isWeekend(hour) === isWeekend(Number(key));
    return isOfKind ? Math.min(inWeek, distance(hour % 24, Number(key) % 24, 24)) : inWeek;
  };
  return hours.toSorted((a, b) => apart(a) - apart(b) || b.last.time - a.last.time)[0];
}

function dayOf({ last }: Known): string {
  return DAYS[Math.floor(hourOfWeek(last.time) / 24)] ?? '';
}
