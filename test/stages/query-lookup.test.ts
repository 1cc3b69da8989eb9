import { expect, test } from 'vitest';
import { findByUid, readLine } from '../../shared/stages/query-lookup.ts';
import { pendingOf, uidOf } from '../query/events.ts';
import { trailOf } from './query-trail.ts';

test('an event is found by any prefix of its uid of at least 8 digits', async () => {
  const trail = await trailOf(Array.from({ length: 30 }, (_, n) => pendingOf(n)));
  const uid = uidOf(17);
  for (const prefix of [uid, uid.slice(0, 8), uid.slice(0, 9).toUpperCase()]) {
    expect(await findByUid(trail.table, prefix)).toEqual([{ uid, index: 18, essence: `1:${uid}` }]);
  }
  for (const prefix of [
    uid.slice(0, 7),
    '',
    'not hex at all',
    `${uid.slice(0, 63)}x`,
    `${uid}0`,
    '00000000',
  ]) {
    expect(await findByUid(trail.table, prefix)).toEqual([]);
  }
});

test('one line is read by its place, and nothing beyond the end', async () => {
  const trail = await trailOf([pendingOf(0), pendingOf(1)]);
  expect(await readLine(trail, 2)).toMatchObject({ index: 2, kind: 'event', line: pendingOf(1).line });
  expect(await readLine(trail, 3)).toBeUndefined();
});
