import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AlertMessage, HttpRequest, Sending } from '../../shared/sinks/sink.ts';
import type { SlackSettings } from '../../shared/sinks/slack/settings.ts';
import { slack } from '../../shared/sinks/slack.ts';
import { blockFaults } from '../servers/block-kit.ts';
import { type SlackServer, startSlack } from '../servers/slack.ts';
import { checkRequests } from './golden.ts';
import { alertWith, anyHostile, HOSTILE, UNSEEN } from './hostile.ts';
import { alert, deployment, messages, NOW_MS, opened, send } from './messages.ts';
import { constructsOf, shownTexts } from './mrkdwn.ts';

const bot: SlackSettings = { token: 'xoxb-example', channel: '#alerts', signingSecret: 'example' };
const hook: SlackSettings = { webhook: 'https://hooks.slack.com/services/T00000000/B00000000/example' };
const known = { channel: 'C0000000001', ts: '1772000000.000100', severity: 'high' };

const sending = (settings: SlackSettings, reference?: Record<string, string>): Sending<SlackSettings> => ({
  settings,
  deliveryId: 'delivery-1',
  nowMs: NOW_MS,
  reference,
});
const bodyOf = ({ body }: HttpRequest) => JSON.parse(body) as Record<string, unknown>;
const methods = (requests: readonly HttpRequest[]) => requests.map(({ url }) => url.split('/').at(-1));

describe('the golden messages', () => {
  test.for(Object.entries(messages))('%s', ([name, message]) => {
    const isFirst = ['opened', 'unusual', 'minimal', 'test'].includes(name);
    checkRequests(`slack/${name}`, slack.render(message, sending(bot, isFirst ? undefined : known)));
  });

  test('hostile', () => {
    checkRequests('slack/hostile', slack.render(alertWith(HOSTILE.slice(0, 17).join(' ')), sending(bot)));
  });

  test('by incoming webhook', () => {
    checkRequests('slack/webhook-opened', slack.render(opened, sending(hook)));
    checkRequests(
      'slack/webhook-updated',
      slack.render(messages.updated, sending(hook, { severity: 'high' })),
    );
  });
});

describe('a Slack that enforces what it documents', () => {
  let server: SlackServer;
  beforeAll(async () => {
    server = await startSlack();
  });
  afterAll(() => server.close());

  test('takes every message by bot, and remembers where it stands', async () => {
    const settings = { ...bot, api: server.api };
    for (const message of [...Object.values(messages), ...HOSTILE.map(alertWith)]) {
      const [request] = slack.render(message, sending(settings));
      expect(slack.read(await send(request!))).toEqual({
        kind: 'delivered',
        reference: { channel: 'C0000000001', ts: expect.stringMatching(/^\d+\.\d+$/) as string },
      });
    }
    expect(server.refused).toEqual([]);
  });

  test('takes every message by incoming webhook', async () => {
    for (const message of [...Object.values(messages), ...HOSTILE.map(alertWith)]) {
      const [request] = slack.render(message, sending({ webhook: server.webhook }));
      expect(slack.read(await send(request!))).toEqual({ kind: 'delivered' });
    }
    expect(server.refused).toEqual([]);
  });

  test('sees one message that is updated, with what people did in its thread', async () => {
    const settings = { ...bot, api: server.api };
    let reference: Record<string, string> | undefined;
    const story = [messages.opened, messages.updated, messages.acknowledged, messages.resolved];
    const before = server.seen.length;
    for (const message of story) {
      for (const request of slack.render(message, sending(settings, reference))) {
        const outcome = slack.read(await send(request));
        if (outcome.kind !== 'delivered') throw new Error(outcome.why);
        reference = { ...reference, ...request.remember, ...outcome.reference };
      }
    }
    const seen = server.seen.slice(before);
    expect(seen.map(({ method, part }) => `${method} ${part}`)).toEqual([
      'chat.postMessage message',
      ...story.slice(1).flatMap(() => ['chat.update message', 'chat.postMessage thread']),
    ]);
    expect(new Set(seen.map(({ ts, threadTs }) => threadTs ?? ts)).size).toBe(1);
    const replies = seen
      .filter(({ part }) => part === 'thread')
      .map(({ body }) => shownTexts(body['blocks'])[0]);
    expect(replies).toEqual([
      `Now ■ CRITICAL: ${alert.message} (7 times so far)`,
      '✓ Acknowledged by bob@example.com',
      '✓ Resolved by bob@example.com',
    ]);
    expect(reference?.['severity']).toBe('high');
  });

  test('is asked for a new message when the one before is gone', async () => {
    const settings = { ...bot, api: server.api };
    const [update] = slack.render(messages.updated, sending(settings, { ...known, ts: '1.000001' }));
    expect(slack.read(await send(update!))).toEqual({
      kind: 'retry',
      why: 'message_not_found',
      afterMs: 0,
      forget: true,
    });
    expect(methods(slack.render(messages.updated, sending(settings)))).toEqual(['chat.postMessage']);
  });

  test.for([
    [{ token: 'xoxb-wrong' }, 'invalid_auth'],
    [{ channel: '#nowhere' }, 'channel_not_found'],
  ] as const)('refuses %o for good', async ([wrong, why]) => {
    const [request] = slack.render(opened, sending({ ...bot, api: server.api, ...wrong }));
    expect(slack.read(await send(request!))).toEqual({ kind: 'refused', why });
  });
});

