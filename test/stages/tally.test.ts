import { beforeAll, expect, test } from 'vitest';
import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import { actorOf, operationOf, outcomeOf, resourceOf } from '../../shared/ocsf/names.ts';
import { compileFilter } from '../../shared/query/compile.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { controlEntry } from '../../shared/stages/append.ts';
import {
  type ColumnReader,
  columnReader,
  columnsFold,
  forgetInColumns,
} from '../../shared/stages/columns.ts';
import type { FoldedEvent } from '../../shared/stages/fold.ts';
import { runFolds } from '../../shared/stages/fold-runner.ts';
import { indexFold } from '../../shared/stages/index.ts';
import { type Tally, tally } from '../../shared/stages/tally.ts';
import { type EventParts, pendingOf } from '../query/events.ts';
import type { TestTrail } from '../trail/sequence/trail.ts';
import { append, eventsOf, nowMs, trailOf } from './query-trail.ts';

const START_MS = Date.UTC(2026, 4, 1);
const COUNT = 6_320;

function mixed(n: number): EventParts {
  const pick = <T>(values: readonly T[], by: number): T => values[by % values.length] as T;
  return {
    source: pick(['aws.cloudtrail', 'github.audit', 'github.webhook'], n * 7),
    class_uid: n % 11 === 0 ? 3002 : 6003,
    time: START_MS + ((n * 7919) % 20_000) * 60_000,
    actor: {
      user: { name: pick(['alice', 'alice@example.com', 'user:bob', 'carol', `guest-${n}`], n * 13) },
    },
    api: { operation: pick(['StopLogging', 'storage.buckets.delete', 'iam.roles.delete'], n * 5) },
    status_id: n % 9 === 0 ? 2 : 1,
  };
}

let trail: TestTrail;
let events: readonly FoldedEvent[];
let columns: ColumnReader;

beforeAll(async () => {
  trail = await trailOf(Array.from({ length: COUNT - 300 }, (_, n) => pendingOf(n, mixed(n))));
  await append(trail, [controlEntry({ kind: 'count', source: 'trailproof', members: { events: 1 } }, nowMs)]);
  await runFolds(trail, [indexFold(trail), columnsFold(trail)]);
  // Beyond what the folds have seen: read one by one.
  await append(
    trail,
    Array.from({ length: 300 }, (_, n) => pendingOf(COUNT - 300 + n, mixed(COUNT - 300 + n))),
  );
  events = await eventsOf(trail);
  columns = columnReader(trail.table);
});

const asked = (expression: string, times: { sinceMs?: number; untilMs?: number } = {}): Promise<Tally> => {
  const parsed = parseQuery(expression, { nowMs });
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return tally({ ...trail, columns }, { expression: parsed.value, ...times, barsMax: 40, by: 'outcome' });
};

const naively = (expression: string): readonly FoldedEvent[] => {
  const parsed = parseQuery(expression, { nowMs });
  return parsed.ok ? events.filter(compileFilter(parsed.value)) : [];
};

const counts = (found: readonly FoldedEvent[], of: (event: OcsfEvent) => string) =>
  Object.fromEntries(
    [...Map.groupBy(found, ({ event }) => of(event))].map(([value, group]) => [value, group.length]),
  );
const listed = (facet: readonly { value: string; count: number }[]) =>
  Object.fromEntries(facet.map(({ value, count }) => [value, count]));

test.each([
  '*',
  'actor:alice',
  'actor:bob AND NOT status:failure',
  'source:github.audit',
  'source:github',
  'NOT source:github.webhook AND class:authentication',
  '(operation:StopLogging OR operation:delete) AND actor:carol',
  'time:[2026-05-03T00:00:00Z TO 2026-05-05T12:00:00Z}',
  'actor:nobody',
])('%s is counted exactly as a reading of every event would', async (expression) => {
  const [found, told] = [naively(expression), await asked(expression)];
  expect({ total: told.total, isExact: told.isExact }).toEqual({ total: found.length, isExact: true });
  expect(listed(told.facets.actor)).toEqual(counts(found, actorOf));
  expect(listed(told.facets.operation)).toEqual(counts(found, operationOf));
  expect(listed(told.facets.outcome)).toEqual(counts(found, outcomeOf));
  expect(listed(told.facets.class)).toEqual(counts(found, ({ class_name }) => class_name));
  const drawn = told.plot?.series.flatMap((each) => each.counts).reduce((a, b) => a + b, 0) ?? 0;
  expect(drawn).toBe(found.length);
});

test.each([
  'actor:alice@example.com',
  'actor:gue*',
  'wholetext',
  'api.operation:x',
  'NOT actor:alice@example.com',
])('of %s the index knows only that no more match, and says so', async (expression) => {
  const told = await asked(expression);
  expect(told.isExact).toBe(false);
  expect(told.total).toBeGreaterThanOrEqual(naively(expression).length);
});

test.each(['*', 'actor:alice', 'NOT source:github.webhook AND status:failure', 'actor:nobody'])(
  'the newest of %s are told with what a list shows of them',
  async (expression) => {
    const parsed = parseQuery(expression, { nowMs });
    if (!parsed.ok) throw new Error(parsed.fault.message);
    for (const before of [COUNT + 1, COUNT - 200, 700, 3]) {
      const { newest } = await tally(
        { ...trail, columns },
        { expression: parsed.value, barsMax: 40, by: 'outcome', facets: [], newest: { count: 7, before } },
      );
      const found = naively(expression)
        .filter(({ index }) => index < before)
        .toReversed()
        .slice(0, 7);
      expect(newest).toEqual(
        found.map(({ index, source, event }) => ({
          index,
          timeMs: event.time,
          source,
          actor: actorOf(event),
          operation: operationOf(event),
          outcome: outcomeOf(event),
          detail: { uid: event.metadata.uid.slice(0, 16), resource: resourceOf(event), finding: undefined },
        })),
      );
    }
  },
);

test('a plot has bars of one width that hold what was in their time, within the range asked for', async () => {
  const [sinceMs, untilMs] = [START_MS + 86_400_000, START_MS + 4 * 86_400_000];
  const { plot, total } = await asked('*', { sinceMs, untilMs });
  const within = events.filter(({ event }) => event.time >= sinceMs && event.time <= untilMs);
  expect(total).toBe(within.length);
  expect(plot?.bars).toBeLessThanOrEqual(40);
  const failures = plot!.series.find(({ value }) => value === 'Failure')!.counts;
  for (const [bar, count] of failures.entries()) {
    const from = plot!.startMs + bar * plot!.widthMs;
    const inside = within.filter(
      ({ event }) =>
        event.time >= from && event.time < from + plot!.widthMs && outcomeOf(event) === 'Failure',
    );
    expect({ bar, count }).toEqual({ bar, count: inside.length });
  }
});

test('what was folded twice is counted once, and what was erased is counted no more', async () => {
  const gone = events.find(({ event }) => actorOf(event) === 'guest-3')!;
  const before = await asked('*');
  await forgetInColumns(trail.table, gone.index);
  columns = columnReader(trail.table);
  const after = await asked('*');
  expect(after.total).toBe(before.total - 1);
  expect(after.facets.actor.some(({ value }) => value === 'guest-3')).toBe(false);
});
