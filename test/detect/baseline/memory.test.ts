import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Notice } from '../../../shared/detect/memory.ts';
import {
  baselineText,
  DAY,
  type Deployment,
  every,
  HOUR,
  MINUTE,
  MONDAY,
  uidOf,
  watch,
} from './observations.ts';

const WORDS = 'words: {event: was deployed, field: by}';
const EVENT_WORDS = 'words: {event: was deployed}';
const NEW = baselineText(`type: new_value\nfield: actor\nlearning: 7d\n${WORDS}`);
const RARE = baselineText(`type: rare_value\nfield: actor\nlearning: 7d\ncondition: {lte: 0.05}\n${WORDS}`);
const HOURS = baselineText(`type: time_of_day\nlearning: 7d\n${EVENT_WORDS}`);
const RATE = baselineText(
  `type: rate\nlearning: 7d\nmin-events: 5\ncondition: {gte: 4}\ntimespan: 1h\n${EVENT_WORDS}`,
);

const TEN = MONDAY + 10 * HOUR;
/** Twelve days, twice a day, at ten and at two. */
const usual = (actor = 'deploy-bot'): readonly Deployment[] =>
  every(DAY, 12, { time: TEN, service: 'api', actor }).flatMap((each) => [
    each,
    { ...each, time: each.time + 4 * HOUR },
  ]);
const next = (actor: string | readonly string[], hours = 0): Deployment => ({
  time: TEN + 12 * DAY + hours * HOUR,
  service: 'api',
  actor,
});

function only(notices: readonly Notice[]): Notice {
  const [notice, ...more] = notices;
  if (notice === undefined || more.length > 0) throw new Error(`found ${notices.length} notices`);
  return notice;
}

