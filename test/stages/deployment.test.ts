import { expect, test } from 'vitest';
import { MemoryTable } from '../../shared/adapters/memory/table.ts';
import type { EnvironmentPlace } from '../../shared/detect/environment.ts';
import { applySinks } from '../../shared/stages/alert-sinks.ts';
import { readDue } from '../../shared/stages/delivery-rows.ts';
import { deploymentFold } from '../../shared/stages/deployment.ts';
import { readDeployment } from '../../shared/stages/deployment-rows.ts';
import type { FoldedEvent } from '../../shared/stages/fold.ts';
import { cloudTrail, folded } from '../detect/events.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

function deployed(index: number, more: Partial<FoldedEvent> = {}): FoldedEvent {
  const found = folded(cloudTrail('UpdateService', { eventID: `deploy-${index}` }), index);
  const resources = [
    { type: 'commit', uid: '0123abcd' },
    { type: 'service', name: 'payments', uid: 'arn:aws:ecs:eu-west-1:111122223333:service/payments' },
    { type: 'container image', name: 'registry.example.com/payments', uid: DIGEST },
  ];
  return { ...found, event: { ...found.event, resources }, appendedMs: found.event.time + 60_000, ...more };
}

async function apply(events: readonly FoldedEvent[], places: readonly EnvironmentPlace[] = []) {
  const table = new MemoryTable();
  await applySinks(table, ['oncall'], 0);
  const fold = deploymentFold({
    table,
    places,
    sinks: ['oncall', 'other'],
    isDeployment: ({ event }) => event.api?.operation === 'UpdateService',
    links: (uid) => ({ event: `https://trail.example.com/events/${uid}` }),
  });
  await fold.apply(events, { first: 0, next: 99 });
  await fold.apply(events, { first: 0, next: 99 });
  return {
    table,
    due: await readDue(table, 'oncall', { limit: 99 }),
    other: await readDue(table, 'other', { limit: 9 }),
  };
}

test('a deployment is due once to every sink that is there, with what it consists of', async () => {
  const { table, due, other } = await apply([deployed(5), folded(cloudTrail('StopLogging'), 6)]);
  expect(due).toMatchObject([{ subject: 'd000000000005', version: 5 }]);
  expect(other).toEqual([]);
  const event = deployed(5).event;
  expect(await readDeployment(table, '000000000005')).toEqual({
    kind: 'deployment',
    uid: event.metadata.uid,
    time: event.time,
    service: 'payments',
    who: 'alice',
    account: 'AWS 111122223333',
    source: 'CloudTrail',
    summary: event.message,
    commit: '0123abcd',
    digest: DIGEST,
    links: { event: `https://trail.example.com/events/${event.metadata.uid}` },
  });
});

const place = (environment: string, account: string) => ({ environment, accounts: [account], resources: [] });

test.each([
  ['is of production', [place('production', '1111*')], 1],
  ['is of another environment', [place('staging', '1111*')], 0],
  ['belongs to nothing that is named', [place('production', '9999*')], 0],
])('a deployment that %s', async (_, places, count) => {
  expect((await apply([deployed(5)], places)).due).toHaveLength(count);
});

test('a deployment of a history is not told', async () => {
  const { time } = deployed(5).event;
  expect((await apply([deployed(5, { appendedMs: time + 86_400_001 })])).due).toEqual([]);
});
