import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Hub, openHub } from '../../../functions/local/hub.ts';
import { readLines } from '../../../shared/stages/read-trail.ts';
import type { PendingEntry } from '../../../shared/trail/pending.ts';
import { cloudTrail } from '../../detect/events.ts';
import { temporaryFolders } from '../../temporary-folder.ts';

const folders = temporaryFolders();
const MINUTE = 60_000;
const START = Date.parse('2026-03-02T09:00:00Z');

const RULES = `title: Odd Call
id: odd-call
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: OddCallOfThisTest}, condition: s}
---
title: Odd Calls
id: odd-calls
correlation: {type: event_count, rules: [odd-call], timespan: 10m, condition: {gte: 2}}
`;

let open: Hub | undefined;
afterEach(() => {
  open?.close();
  open = undefined;
});

async function hubAt(folder: string, time: { ms: number }): Promise<Hub> {
  mkdirSync(folder, { recursive: true });
  const rules = join(folder, 'odd.yml');
  writeFileSync(rules, RULES);
  open?.close();
  open = await openHub({
    folder: join(folder, 'data'),
    now: () => new Date(time.ms),
    settings: { rules: [rules] },
  });
  return open;
}

function call(minute: number): PendingEntry {
  const { event, source, raw } = cloudTrail('OddCallOfThisTest', {
    eventTime: new Date(START + minute * MINUTE).toISOString(),
    eventID: `call ${minute}`,
  });
  const { uid } = event.metadata;
  const line = JSON.stringify({ ...event, raw_data: raw });
  return { kind: 'event', uid, essence: `1:${uid}`, source, time: event.time, line };
}

/** The kinds of the trail's entries, and what its findings of the test's rule are. */
async function told({
  trail,
}: Hub): Promise<{ readonly counts: number; readonly findings: readonly string[] }> {
  let counts = 0;
  const findings: string[] = [];
  for await (const { kind, line } of readLines(trail.ports, 0, Number.MAX_SAFE_INTEGER)) {
    if (kind === 'count') counts += 1;
    if (line.includes('"Odd Calls"')) findings.push(JSON.parse(line).activity_name);
  }
  return { counts, findings };
}

test('while nothing comes, one entry closes the windows whose time has come', async () => {
  const folder = folders();
  const time = { ms: START };
  const hub = await hubAt(folder, time);
  await hub.append([call(0), call(1), call(2), call(3)]);
  await hub.settle();
  expect(await told(hub)).toEqual({ counts: 0, findings: ['Create'] });
  time.ms = START + 11 * MINUTE;
  await hub.settle();
  expect(await told(hub)).toEqual({ counts: 0, findings: ['Create'] });
  time.ms = START + 13 * MINUTE;
  await hub.settle();
  await hub.settle();
  expect(await told(hub)).toEqual({ counts: 1, findings: ['Create', 'Update'] });
});

test('a hub that was closed goes on with what it remembers', async () => {
  const folder = folders();
  const time = { ms: START };
  const before = await hubAt(folder, time);
  await before.append([call(0)]);
  await before.settle();
  const after = await hubAt(folder, time);
  await after.append([call(1)]);
  expect((await after.settle()).findings).toBe(1);
  expect(await told(after)).toEqual({ counts: 0, findings: ['Create'] });
});