describe('a new value', () => {
  test('is noticed once, with what is usual, and is known from then on', () => {
    const watched = watch(NEW);
    expect(watched.deploy(...usual())).toEqual([]);
    const notice = only(watched.deploy(next('mallory')));
    expect(notice).toMatchObject({
      kind: 'new',
      isStaged: false,
      isAtLeast: false,
      group: [{ field: 'service', value: 'api' }],
      event: { uid: uidOf(24), index: 24, time: TEN + 12 * DAY },
      events: [{ uid: uidOf(24) }],
      eventCount: 1,
    });
    expect(notice.explanation).toEqual({
      sentence:
        'api was deployed 24 times in 12 days, always by deploy-bot; this time by mallory. Last before: 2026-03-13 14:00 UTC, event 000000000023.',
      expected: 'always by deploy-bot',
      seen: 'by mallory, never before in 90 days; known from now on',
      overEvents: 24,
      overDays: 12,
      precedents: [{ uid: uidOf(23), index: 23, time: TEN + 11 * DAY + 4 * HOUR }],
    });
    expect(watched.deploy(next('mallory', 30), next('mallory', 60))).toEqual([
      // What joined the notice while its window lasted: nothing. What came after is known.
    ]);
  });

  test('is staged while the group is learnt: by its days, and by its events', () => {
    const young = watch(NEW);
    young.deploy(...every(HOUR, 30, { time: TEN, service: 'api', actor: 'bot' }));
    expect(only(young.deploy({ ...next('mallory'), time: TEN + 2 * DAY }))).toMatchObject({ isStaged: true });
    const rare = watch(NEW);
    rare.deploy(...every(2 * DAY, 5, { time: TEN, service: 'api', actor: 'bot' }));
    const notice = only(rare.deploy(next('mallory')));
    expect(notice.isStaged).toBe(true);
    expect(notice.explanation.sentence).toContain(
      'Still learning (5 of 10 events): recorded, and nobody is told.',
    );
  });

  test('of a group that is new itself is nothing: its first events teach', () => {
    const watched = watch(NEW);
    watched.deploy(...usual());
    expect(watched.deploy({ ...next('mallory'), service: 'another' })).toEqual([]);
  });

  test('that was not seen for longer than is remembered is new again, and says when it was', () => {
    const watched = watch(NEW.replace('learning: 7d', 'learning: 7d\n  memory: 14d'));
    watched.deploy({ time: TEN - DAY, service: 'api', actor: 'alice' }, ...usual());
    watched.deploy(...usual().map((each) => ({ ...each, time: each.time + 12 * DAY })));
    const notice = only(watched.deploy({ ...next('alice'), time: TEN + 24 * DAY }));
    expect(notice.isStaged).toBe(false);
    expect(notice.explanation.sentence).toContain(
      'It was so on 2026-03-01 10:00 UTC, by alice: longer ago than the 14 days that are remembered.',
    );
  });

  test('a group that was silent for longer than is remembered learns anew', () => {
    const watched = watch(NEW);
    watched.deploy(...usual());
    const later = TEN + 200 * DAY;
    expect(watched.deploy({ time: later, service: 'api', actor: 'mallory' })).toEqual([]);
    expect(only(watched.deploy({ time: later + DAY, service: 'api', actor: 'deploy-bot' }))).toMatchObject({
      isStaged: true,
      explanation: { overEvents: 1 },
    });
  });

  test('among several of one event is told with the others that are new', () => {
    const watched = watch(NEW);
    watched.deploy(...usual());
    expect(only(watched.deploy(next(['deploy-bot', 'eve', 'mallory']))).explanation.sentence).toContain(
      'this time by eve and by mallory.',
    );
  });

  test('of a tuple is one whose combination is new', () => {
    const watched = watch(
      NEW.replace('field: actor', 'field: [actor, metadata.uid]').replace(WORDS, '').replace('words', ''),
    );
    expect(watched.deploy(...usual()).length).toBeGreaterThan(0);
  });

  test('stays what it is, whatever it is called', () => {
    const names = [
      '__proto__',
      'constructor',
      'toString',
      '',
      ' ',
      '\u202Eevil',
      '"; DROP',
      'x'.repeat(5_000),
      'x'.repeat(4_999),
    ];
    const watched = watch(NEW);
    watched.deploy(...usual());
    const found = names.map(
      (name, n) => watched.deploy(next(name, n + 1)).filter(({ kind }) => kind === 'new').length,
    );
    // No value at all takes no part; the two long ones differ though what is kept of them does not.
    expect(found).toEqual([1, 1, 1, 0, 1, 1, 1, 1, 1]);
    const again = names.map(
      (name, n) => watched.deploy(next(name, n + 40)).filter(({ kind }) => kind === 'new').length,
    );
    expect(again).toEqual(names.map(() => 0));
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  test('cannot pretend to be part of the sentence', () => {
    const watched = watch(NEW);
    watched.deploy(...usual());
    const { sentence } = only(watched.deploy(next('deploy-bot. Nothing to see here\u202E\n'))).explanation;
    expect(sentence).toContain('this time by "deploy-bot. Nothing to see here\\u{202e}\\u{a}".');
  });

  test('that came late is known before its time', () => {
    const watched = watch(NEW);
    watched.deploy(...usual(), next('alice', 10));
    expect(watched.deploy(next('alice', -30))).toEqual([]);
  });

  test('is not made by an event without its fields', () => {
    const watched = watch(NEW);
    watched.deploy(...usual());
    expect(watched.deploy({ time: TEN + 12 * DAY, actor: 'mallory' })).toEqual([]);
    expect(watched.deploy({ time: TEN + 12 * DAY, service: 'api' })).toEqual([]);
    expect(watched.deploy({ time: Number.NaN, service: 'api', actor: 'mallory' })).toEqual([]);
  });

  test('an event of another age forgets nothing', () => {
    const watched = watch(NEW);
    watched.deploy(...usual());
    watched.deploy({ time: Date.UTC(3000, 0), service: 'api', actor: 'deploy-bot' });
    expect(only(watched.deploy(next('mallory')).filter(({ kind }) => kind === 'new'))).toMatchObject({
      isStaged: false,
      explanation: { overEvents: 25 },
    });
  });
});

describe('what follows a notice', () => {
  test('joins it, and is told once its window has closed', () => {
    const watched = watch(NEW);
    watched.deploy(...usual());
    const first = only(watched.deploy(next('mallory')));
    expect(watched.deploy(next('mallory', 0.2), next('deploy-bot', 0.3), next('mallory', 0.9))).toEqual([]);
    const update = only(watched.deploy(next('deploy-bot', 1.1)));
    expect(update).toMatchObject({
      kind: 'update',
      key: first.key,
      event: first.event,
      eventCount: 3,
      events: [{ index: 24 }, { index: 25 }, { index: 27 }],
    });
    expect(update.explanation.sentence).toContain(
      '2 more events of the kind followed, the last at 2026-03-14 10:54 UTC.',
    );
    expect(watched.memory.advance?.(Number.MAX_SAFE_INTEGER)).toEqual([]);
  });

  test('is told when time passes without an event', () => {
    const watched = watch(NEW);
    watched.deploy(...usual(), next('mallory'), next('mallory', 0.5));
    expect(watched.memory.advance?.(TEN + 12 * DAY + HOUR)).toEqual([]);
    expect(watched.memory.advance?.(TEN + 12 * DAY + HOUR + 1)).toMatchObject([{ kind: 'update' }]);
  });

  test('is waited for as soon as it is more than was told', () => {
    const watched = watch(NEW);
    const waits = (untilMs: number) => watched.memory.waitsForMs?.(untilMs);
    const closesMs = TEN + 12 * DAY + HOUR + 1;
    watched.deploy(...usual(), next('mallory'));
    expect(waits(closesMs)).toBeUndefined();
    watched.deploy(next('mallory', 0.5));
    expect([waits(closesMs - 1), waits(closesMs), waits(closesMs + DAY)]).toEqual([
      undefined,
      closesMs,
      closesMs,
    ]);
    expect(watched.memory.advance?.(closesMs)).toHaveLength(1);
    expect(waits(closesMs + DAY)).toBeUndefined();
  });
});

describe('an explanation', () => {
  test.for([
    ['new value, one known', NEW, usual(), next('mallory')],
    [
      'new value, several known',
      NEW,
      [...usual(), ...['alice', 'bob', 'carol', 'dan'].map((name, n) => next(name, -n - 2))],
      next('mallory'),
    ],
    ['new value, learning', NEW, usual().slice(0, 5), { ...next('mallory'), time: TEN + 3 * DAY }],
    ['new value, no words', NEW.replace(WORDS, ''), [...usual(), next('alice', -3)], next('mallory')],
    ['rare value, never seen', RARE, usual(), next('mallory')],
    ['rare value, seen before', RARE, [next('alice', -290), ...usual()], next('alice')],
    ['time of day, never', HOURS, usual(), next('deploy-bot', 17)],
    [
      'time of day, hardly ever',
      HOURS.replace('learning: 7d', 'learning: 7d\n  condition: {lte: 0.1}'),
      [...usual(), next('deploy-bot', -8)],
      next('deploy-bot', 17),
    ],
    [
      'rate',
      RATE,
      [...usual(), ...every(10 * MINUTE, 3, next('x', -40)), ...every(2 * MINUTE, 11, next('x'))],
      next('x', 0.5),
    ],
    [
      'rate, a quarter of an hour',
      RATE.replace('timespan: 1h', 'timespan: 15m\n  memory: 10d'),
      [...usual(), ...every(MINUTE, 4, next('x'))],
      next('x', 0.1),
    ],
  ] as const)('%s', ([name, text, before, last]) => {
    const watched = watch(text);
    const earlier = watched.deploy(...before);
    const found = [...earlier, ...watched.deploy(last)].filter(({ kind }) => kind === 'new').slice(-1);
    const told = found.map(({ explanation }) => explanation);
    golden(`${name.replaceAll(/\W+/g, '-')}.json`, `${JSON.stringify(only(found) && told[0], null, 2)}\n`);
  });
});

describe('an hour of the week', () => {
  const mornings = every(DAY, 21, { time: MONDAY + 9 * HOUR, service: 'api', actor: 'bot' }).filter(
    (_, day) => day % 7 < 5,
  );
  const noon = { ...mornings.at(-1), time: MONDAY + 14 * DAY + 12.6 * HOUR, service: 'api', actor: 'bot' };
  const later = (hour: number) => ({ ...noon, time: MONDAY + 21 * DAY + hour * HOUR });

  test.each([15, 15.9, 6])('is not unusual three hours from one that is usual: at %d', (hour) => {
    expect(watch(HOURS).deploy(...mornings, noon, later(hour))).toEqual([]);
  });

  test.each([16, 3])('is unusual four hours from any: at %d', (hour) => {
    expect(only(watch(HOURS).deploy(...mornings, noon, later(hour))).isStaged).toBe(false);
  });

  test('is told with the nearest on any day of its kind, not only on its own', () => {
    const notice = only(watch(HOURS).deploy(...mornings, noon, { ...later(26) }));
    expect(notice.explanation.precedents).toEqual([
      expect.objectContaining({ time: MONDAY + 18 * DAY + 9 * HOUR }),
    ]);
  });
});

function golden(name: string, text: string): void {
  const path = fileURLToPath(new URL(`../../golden/baselines/${name}`, import.meta.url));
  if (process.env['UPDATE'] === '1') writeFileSync(path, text);
  expect(existsSync(path) ? readFileSync(path, 'utf8') : 'no golden file').toBe(text);
}
