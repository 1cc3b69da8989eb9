import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { alertRoutes } from '../../../functions/local/alert-routes.ts';
import type { HubRequest } from '../../../functions/local/route.ts';
import { dedupKey } from '../../../shared/sinks/pagerduty/event.ts';
import { listAlerts } from '../../../shared/stages/alert.ts';
import { findingEntry } from '../../alert/alerts.ts';
import { makeWorld } from '../../stages/alert-world.ts';

const SLACK = 'slack-signing-secret-example';
const OLD = 'pagerduty-old-secret-example';
const NEW = 'pagerduty-new-secret-example';

async function opened() {
  const world = makeWorld({ sinks: ['oncall', 'ops'] });
  await world.append(findingEntry(1));
  await world.run();
  const [alert] = await listAlerts(world.trail.table, 1);
  const { ports } = world.dependencies();
  const routes = alertRoutes({
    ports,
    slackSecrets: [SLACK],
    pagerdutySecrets: [NEW, OLD],
    pagerdutySinks: ['oncall'],
  });
  const ask = async (
    path: string,
    body: string,
    headers: Readonly<Record<string, string>>,
    method = 'POST',
  ) => {
    const request: HubRequest = {
      method,
      path,
      query: new URLSearchParams(),
      headers,
      body: Buffer.from(body),
    };
    for (const route of routes) {
      const found = await route(request);
      if (found !== undefined) return found.status;
    }
    return undefined;
  };
  const status = async () => (await listAlerts(world.trail.table, 1))[0]?.status;
  return { world, uid: alert?.uid ?? '', ask, status };
}

const hmac = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');

function press(action: string, value: string, atMs: number, secret = SLACK) {
  const payload = {
    type: 'block_actions',
    user: { id: 'U0000000001', username: 'alice', name: 'alice' },
    actions: [{ action_id: action, type: 'button', value }],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(atMs / 1_000));
  const signature = `v0=${hmac(secret, `v0:${timestamp}:${body}`)}`;
  return { body, headers: { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature } };
}

describe('a button of Slack', () => {
  test('acknowledges, under the name and id of who pressed it, and the message is updated', async () => {
    const { world, uid, ask, status } = await opened();
    const { body, headers } = press('acknowledge', uid, world.nowMs);
    expect(await ask('/slack/actions', body, headers)).toBe(200);
    await world.run();
    expect(await status()).toMatchObject({ state: 'acknowledged', by: 'alice (U0000000001)', via: 'slack' });
    expect(world.told.slice(2).map(({ sink, change }) => `${sink} ${change}`)).toEqual([
      'oncall acknowledged',
      'ops acknowledged',
    ]);
  });

  test('snoozes for an hour', async () => {
    const { world, uid, ask, status } = await opened();
    const { body, headers } = press('snooze', uid, world.nowMs);
    expect(await ask('/slack/actions', body, headers)).toBe(200);
    await world.run();
    expect(await status()).toMatchObject({ state: 'snoozed', untilMs: world.nowMs + 3_600_000 });
  });

  test('that is only a link does nothing', async () => {
    const { world, uid, ask, status } = await opened();
    const { body, headers } = press('runbook', uid, world.nowMs);
    expect(await ask('/slack/actions', body, headers)).toBe(200);
    await world.run();
    expect(await status()).toEqual({ state: 'open' });
  });

  test.each([
    ['of another secret', 0, 'another-secret'],
    ['older than five minutes', -301_000, SLACK],
    ['of a time to come', 301_000, SLACK],
  ])('that is %s is refused', async (_, offMs, secret) => {
    const { world, uid, ask, status } = await opened();
    const { body, headers } = press('acknowledge', uid, world.nowMs + offMs, secret);
    expect(await ask('/slack/actions', body, headers)).toBe(401);
    await world.run();
    expect(await status()).toEqual({ state: 'open' });
  });

  test('whose body was changed, or that has no signature, is refused', async () => {
    const { world, uid, ask } = await opened();
    const { body, headers } = press('acknowledge', uid, world.nowMs);
    expect(await ask('/slack/actions', `${body}&x=1`, headers)).toBe(401);
    expect(await ask('/slack/actions', body, { ...headers, 'x-slack-signature': '' })).toBe(401);
    expect(await ask('/slack/actions', body, {})).toBe(401);
    expect(await ask('/slack/actions', body, headers, 'GET')).toBe(405);
  });

  test('that is sent again is refused, at once and just before it is too old', async () => {
    const { world, uid, ask } = await opened();
    const { body, headers } = press('acknowledge', uid, world.nowMs);
    expect(await ask('/slack/actions', body, headers)).toBe(200);
    expect(await ask('/slack/actions', body, headers)).toBe(409);
    world.nowMs += 299_000;
    const other = press('snooze', uid, world.nowMs);
    expect(await ask('/slack/actions', other.body, other.headers)).toBe(200);
    expect(await ask('/slack/actions', body, headers)).toBe(409);
  });

  test('says nothing to a payload that is none', async () => {
    const { world, ask } = await opened();
    for (const body of ['payload=%7Bnonsense', 'payload=[]', '', 'payload={"actions":[null]}']) {
      const timestamp = String(Math.floor(world.nowMs / 1_000));
      const signature = `v0=${hmac(SLACK, `v0:${timestamp}:${body}`)}`;
      const headers = { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature };
      expect(await ask('/slack/actions', body, headers)).toBe(200);
    }
  });
});