describe('a message', () => {
  test('is updated without a word in the thread when it is only more of the same', () => {
    const more: AlertMessage = {
      ...messages.updated,
      alert: { ...messages.updated.alert, severity: 'high' },
    };
    expect(methods(slack.render(more, sending(bot, known)))).toEqual(['chat.update']);
    expect(methods(slack.render(messages.updated, sending(bot, known)))).toEqual([
      'chat.update',
      'chat.postMessage',
    ]);
  });

  test('is shown in the channel again when it became worse or opens again', () => {
    const reply = (message: AlertMessage) => bodyOf(slack.render(message, sending(bot, known))[1]!);
    expect(reply(messages.updated)['reply_broadcast']).toBe(true);
    expect(reply(opened)['reply_broadcast']).toBe(true);
    expect(shownTexts(reply(opened)['blocks'])).toEqual(['○ Open again']);
    const worse: AlertMessage = { ...opened, alert: { ...opened.alert, severity: 'critical' } };
    const told = { ...known, severity: 'high' };
    const [, again] = slack.render(worse, sending(bot, told));
    expect(shownTexts(bodyOf(again!)['blocks']).join()).toMatch(/^○ Open again\. Now ■ CRITICAL: /);
    expect(reply(messages.acknowledged)['reply_broadcast']).toBeUndefined();
  });

  test('by incoming webhook is repeated only when it became worse or people did something', () => {
    const severe = (severity: string) => ({ severity });
    expect(slack.render(messages.updated, sending(hook, severe('critical')))).toEqual([]);
    const [worse] = slack.render(messages.updated, sending(hook, severe('high')));
    expect(worse?.remember).toEqual({ severity: 'critical' });
    expect(shownTexts(bodyOf(worse!)['blocks']).join()).toContain(
      'an incoming webhook can post, but not change',
    );
    expect(slack.render(messages.acknowledged, sending(hook, severe('critical')))).toHaveLength(1);
  });

  test('has buttons only for what can be done, with the uid of the alert', () => {
    const buttons = (message: AlertMessage, settings: SlackSettings) => {
      const [request] = slack.render(message, sending(settings));
      const blocks = bodyOf(request!)['blocks'] as { type: string; elements: Record<string, unknown>[] }[];
      return blocks.find(({ type }) => type === 'actions')?.elements ?? [];
    };
    const ids = (message: AlertMessage, settings = bot) =>
      buttons(message, settings).map(({ action_id: id }) => id);
    expect(ids(opened)).toEqual(['acknowledge', 'snooze', 'runbook', 'event', 'proof']);
    expect(ids(messages.acknowledged)).toEqual(['snooze', 'runbook', 'event', 'proof']);
    expect(ids(messages.snoozed)).toEqual(['acknowledge', 'runbook', 'event', 'proof']);
    expect(ids(messages.resolved)).toEqual(['runbook', 'event', 'proof']);
    expect(ids(messages.test)).toEqual(['runbook', 'event', 'proof']);
    expect(ids({ ...opened, links: {} })).toEqual(['acknowledge', 'snooze']);
    expect(ids({ ...opened, links: { alert: 'https://x.example' } })).toEqual([
      'acknowledge',
      'snooze',
      'alert',
    ]);
    expect(ids({ ...opened, links: {} }, { ...bot, signingSecret: undefined })).toEqual([]);
    expect(buttons(opened, bot)[0]?.['value']).toBe(alert.uid);
  });

  test('shows a command whole or not at all, and says what it leaves out', () => {
    const long = `aws x --name='${'y'.repeat(2_900)}'`;
    const blocks = ['first', long, `${long}${'z'.repeat(200)}`, long, 'last'].map(
      (text) => ({ kind: 'command', text, changes: text === 'last' }) as const,
    );
    const book = { ...opened.runbook!, sections: [{ title: 'Is this real?', blocks }] };
    const [request] = slack.render({ ...opened, runbook: book }, sending(bot));
    const texts = shownTexts(bodyOf(request!)['blocks']);
    expect(texts.filter((text) => text === long)).toHaveLength(1);
    expect(texts).toEqual(expect.arrayContaining(['first', 'last', '! This changes something:\n']));
    expect(texts.join()).toContain('2 more steps in the runbook');
  });

  test('says what was expected and seen once: in its sentence, or below it', () => {
    const { alert: unusual } = messages.unusual;
    const expected = 'one of dana, erin, frank';
    const labels = (message: string, overDays: number) => {
      const explanation = { ...unusual.explanation, overDays };
      const [request] = slack.render(
        { ...opened, alert: { ...unusual, message, explanation } },
        sending(bot),
      );
      return shownTexts(bodyOf(request!)['blocks']).filter((text) => /^(?:EXPECTED|SEEN)/.test(text));
    };
    expect(labels('x', 90)).toEqual([`EXPECTED\n${expected} (over 214 events in 90 days)`, 'SEEN\nmallory']);
    expect(labels('x', 0.0257)[0]).toBe(`EXPECTED\n${expected} (over 214 events in 37 min)`);
    expect(labels(`seen mallory, expected ${expected}`, 90)).toEqual([]);
  });

  test('has a fallback that says what, how bad, who and where', () => {
    const [request] = slack.render(opened, sending(bot));
    expect(String(bodyOf(request!)['text']).replaceAll('\u2060', '')).toBe(
      '▲ HIGH  Audit logging was stopped · alice from 203.0.113.9, organisation-trail in AWS 111122223333',
    );
  });

  test('says nothing of deployments', () => {
    expect(slack.render(deployment, sending(bot))).toEqual([]);
  });

  test('carries its secrets in a header or the URL only', () => {
    const secrets: SlackSettings = { ...bot, token: 'xoxb-secret', signingSecret: 'signing-secret' };
    const [request] = slack.render(opened, sending(secrets));
    expect(request?.headers['authorization']).toBe('Bearer xoxb-secret');
    expect(`${request?.url}${request?.body}`).not.toContain('secret');
  });
});

