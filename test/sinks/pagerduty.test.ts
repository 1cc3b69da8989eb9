import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PagerDutySettings } from '../../shared/sinks/pagerduty/settings.ts';
import { pagerduty } from '../../shared/sinks/pagerduty.ts';
import type { AlertMessage, Message, Sending } from '../../shared/sinks/sink.ts';
import { eventFaults, type PagerDutyServer, startPagerDuty } from '../servers/pagerduty.ts';
import { checkRequests } from './golden.ts';
import { alertWith, anyHostile, HOSTILE, UNSEEN } from './hostile.ts';
import { alert, deployment, messages, NOW_MS, opened, send } from './messages.ts';

const KEY = 'e93facc04764012d7bfb002500d5d1a6';
const sending = (settings: Partial<PagerDutySettings> = {}): Sending<PagerDutySettings> => ({
  settings: { routingKey: KEY, ...settings },
  deliveryId: 'delivery-1',
  nowMs: NOW_MS,
});

const hostileDeployment = (value: string): Message => ({
  ...deployment,
  uid: value,
  time: Number.POSITIVE_INFINITY,
  service: value,
  environment: value,
  who: value,
  account: value,
  source: value,
  summary: value,
  commit: value,
  digest: value,
  links: { event: value, proof: `javascript:${value}` },
});

describe('the golden events', () => {
  test.for(Object.entries({ ...messages, deployment }))('%s', ([name, message]) => {
    checkRequests(`pagerduty/${name}`, pagerduty.render(message, sending()));
  });

  test('hostile', () => {
    checkRequests(
      'pagerduty/hostile',
      pagerduty.render(alertWith(HOSTILE.slice(0, 17).join(' ')), sending()),
    );
  });
});

describe('a PagerDuty that enforces what it documents', () => {
  let server: PagerDutyServer;
  beforeAll(async () => {
    server = await startPagerDuty({ routingKey: KEY });
  });
  afterAll(() => server.close());

  const deliver = async (message: Message) => {
    const outcomes = [];
    for (const request of pagerduty.render(message, sending({ api: server.url }))) {
      outcomes.push(pagerduty.read(await send(request)));
    }
    return outcomes;
  };

  test('pages once for an alert, whatever becomes of it', async () => {
    const story = [
      messages.opened,
      messages.updated,
      messages.acknowledged,
      messages.updated,
      messages.resolved,
    ];
    for (const message of story) expect(await deliver(message)).toEqual([{ kind: 'delivered' }]);
    // What comes late does not open it again.
    expect(await deliver({ ...messages.updated, state: 'resolved' })).toEqual([]);
    expect(server.incidents).toEqual([
      expect.objectContaining({ state: 'resolved', triggers: 3, severity: 'error' }),
    ]);
  });

  test('takes every message', async () => {
    const hostile = HOSTILE.flatMap((value) => [alertWith(value), hostileDeployment(value)]);
    for (const message of [...Object.values(messages), deployment, ...hostile]) {
      for (const outcome of await deliver(message)) expect(outcome).toEqual({ kind: 'delivered' });
    }
    expect(server.refused).toEqual([]);
    expect(server.changes).toHaveLength(1 + HOSTILE.length);
  });

  test('leaves nobody paged by a test', async () => {
    expect(await deliver(messages.test)).toHaveLength(2);
    expect(server.incidents.at(-1)).toMatchObject({ state: 'resolved', severity: 'info' });
    expect(server.incidents.at(-1)?.dedupKey).not.toBe(server.incidents[0]?.dedupKey);
  });

  test('refuses a wrong key for good', async () => {
    const [request] = pagerduty.render(opened, sending({ api: server.url, routingKey: 'x'.repeat(32) }));
    expect(pagerduty.read(await send(request!))).toMatchObject({ kind: 'refused' });
  });
});

test('what opens again after somebody acknowledged it pages again, wherever they did so', () => {
  const told = (state?: AlertMessage['told']) => actionsOf({ ...opened, told: state }, { opened: 'yes' });
  expect(told('acknowledged')).toEqual(['resolve', 'trigger']);
  expect(told('snoozed')).toEqual(['resolve', 'trigger']);
  expect(told('open')).toEqual(['trigger']);
  expect(told()).toEqual(['trigger']);
});

test('what somebody was on before PagerDuty heard of it pages nobody, however often it is updated', () => {
  const updated = { ...opened, change: 'updated', state: 'acknowledged', told: 'acknowledged' } as const;
  const [acknowledged] = pagerduty.render(messages.snoozed, sending());
  expect(actionsOf(updated, acknowledged?.remember)).toEqual([]);
  const [triggered] = pagerduty.render(opened, sending());
  expect(actionsOf(updated, triggered?.remember)).toEqual(['trigger']);
  expect(actionsOf({ ...updated, state: 'open' }, {})).toEqual(['trigger']);
  const [resolved] = pagerduty.render(messages.resolved, sending());
  expect(actionsOf(updated, { ...triggered?.remember, ...resolved?.remember })).toEqual([]);
});