const incident = (uid: string, type: string, id = `event-${type}`) =>
  JSON.stringify({
    event: {
      id,
      event_type: type,
      resource_type: 'incident',
      occurred_at: '2026-03-04T03:10:00.000Z',
      agent: { id: 'PUSER01', summary: 'Bob Example', type: 'user_reference' },
      data: { id: 'PINC001', type: 'incident', incident_key: dedupKey(uid) },
    },
  });

describe('what people do in PagerDuty', () => {
  test.each([
    ['incident.acknowledged', 'acknowledged'],
    ['incident.resolved', 'resolved'],
  ])('%s makes an alert %s, and is not told back to PagerDuty', async (type, state) => {
    const { world, uid, ask, status } = await opened();
    const body = incident(uid, type);
    const signatures = `v1=${'0'.repeat(64)},v1=${hmac(OLD, body)}`;
    expect(await ask('/pagerduty/webhook', body, { 'x-pagerduty-signature': signatures })).toBe(202);
    await world.run();
    expect(await status()).toMatchObject({ state, by: 'Bob Example', via: 'pagerduty' });
    expect(world.told.slice(2).map(({ sink }) => sink)).toEqual(['ops']);
  });

  test('opens it again', async () => {
    const { world, uid, ask, status } = await opened();
    for (const type of ['incident.acknowledged', 'incident.unacknowledged']) {
      const body = incident(uid, type);
      await ask('/pagerduty/webhook', body, { 'x-pagerduty-signature': `v1=${hmac(NEW, body)}` });
      await world.run();
    }
    expect(await status()).toMatchObject({ state: 'open', by: 'Bob Example' });
  });

  test('is refused without a right signature', async () => {
    const { world, uid, ask, status } = await opened();
    const body = incident(uid, 'incident.resolved');
    for (const signature of [
      '',
      'v1=',
      `v1=${hmac('other', body)}`,
      `v0=${hmac(NEW, body)}`,
      hmac(NEW, body),
    ]) {
      expect(await ask('/pagerduty/webhook', body, { 'x-pagerduty-signature': signature })).toBe(401);
    }
    await world.run();
    expect(await status()).toEqual({ state: 'open' });
  });

  test('with incidents that are none of ours changes nothing', async () => {
    const { world, ask, status } = await opened();
    for (const body of [
      incident('f'.repeat(64), 'incident.resolved'),
      '{"event":{"event_type":"pagey.ping"}}',
      '[]',
      'x',
    ]) {
      expect(
        await ask('/pagerduty/webhook', body, { 'x-pagerduty-signature': `v1=${hmac(NEW, body)}` }),
      ).toBe(202);
    }
    await world.run();
    expect(await status()).toEqual({ state: 'open' });
  });

  test('sent again leaves one entry', async () => {
    const { world, uid, ask } = await opened();
    for (const type of ['incident.acknowledged', 'incident.unacknowledged', 'incident.acknowledged']) {
      const body = incident(uid, type);
      await ask('/pagerduty/webhook', body, { 'x-pagerduty-signature': `v1=${hmac(NEW, body)}` });
      await world.run();
    }
    expect((await listAlerts(world.trail.table, 1))[0]?.history.map(({ state }) => state)).toEqual([
      'acknowledged',
      'open',
    ]);
  });
});

test('other paths are somebody else’s', async () => {
  const { ask } = await opened();
  expect(await ask('/alerts', '', {})).toBeUndefined();
});
