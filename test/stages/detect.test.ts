import { expect, test } from 'vitest';
import { compileDetector } from '../../shared/detect/detector.ts';
import { detectFold } from '../../shared/stages/detect.ts';
import type { PendingEntry } from '../../shared/trail/pending.ts';
import { cloudTrail, folded, logsources, ruleOf, STOP_LOGGING } from '../detect/events.ts';

function run() {
  const batches: (readonly PendingEntry[])[] = [];
  let nonces = 0;
  const fold = detectFold({
    detector: compileDetector([ruleOf(STOP_LOGGING)], { logsources }),
    enqueue: async (findings) => batches.push(findings),
    nonce: () => String(nonces++).padStart(32, '0'),
  });
  return { fold, batches };
}

const events = [cloudTrail('StartLogging'), cloudTrail('StopLogging'), cloudTrail('ListTrails')].map(folded);

test('the detect fold leaves one finding for each match, and nothing where there is none', async () => {
  const { fold, batches } = run();
  await fold.apply(events, { first: 0, next: 3 });
  await fold.apply(events.slice(2), { first: 2, next: 3 });
  expect(batches.map((batch) => batch.length)).toEqual([1]);
});

test('a span that is applied again leaves findings that the trail knows already', async () => {
  const { fold, batches } = run();
  await fold.apply(events, { first: 0, next: 3 });
  await fold.apply(events, { first: 0, next: 3 });
  const [first, again] = batches.flat();
  expect([again?.uid, again?.essence]).toEqual([first?.uid, first?.essence]);
  expect(again?.line).not.toBe(first?.line);
});

test('however a span is cut, the findings are the same in the same order', async () => {
  const many = Array.from({ length: 450 }, (_, i) =>
    folded(cloudTrail('StopLogging', { eventID: `e${i}` }), i),
  );
  const whole = run();
  await whole.fold.apply(many, { first: 0, next: 450 });
  const cut = run();
  await cut.fold.apply(many.slice(0, 7), { first: 0, next: 7 });
  await cut.fold.apply(many.slice(7), { first: 7, next: 450 });
  const uids = (batches: readonly (readonly PendingEntry[])[]) => batches.flat().map(({ uid }) => uid);
  expect(uids(cut.batches)).toEqual(uids(whole.batches));
  expect(new Set(uids(whole.batches)).size).toBe(450);
  expect(Math.max(...whole.batches.map((batch) => batch.length))).toBeLessThanOrEqual(200);
});

test('a finding that cannot be left stops the fold, which repeats the span', async () => {
  const { fold } = run();
  const failing = detectFold({
    detector: compileDetector([ruleOf(STOP_LOGGING)], { logsources }),
    enqueue: () => Promise.reject(new Error('down')),
    nonce: () => '',
  });
  await expect(failing.apply(events, { first: 0, next: 3 })).rejects.toThrow('down');
  expect(fold.id).toBe('detect');
});