function actionsOf(message: AlertMessage, reference: Readonly<Record<string, string>> = {}) {
  return pagerduty
    .render(message, { ...sending(), reference })
    .map(({ body }) => (JSON.parse(body) as { event_action: string }).event_action);
}

test('a digest wakes nobody', () => {
  expect(pagerduty.render(messages.digest, sending())).toEqual([]);
});

test('the key of an alert is the same for every message of it, short, and other than that of another', () => {
  const keyOf = (message: Message) =>
    (JSON.parse(pagerduty.render(message, sending())[0]?.body ?? '{}') as { dedup_key: string }).dedup_key;
  const keys = [messages.opened, messages.updated, messages.snoozed, messages.resolved].map(keyOf);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]?.length).toBeLessThan(255);
  expect(keyOf({ ...opened, alert: { ...alert, uid: 'other' } })).not.toBe(keys[0]);
});

test.for([
  [{}, 'https://events.pagerduty.com/v2/enqueue'],
  [{ region: 'us' }, 'https://events.pagerduty.com/v2/enqueue'],
  [{ region: 'eu' }, 'https://events.eu.pagerduty.com/v2/enqueue'],
  [{ region: 'eu', api: 'https://proxy.example.com/' }, 'https://proxy.example.com/v2/enqueue'],
] as const)('%o is sent to %s', ([settings, url]) => {
  expect(pagerduty.render(opened, sending(settings))[0]?.url).toBe(url);
});

test('a key that takes no change events is sent none', () => {
  expect(pagerduty.render(deployment, sending({ routingKey: `R${'0'.repeat(31)}` }))).toEqual([]);
  const [change] = pagerduty.render(deployment, sending({ region: 'eu' }));
  expect(change?.url).toBe('https://events.eu.pagerduty.com/v2/change/enqueue');
});

describe('no value of an event', () => {
  test('goes beyond a limit, becomes a link, or moves, hides or reorders anything', () => {
    fc.assert(
      fc.property(fc.oneof(anyHostile, fc.constantFrom(...HOSTILE)), (value) => {
        for (const message of [alertWith(value), hostileDeployment(value)]) {
          const [request] = pagerduty.render(message, sending());
          const body = JSON.parse(request!.body) as { payload: { custom_details: object } };
          const kind = message.kind === 'alert' ? 'alert' : 'change';
          expect(eventFaults(body, kind, KEY)).toEqual([]);
          expect(request!.body.length).toBeLessThan(40_000);
          const { first_steps: steps = '', ...details } = body.payload.custom_details as Record<
            string,
            string
          >;
          const texts = [...Object.values(details), ...Object.values(body.payload)].filter(
            (each) => typeof each === 'string',
          );
          expect(texts.join('')).not.toMatch(UNSEEN);
          expect(texts.join(' ')).not.toContain('://');
          expect(steps.replaceAll('\n', '')).not.toMatch(UNSEEN);
        }
      }),
    );
  });
});

describe('answers', () => {
  const answer = (status: number, body = '', headers = {}) => pagerduty.read({ status, headers, body });

  test.for([
    [202, { kind: 'delivered' }],
    [400, { kind: 'refused', why: 'HTTP 400: no' }],
    [404, { kind: 'refused', why: 'HTTP 404: no' }],
    [429, { kind: 'retry', why: 'HTTP 429: no' }],
    [500, { kind: 'retry', why: 'HTTP 500: no' }],
    [503, { kind: 'retry', why: 'HTTP 503: no' }],
  ] as const)('%i', ([status, outcome]) => {
    expect(answer(status, 'no')).toEqual(outcome);
  });

  test('a pause that is asked for is kept, within an hour', () => {
    const date = 'Wed, 04 Mar 2026 02:20:00 GMT';
    expect(answer(429, '', { 'retry-after': '120' })).toMatchObject({ afterMs: 120_000 });
    expect(answer(429, '', { 'retry-after': '999999' })).toMatchObject({ afterMs: 3_600_000 });
    expect(answer(429, '', { 'retry-after': 'Wed, 04 Mar 2026 02:20:30 GMT', date })).toMatchObject({
      afterMs: 30_000,
    });
    expect(answer(429, '', { 'retry-after': 'soon', date })).toEqual({ kind: 'retry', why: 'HTTP 429' });
  });
});

test('settings are checked', () => {
  expect(pagerduty.faults({ routingKey: KEY })).toEqual([]);
  expect(pagerduty.faults({ routingKey: 'short', api: 'http://example.com' })).toEqual([
    'routingKey: expected the 32 letters and digits of an integration key',
    'api: expected https:// (http:// only to 127.0.0.1, [::1] or localhost)',
  ]);
});