describe('no value of an event', () => {
  const modes = [sending(bot), sending(bot, known), sending(hook)];

  test('becomes a mention, a link, a mark, an emoji or a date, nor goes beyond a limit', () => {
    fc.assert(
      fc.property(fc.oneof(anyHostile, fc.constantFrom(...HOSTILE)), (value) => {
        for (const mode of modes) {
          for (const change of ['opened', 'acknowledged', 'updated'] as const) {
            const state = change === 'acknowledged' ? 'acknowledged' : 'open';
            for (const request of slack.render({ ...alertWith(value), change, state }, mode)) {
              const body = bodyOf(request);
              expect(constructsOf(body).filter(({ text }) => !isLink(text, value))).toEqual([]);
              expect(blockFaults(body['blocks'])).toEqual([]);
              expect(JSON.stringify(body['blocks']).length).toBeLessThan(13_000);
              expect(body).toMatchObject({ parse: 'none', link_names: false });
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('moves, hides or reorders what stands around it', () => {
    fc.assert(
      fc.property(anyHostile, (value) => {
        const [request] = slack.render(alertWith(value), sending(bot));
        const texts = [...shownTexts(bodyOf(request!)['blocks']), String(bodyOf(request!)['text'])];
        expect(texts.join('').replaceAll('\n', '')).not.toMatch(UNSEEN);
      }),
    );
  });

  test('is shown as anything but itself, where it is ordinary', () => {
    const value = '审计 Åsa & <alice@example.com> *x* :y: `z`';
    const [request] = slack.render({ ...opened, alert: { ...alert, what: value } }, sending(bot));
    expect(shownTexts(bodyOf(request!)['blocks'])).toContain(`WHAT\n${value}`);
  });
});

/** A link of the message itself may stand in a button: an address of the web, as the user's console has them. */
function isLink(text: string, value: string): boolean {
  return URL.parse(value)?.href === text && /^https?:/.test(text);
}

describe('answers', () => {
  const answer = (status: number, body: string, headers = {}) => slack.read({ status, headers, body });

  test.for([
    ['ratelimited', { kind: 'retry', why: 'ratelimited' }],
    ['internal_error', { kind: 'retry', why: 'internal_error' }],
    ['something_new', { kind: 'retry', why: 'something_new' }],
    ['channel_not_found', { kind: 'refused', why: 'channel_not_found' }],
    ['not_in_channel', { kind: 'refused', why: 'not_in_channel' }],
    ['invalid_auth', { kind: 'refused', why: 'invalid_auth' }],
    ['msg_too_long', { kind: 'refused', why: 'msg_too_long' }],
    ['edit_window_closed', { kind: 'retry', why: 'edit_window_closed', afterMs: 0, forget: true }],
  ] as const)('200 with %s', ([error, outcome]) => {
    expect(answer(200, JSON.stringify({ ok: false, error }))).toEqual(outcome);
  });

  test.for([
    [
      429,
      '{"ok":false,"error":"ratelimited"}',
      { 'retry-after': '30' },
      { kind: 'retry', why: 'ratelimited', afterMs: 30_000 },
    ],
    [429, 'rate_limited', { 'retry-after': '1' }, { kind: 'retry', why: 'rate_limited', afterMs: 1_000 }],
    [503, '<html>', {}, { kind: 'retry', why: 'HTTP 503: <html>' }],
    [404, 'no_service', {}, { kind: 'refused', why: 'no_service' }],
    [410, 'channel_is_archived', {}, { kind: 'refused', why: 'channel_is_archived' }],
    [400, 'invalid_payload', {}, { kind: 'refused', why: 'invalid_payload' }],
    [302, '', { location: 'https://evil.example' }, { kind: 'retry', why: 'HTTP 302' }],
    [200, '<html>captive portal', {}, { kind: 'retry', why: 'HTTP 200: <html>captive portal' }],
    [200, '', {}, { kind: 'retry', why: 'HTTP 200' }],
    [200, 'ok', {}, { kind: 'delivered' }],
  ] as const)('%i %s', ([status, body, headers, outcome]) => {
    expect(answer(status, body, headers)).toEqual(outcome);
  });

  test('never throws, and what it says of an answer is one harmless line', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.oneof(fc.string({ unit: 'binary' }), fc.json()),
        (status, body) => {
          const outcome = answer(status, body);
          if (outcome.kind !== 'delivered') expect(outcome.why).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
        },
      ),
    );
  });
});

describe('settings', () => {
  test.for([
    [bot, []],
    [hook, []],
    [{}, ['token: expected a bot token (xoxb-…)', 'channel: expected the id of a channel, or #name']],
    [{ ...bot, ...hook }, ['expected token and channel, or webhook: not both']],
    [
      { webhook: 'http://hooks.slack.com/x' },
      ['webhook: expected https:// (http:// only to 127.0.0.1, [::1] or localhost)'],
    ],
    [{ ...bot, token: 'xoxb-1\r\nX-Evil: 1' }, ['token: expected a bot token (xoxb-…)']],
    [{ ...bot, api: 'http://127.0.0.1:1/api' }, []],
  ] as const)('%o', ([settings, faults]) => {
    expect(slack.faults(settings)).toEqual(faults);
  });
});
