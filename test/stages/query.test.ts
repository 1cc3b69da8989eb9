import { hash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { controlEntry } from '../../shared/stages/append.ts';
import type { FoldedEvent } from '../../shared/stages/fold.ts';
import { runFolds } from '../../shared/stages/fold-runner.ts';
import { indexFold } from '../../shared/stages/index.ts';
import { query, queryPage } from '../../shared/stages/query.ts';
import { encodeBlock } from '../../shared/trail/block.ts';
import type { PendingEntry } from '../../shared/trail/pending.ts';
import { type EventParts, pendingOf } from '../query/events.ts';
import type { TestTrail } from '../trail/sequence/trail.ts';
import { append, ask, askNaively, counting, eventsOf, nowMs, trailOf } from './query-trail.ts';

const COMMIT = 'abcdef0123456789abcdef0123456789abcdef01';

/** A pseudorandom mix that is the same in every run: common values, rare ones, long ones, and many in one event. */
function mixed(n: number): EventParts {
  const pick = <T>(values: readonly T[], salt: number): T =>
    values[(n * 7919 + salt * 104729) % values.length] as T;
  return {
    source: pick(['aws.cloudtrail', 'azure.activity', 'github.audit'], n % 13),
    class_uid: n % 11 === 0 ? 3002 : 6003,
    actor: {
      user: { name: pick(['alice', 'bob', 'carol@example.com', 'carol', 'user:dave@example.com'], n % 7) },
    },
    api: {
      operation: pick(['StopLogging', 'storage.buckets.delete', 'Microsoft.Storage/accounts/write'], n % 5),
    },
    cloud: { provider: 'AWS', region: pick(['eu-west-1', 'us-east-1'], n % 3) },
    src_endpoint: { ip: n % 17 === 0 ? '2001:db8::1' : `198.51.100.${n % 50}`, port: n % 1000 },
    status_id: n % 9 === 0 ? 2 : 1,
    resources: [
      { uid: `arn:aws:s3:::bucket-${n % 400}`, type: 'bucket' },
      ...(n % 101 === 0 ? [{ type: 'repository', name: 'example-org/shop' }] : []),
      ...(n % 977 === 0 ? [{ type: 'commit', uid: COMMIT }] : []),
      ...(n % 1301 === 0 ? [{ uid: `arn:aws:s3:::long/${'x'.repeat(400)}/${n}` }] : []),
      ...(n === 2600 ? Array.from({ length: 200 }, (_, k) => ({ uid: `many-${k}` })) : []),
    ],
    record: { note: n % 500 === 3 ? 'needle' : 'hay' },
  };
}

const TIME_MS = Date.UTC(2026, 4, 1, 10);
const COUNT = 11_300;
const stages: {
  readonly name: string;
  readonly trail: TestTrail;
  readonly events: readonly FoldedEvent[];
}[] = [];

async function build(name: string, indexedAt: number): Promise<void> {
  const entries: PendingEntry[] = Array.from({ length: COUNT }, (_, n) => pendingOf(n, mixed(n)));
  const trail = await trailOf(entries.slice(0, indexedAt));
  await append(trail, [controlEntry({ kind: 'count', source: 'trailproof', members: { events: 1 } }, nowMs)]);
  await runFolds(trail, [indexFold(trail)]);
  await append(trail, entries.slice(indexedAt));
  stages.push({ name, trail, events: await eventsOf(trail) });
}

beforeAll(async () => {
  await build('nothing indexed', 300);
  await build('one span and some segments indexed', 7800);
  await build('everything but a tail indexed', COUNT);
});

const term = fc.constantFrom(
  'actor:alice',
  'actor:dave',
  'actor:*@example.com',
  'actor:carol@example.com',
  'operation:delete',
  'operation:microsoft*',
  'resource:bucket-7',
  'resource:arn:aws:s3:::bucket-399',
  'resource:*bucket-39?',
  'resource:many-3',
  'resource:many-199',
  `resource:arn:aws:s3:::long/${'x'.repeat(400)}/2602`,
  'resource:arn\\:aws\\:s3\\:\\:\\:long*',
  'ip:198.51.100.7',
  'ip:198.51.100.0/29',
  'ip:2001:DB8:0::1',
  'region:us-east-1',
  'region:[a TO f]',
  'status:failure',
  'status_id:2',
  'NOT status:success',
  'NOT (region:us-east-1 OR status:failure)',
  'NOT class:authentication',
  'NOT actor:alice',
  'NOT actor:carol@example.com',
  'NOT ip:198.51.100.7',
  'repo:example-org/shop',
  'repo:*',
  'commit:abcdef0',
  'commit:abc*',
  'source:aws',
  'source:azure.activity',
  'class:authentication',
  'class_uid:3002',
  'rule:*',
  'actor.user.name:bob',
  'api.operation:stop*',
  'src_endpoint.port:[10 TO 20]',
  'src_endpoint.port:>=990',
  'needle',
  'raw_data.note:needle',
  'unmapped.nothing:x',
  'time:[2026-05-01T11:00 TO 2026-05-01T12:00]',
  'time:>2026-05-01T13:00',
  '*',
);

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 3, arbitrary: term },
    {
      weight: 2,
      arbitrary: fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} AND ${b})`),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} OR ${b})`),
    },
    { weight: 1, arbitrary: tie('expression').map((inner) => `NOT (${inner})`) },
  ),
}));

