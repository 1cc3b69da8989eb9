import { describe, expect, test } from 'vitest';
import type { Notice } from '../../../shared/detect/memory.ts';
import { baselineText, DAY, every, HOUR, MONDAY, watch } from './observations.ts';

const NEW = baselineText('type: new_value\nfield: actor\nlearning: 5d\nmin-events: 4\nmemory: 30d');
const RATE = baselineText(
  'type: rate\nlearning: 5d\nmin-events: 4\nmemory: 10d\ntimespan: 1h\ncondition: {gte: 4}',
);
const MIB = 1024 * 1024;

describe('the memory of baselines', () => {
  test.for([NEW, RATE])('is bounded, however many groups there are', (text) => {
    const watched = watch(text, { bytesMax: MIB });
    for (let n = 0; n < 30_000; n++) {
      watched.deploy({ time: MONDAY + n * 1_000, service: `service-${n}`, actor: 'bot' });
    }
    // A snapshot is smaller than what it stands for.
    expect(watched.memory.snapshot().length).toBeLessThan(MIB);
    expect(watched.memory.snapshot().length).toBeGreaterThan(MIB / 20);
  });

  test('keeps what has proved itself through a flood of groups that come once', () => {
    const watched = watch(NEW, { bytesMax: MIB });
    watched.deploy(...every(12 * HOUR, 20, { time: MONDAY, service: 'api', actor: 'bot' }));
    for (let n = 0; n < 20_000; n++) {
      watched.deploy({ time: MONDAY + 10 * DAY + n, service: `flood-${n}`, actor: 'bot' });
    }
    const notices = watched.deploy({ time: MONDAY + 11 * DAY, service: 'api', actor: 'mallory' });
    expect(notices).toMatchObject([{ isStaged: false, explanation: { overEvents: 20 } }]);
  });

  test('takes room from the baseline that needs most, and from no other', () => {
    const other = RATE.replace('5d0c7b52', '6d0c7b52').replace('resources.name', 'actor.user.name');
    const hours = NEW.replace('5d0c7b52', '7d0c7b52')
      .replace('new_value\n  field: actor', 'time_of_day')
      .replace('deployment: resources.name', 'deployment: api.operation')
      .replace(', actor: {deployment: actor.user.name}', '');
    const watched = watch(`${hours}---\n${NEW}---\n${other}`, { bytesMax: MIB });
    watched.deploy(...every(12 * HOUR, 20, { time: MONDAY + 9 * HOUR, service: 'api', actor: 'bot' }));
    for (let n = 0; n < 5_000; n++) {
      const time = MONDAY + 10 * DAY + 9 * HOUR + n;
      watched.deploy({ time, service: `flood-${n}`, actor: `flood-${n}` });
    }
    const night = watched.deploy({ time: MONDAY + 11 * DAY + 3 * HOUR, service: 'api', actor: 'bot' });
    expect(watched.memory.snapshot().length).toBeLessThan(MIB);
    expect(night).toMatchObject([{ group: [{ value: 'Deploy' }], explanation: { overEvents: 5_020 } }]);
  });

  test('keeps what is known of a group through a flood of values, and says when it cannot be sure', () => {
    const watched = watch(NEW);
    watched.deploy(...every(12 * HOUR, 20, { time: MONDAY, service: 'api', actor: 'bot' }));
    const flood: Notice[] = [];
    for (let n = 0; n < 5_000; n++) {
      flood.push(...watched.deploy({ time: MONDAY + 10 * DAY + n, service: 'api', actor: `flood-${n}` }));
    }
    const live = flood.filter(({ isStaged }) => !isStaged);
    const staged = flood.filter(({ isStaged }) => isStaged);
    // The flood itself is noticed; then what looks new is one staged notice, not thousands.
    expect(live.length).toBeGreaterThan(900);
    expect(live.length).toBeLessThan(1_100);
    expect(staged).toMatchObject([{ kind: 'new', isAtLeast: true }]);
    expect(staged[0]?.explanation.sentence).toContain('may only be forgotten');
    // What is usual is still known.
    const known = watched.deploy({ time: MONDAY + 10 * DAY + HOUR / 2, service: 'api', actor: 'bot' });
    expect(known.filter(({ kind }) => kind === 'new')).toEqual([]);
    // A thousand values, and the notices that others may still join.
    expect(watched.memory.snapshot().length).toBeLessThan(2 * MIB);
  });

  test('is sure again once what it forgot would be forgotten anyway', () => {
    const watched = watch(NEW);
    watched.deploy(...every(12 * HOUR, 20, { time: MONDAY, service: 'api', actor: 'bot' }));
    for (let n = 0; n < 1_500; n++) {
      watched.deploy({ time: MONDAY + 10 * DAY + n, service: 'api', actor: `flood-${n}` });
    }
    watched.deploy(...every(12 * HOUR, 64, { time: MONDAY + 11 * DAY, service: 'api', actor: 'bot' }));
    const [notice] = watched.deploy({ time: MONDAY + 43 * DAY, service: 'api', actor: 'mallory' });
    expect(notice).toMatchObject({ kind: 'new', isStaged: false, isAtLeast: false });
  });

  test('starts anew from bytes that are not its own, or of a baseline that means something else now', () => {
    const watched = watch(NEW);
    watched.deploy(...every(12 * HOUR, 20, { time: MONDAY, service: 'api', actor: 'bot' }));
    const kept = watched.memory.snapshot();
    const mallory = { time: MONDAY + 11 * DAY, service: 'api', actor: 'mallory' };
    const noticedAfter = (text: string, bytes: Uint8Array | undefined) => {
      const other = watch(text);
      other.deploy({ time: MONDAY, service: 'left', actor: 'over' });
      other.memory.restore(bytes);
      return other.deploy(mallory).length;
    };
    expect(noticedAfter(NEW, kept)).toBe(1);
    // How it judges may change, and what it has learnt stays.
    expect(noticedAfter(NEW.replace('min-events: 4', 'min-events: 5'), kept)).toBe(1);
    expect(noticedAfter(NEW.replace('resources.name', 'resources.uid'), kept)).toBe(0);
    expect(noticedAfter(NEW.replace('memory: 30d', 'memory: 31d'), kept)).toBe(0);
    expect(noticedAfter(NEW, undefined)).toBe(0);
    for (const bytes of ['', '{}', '[2,[]]', '[1,[["x"]]]', '[1,3]', kept.slice(0, -9)]) {
      const given = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
      expect(noticedAfter(NEW, given)).toBe(0);
    }
  });

  test('is bounded for one group, however long it lives and whatever its values are', () => {
    const watched = watch(NEW);
    watched.deploy(...every(DAY, 1_000, { time: MONDAY, service: 'api', actor: 'bot' }));
    watched.deploy({ time: MONDAY + 1_000 * DAY, service: 'api', actor: 'x'.repeat(1_000_000) });
    watched.memory.advance?.(Number.MAX_SAFE_INTEGER);
    expect(watched.memory.snapshot().length).toBeLessThan(3_000);
  });

  test('knows from a snapshot what it is not sure of, and what a burst began with', () => {
    const crowded = watch(NEW);
    crowded.deploy(...every(12 * HOUR, 20, { time: MONDAY, service: 'api', actor: 'bot' }));
    for (let n = 0; n < 1_500; n++) {
      crowded.deploy({ time: MONDAY + 10 * DAY + n, service: 'api', actor: `flood-${n}` });
    }
    const after = watch(NEW);
    after.memory.restore(crowded.memory.snapshot());
    const [notice] = after.deploy({ time: MONDAY + 11 * DAY, service: 'api', actor: 'mallory' }).slice(-1);
    expect(notice).toMatchObject({ isStaged: true, isAtLeast: true });

    const before = watch(RATE);
    const burst = every(60_000, 5, { time: MONDAY + 8 * DAY, service: 'api', actor: 'bot' });
    before.deploy(...every(12 * HOUR, 14, { time: MONDAY, service: 'api' }), ...burst.slice(0, 3));
    const rest = watch(RATE);
    rest.memory.restore(before.memory.snapshot());
    const events = rest.deploy(...burst.slice(3)).flatMap((each) => each.events);
    expect(events.map(({ time }) => (time - MONDAY - 8 * DAY) / 60_000)).toEqual([0, 1, 2, 3]);
  });

  test('does not take a burst for what is usual', () => {
    const watched = watch(RATE.replace('memory: 10d', 'memory: 40d'));
    watched.deploy(...every(12 * HOUR, 60, { time: MONDAY, service: 'api' }));
    watched.deploy(...every(60_000, 30, { time: MONDAY + 8.2 * DAY, service: 'api' }));
    const notices = watched.deploy(...every(60_000, 5, { time: MONDAY + 30.2 * DAY, service: 'api' }));
    expect(notices.filter(({ kind }) => kind === 'new')).toMatchObject([
      { eventCount: 4, explanation: { expected: 'at most 1 in an hour' } },
    ]);
  });
});
