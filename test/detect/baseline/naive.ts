import type { Baseline } from '../../../shared/detect/baseline/index.ts';
import type { Deployment } from './observations.ts';

/** What a baseline has to say of an event, by the slowest way there is: every event is kept and looked through again. */
export interface NaiveNotice {
  readonly index: number;
  readonly kind: 'new' | 'update';
  readonly isStaged: boolean;
  readonly overEvents: number;
  readonly eventCount: number;
}

interface Seen {
  readonly index: number;
  readonly time: number;
  readonly values: readonly string[];
}

interface Open {
  readonly notice: NaiveNotice;
  readonly time: number;
  readonly value: string | undefined;
  joined: number;
}

const DAY = 86_400_000;

export function naive(
  baseline: Baseline,
  deployments: readonly Deployment[],
  joinMs: number,
): readonly NaiveNotice[] {
  const groups = new Map<string, Seen[]>();
  const opens: { group: string; open: Open }[] = [];
  const notices: NaiveNotice[] = [];
  let watermark = Number.NEGATIVE_INFINITY;
  const close = (isOver: (each: (typeof opens)[number]) => boolean) => {
    for (const each of opens.filter(isOver)) {
      opens.splice(opens.indexOf(each), 1);
      const { notice, joined } = each.open;
      if (joined > 0) notices.push({ ...notice, kind: 'update', eventCount: notice.eventCount + joined });
    }
  };
  for (const [index, { time, service = '', actor = [] }] of deployments.entries()) {
    watermark = Math.max(watermark, time);
    close(({ open }) => open.time + joinMs < watermark);
    const values = baseline.field.length === 0 ? [] : [actor].flat();
    if (baseline.field.length > 0 && values.length === 0) continue;
    const earlier = groups.get(service) ?? [];
    const found = judge(baseline, earlier, { index, time, values });
    const joining = opens.find(
      ({ group, open }) =>
        group === service &&
        Math.abs(open.time - time) <= joinMs &&
        (open.value === undefined || values.includes(open.value)),
    );
    if (joining !== undefined) joining.open.joined += 1;
    else if (found !== undefined) {
      const { value, ...notice } = found;
      notices.push(notice);
      close(({ group, open }) => group === service && open.value === value);
      opens.push({ group: service, open: { notice, time, value, joined: 0 } });
    }
    groups.set(service, [...earlier, { index, time, values }]);
  }
  return notices;
}

function judge(
  baseline: Baseline,
  earlier: readonly Seen[],
  now: Seen,
): (NaiveNotice & { readonly value: string | undefined }) | undefined {
  const { type, memoryMs, minEvents, learningMs, threshold, timespanMs } = baseline;
  const binMs = type === 'rate' ? timespanMs / 4 : memoryMs >= 14 * DAY ? DAY : 3_600_000;
  const bin = (time: number) => Math.floor(time / binMs);
  const remembered = earlier.filter(({ time }) => bin(time) >= bin(now.time - memoryMs));
  if (remembered.length === 0) return undefined;
  const count = remembered.length;
  const firstEver = Math.min(...earlier.map(({ time }) => time));
  const firstBin = Math.min(...remembered.map(({ time }) => bin(time))) * binMs;
  const since = Math.min(now.time, Math.max(firstEver, firstBin));
  const isStaged = count < minEvents || now.time - since < learningMs;
  const notice = (value: string | undefined, overEvents = count, eventCount = 1) => ({
    index: now.index,
    kind: 'new' as const,
    isStaged,
    overEvents,
    eventCount,
    value,
  });
  switch (type) {
    case 'new_value': {
      const value = now.values.find(
        (each) => !earlier.some(({ time, values }) => values.includes(each) && time >= now.time - memoryMs),
      );
      return value === undefined ? undefined : notice(value);
    }
    case 'rare_value': {
      if (count < minEvents) return undefined;
      const value = now.values.find(
        (each) => remembered.filter(({ values }) => values.includes(each)).length <= threshold * count,
      );
      return value === undefined ? undefined : notice(value);
    }
    case 'time_of_day': {
      if (count < minEvents) return undefined;
      const alike = remembered.filter(({ time }) => areAlike(time, now.time)).length;
      return alike <= threshold * count ? notice(undefined) : undefined;
    }
    case 'rate': {
      const start = bin(now.time) - 3;
      const inWindow = (from: number) =>
        remembered.filter(({ time }) => bin(time) >= from && bin(time) <= from + 3).length;
      const present = inWindow(start) + 1;
      const before = remembered.filter(({ time }) => bin(time) < start).length;
      if (present < minEvents || before < minEvents) return undefined;
      const busy: number[] = [];
      for (let from = start - 4; from + 3 >= bin(now.time - memoryMs); from -= 4) {
        if (inWindow(from) > 0) busy.push(inWindow(from));
      }
      busy.sort((a, b) => a - b);
      const usual = busy[Math.ceil(busy.length * 0.95) - 1] ?? 0;
      return present >= threshold * usual ? notice(undefined, before, present) : undefined;
    }
  }
}

/** Within three hours in the week, or at hours within three on days of the same kind. */
function areAlike(a: number, b: number): boolean {
  const [first, second] = [new Date(a), new Date(b)];
  const isWeekend = (date: Date) => date.getUTCDay() === 0 || date.getUTCDay() === 6;
  const apart = (x: number, y: number, around: number) => Math.min(Math.abs(x - y), around - Math.abs(x - y));
  const inWeek = (date: Date) => date.getUTCDay() * 24 + date.getUTCHours();
  return (
    apart(inWeek(first), inWeek(second), 168) <= 3 ||
    (isWeekend(first) === isWeekend(second) && apart(first.getUTCHours(), second.getUTCHours(), 24) <= 3)
  );
}