test('an answer is what a filter over every line finds, with an index, a part of one, or none', async () => {
  await fc.assert(
    fc.asyncProperty(
      expression,
      fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
      fc.option(fc.integer({ min: 0, max: COUNT }), { nil: undefined }),
      fc.nat(2),
      async (text, limit, sinceN, which) => {
        const stage = stages[which];
        if (stage === undefined) throw new Error('no such trail');
        const sinceMs = sinceN === undefined ? undefined : TIME_MS + sinceN * 1000;
        const asked = { expression: text, limit, sinceMs, untilMs: sinceMs && sinceMs + 3_000_000 };
        const hits = await ask(stage.trail, asked);
        expect(hits.map(({ index }) => index)).toEqual(askNaively(stage.events, asked));
      },
    ),
    { numRuns: 120 },
  );
}, 120_000);

test.each([
  'actor:dave AND resource:bucket-7',
  'resource:*bucket-39?',
  'commit:abcdef0',
  'resource:many-199',
  `resource:arn:aws:s3:::long/${'x'.repeat(400)}/2602`,
  'source:azure AND status:failure',
  'ip:198.51.100.0/29 OR repo:shop',
  'resource:arn\\:aws\\:s3\\:\\:\\:long*',
  'NOT (status:success OR class:authentication)',
  'NOT actor:carol@example.com AND actor:carol',
])('%s has the same answer on every trail', async (text) => {
  const answers: (readonly number[])[] = [];
  for (const { trail, events } of stages) {
    // The control entry stands elsewhere in each trail, so events are compared by their times.
    const hits = await ask(trail, { expression: text });
    expect(hits.length).toBeGreaterThan(0);
    answers.push(hits.map(({ event }) => event.time));
    expect(hits.map(({ index }) => index)).toEqual(askNaively(events, { expression: text }));
  }
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
});

test('pages join to the whole answer, and stay in place when events are appended', async () => {
  const trail = await trailOf(
    Array.from({ length: 900 }, (_, n) => pendingOf(n, mixed(n))),
    200,
  );
  const whole = (await ask(trail, { expression: 'actor:alice' })).map(({ index }) => index);
  expect(whole.length).toBeGreaterThan(50);
  const paged: number[] = [];
  let pageToken: string | undefined;
  for (let n = 0; n === 0 || pageToken !== undefined; n += 1) {
    const page = await queryPage(trail, { expression: 'actor:alice', nowMs, limit: 17, pageToken });
    if (!page.ok) throw new Error(page.fault.message);
    expect(page.value.hits.length).toBeLessThanOrEqual(17);
    paged.push(...page.value.hits.map(({ index }) => index));
    pageToken = page.value.next;
    if (n === 1) await append(trail, [pendingOf(5000, mixed(0)), pendingOf(5001, mixed(4))]);
  }
  expect(paged).toEqual(whole);
});

test('an answer keeps to the stretch of the trail that it was asked of', async () => {
  const { trail, events } = stages[1] as (typeof stages)[number];
  for (const expression of ['*', 'actor:alice', 'needle']) {
    const hits = await ask(trail, { expression, from: 2_000, before: 9_000 });
    const naively = askNaively(events, { expression }).filter((index) => index >= 2_000 && index < 9_000);
    expect(hits.map(({ index }) => index)).toEqual(naively);
  }
});

test('a page token of another question is refused', async () => {
  const trail = await trailOf(Array.from({ length: 50 }, (_, n) => pendingOf(n, mixed(n))));
  const page = await queryPage(trail, { expression: 'actor:alice', nowMs, limit: 2 });
  const pageToken = page.ok ? page.value.next : undefined;
  expect(pageToken).toBeDefined();
  for (const token of [pageToken, '1.0000000000000000', 'x']) {
    expect(query(trail, { expression: 'actor:bob', nowMs, pageToken: token })).toMatchObject({
      ok: false,
      fault: { message: 'expected the page token of an earlier answer to this question' },
    });
  }
});

test('an indexed question reads only the blocks that hold its answer', async () => {
  const { trail, reads } = counting(stages[2]!.trail);
  const hits = await ask(trail, { expression: 'commit:abcdef0' });
  const blocks = new Set(reads.filter((key) => key.startsWith('events/')));
  expect(hits.length).toBe(12);
  // Nine blocks of 64 hold the tail of fewer than 500 that no segment covers yet.
  expect(blocks.size).toBeLessThanOrEqual(hits.length + 9);
});

test('a scan stops when it has enough, and passes over blocks of another time', async () => {
  const counted = counting(stages[0]!.trail);
  expect(await ask(counted.trail, { expression: '*', limit: 5 })).toHaveLength(5);
  expect(counted.reads.filter((key) => key.startsWith('events/')).length).toBeLessThanOrEqual(5);
  const timed = counting(stages[0]!.trail);
  expect(await ask(timed.trail, { expression: 'time:<=2026-05-01T10:05:00Z hay' })).toHaveLength(300);
  expect(timed.reads.filter((key) => key.startsWith('events/')).length).toBeLessThanOrEqual(300 / 64 + 4);
});

test('a block that is not what was committed is an error, not a gap in the answer', async () => {
  const trail = await trailOf(Array.from({ length: 20 }, (_, n) => pendingOf(n, mixed(n))));
  const others = encodeBlock(Array.from({ length: 21 }, (_, n) => pendingOf(n + 500, mixed(0)).line));
  for await (const key of trail.objects.list('events/')) await trail.objects.put(key, others, 'any');
  await expect(ask(trail, { expression: 'actor:alice' })).rejects.toThrow('as it was committed');
});

test('a record that was too large for its line is searched where it lies', async () => {
  const raw = JSON.stringify({ eventName: 'Big', filler: `${'x'.repeat(3000)} needle-in-raw`, sha: COMMIT });
  const sha256 = hash('sha256', raw, 'hex');
  const small = pendingOf(1);
  const event = JSON.parse(small.line);
  delete event.raw_data;
  event.raw_data_hash = { algorithm_id: 3, algorithm: 'SHA-256', value: sha256 };
  const trail = await trailOf([{ ...small, line: JSON.stringify(event) }]);
  expect(await ask(trail, { expression: 'needle-in-raw' })).toEqual([]);
  await trail.objects.put(`raw/${sha256}`, Buffer.from(raw), 'absent');
  for (const expression of [
    'needle-in-raw',
    'commit:abcdef0',
    'raw_data.eventName:big',
    'raw_data:*needle*',
  ]) {
    expect(await ask(trail, { expression }), expression).toHaveLength(1);
  }
});
