import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message, Sending } from '../../shared/sinks/sink.ts';
import type { WebhookSettings } from '../../shared/sinks/webhook/settings.ts';
import { signaturesOf } from '../../shared/sinks/webhook/sign.ts';
import { webhook } from '../../shared/sinks/webhook.ts';
import { startWebhook, type WebhookServer } from '../servers/webhook.ts';
import { checkRequests } from './golden.ts';
import { alertWith, anyHostile, HOSTILE, UNSEEN } from './hostile.ts';
import { deployment, messages, NOW_MS, opened, send } from './messages.ts';

const secretOf = (seed: string) => `whsec_${Buffer.from(seed.repeat(32).slice(0, 32)).toString('base64')}`;
const OLD = secretOf('old');
const NEW = secretOf('new');

const sending = (settings: Partial<WebhookSettings> = {}, nowMs = NOW_MS): Sending<WebhookSettings> => ({
  settings: { url: 'https://example.com/hook', signingSecrets: [NEW], ...settings },
  deliveryId: 'delivery-1',
  nowMs,
});

const schema = JSON.parse(
  readFileSync(new URL('../../docs/schemas/alert.schema.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
const ajv = new Ajv2020({ strict: true, allErrors: true });
ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)));
ajv.addFormat('uri', (text) => URL.canParse(text));
const isValid = ajv.compile(schema);

const check = (body: string) => {
  isValid(JSON.parse(body));
  expect(isValid.errors ?? []).toEqual([]);
};

describe('the golden events follow the published schema', () => {
  test.for(Object.entries({ ...messages, deployment }))('%s', ([name, message]) => {
    const requests = webhook.render(message, sending());
    checkRequests(`webhook/${name}`, requests);
    check(requests[0]!.body);
  });

  test('hostile', () => {
    checkRequests('webhook/hostile', webhook.render(alertWith(HOSTILE.slice(0, 17).join(' ')), sending()));
  });
});

test('the schema is one that refuses what is not so', () => {
  const event = JSON.parse(webhook.render(opened, sending())[0]!.body) as { data: { alert: object } };
  for (const wrong of [
    { ...event, type: 'other' },
    { ...event, specversion: '0.3' },
    { ...event, data: { ...event.data, state: 'lost' } },
    { ...event, data: { ...event.data, alert: { ...event.data.alert, severity: 9 } } },
  ]) {
    expect(isValid(wrong)).toBe(false);
  }
});

describe('a receiver that verifies', () => {
  let server: WebhookServer;
  beforeAll(async () => {
    server = await startWebhook({ secrets: [OLD], nowMs: () => NOW_MS });
  });
  afterAll(() => server.close());

  const deliver = async (message: Message, settings: Partial<WebhookSettings>, nowMs = NOW_MS) => {
    const [request] = webhook.render(message, sending({ url: server.url, ...settings }, nowMs));
    return webhook.read(await send(request!));
  };

  test('takes every message, however hostile', async () => {
    for (const message of [...Object.values(messages), deployment, ...HOSTILE.map(alertWith)]) {
      expect(await deliver(message, { signingSecrets: [OLD] })).toEqual({ kind: 'delivered' });
    }
    expect(server.refused).toEqual([]);
  });

  test('is served while secrets are changed, and not by a secret that it does not know', async () => {
    expect(await deliver(opened, { signingSecrets: [NEW, OLD] })).toEqual({ kind: 'delivered' });
    expect(await deliver(opened, { signingSecrets: [NEW] })).toEqual({
      kind: 'retry',
      why: 'HTTP 401: signature',
    });
  });

  test('is sent the time of each attempt, and the same id and bytes by every one', async () => {
    const [first] = webhook.render(opened, sending());
    const [again] = webhook.render(opened, sending({}, NOW_MS + 3_600_000));
    expect(again?.body).toBe(first?.body);
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(again?.headers['webhook-timestamp']).not.toBe(first?.headers['webhook-timestamp']);
    const late = { signingSecrets: [OLD] };
    expect(await deliver(opened, late, NOW_MS - 3_600_000)).toEqual({
      kind: 'retry',
      why: 'HTTP 401: timestamp',
    });
  });
});

test('the signature is that of the specification', () => {
  // The vector of the specification's own libraries.
  const message = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestampS: 1_614_265_330,
    body: '{"test": 2432232314}',
  };
  expect(signaturesOf(message, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});

test('no value of an event breaks the schema or the bound, or moves, hides or reorders anything', () => {
  fc.assert(
    fc.property(fc.oneof(anyHostile, fc.constantFrom(...HOSTILE)), (value) => {
      const [request] = webhook.render(alertWith(value), sending());
      check(request!.body);
      expect(request!.body.length).toBeLessThan(64_000);
      const texts: string[] = [];
      JSON.parse(request!.body, (_, each: unknown) => {
        if (typeof each === 'string') texts.push(each);
        return each;
      });
      expect(texts.join('').replaceAll('\n', '')).not.toMatch(UNSEEN);
    }),
  );
});

describe('answers', () => {
  const answer = (status: number) => webhook.read({ status, headers: {}, body: '' }).kind;

  test.for([
    [200, 'delivered'],
    [204, 'delivered'],
    [301, 'retry'],
    [307, 'retry'],
    [400, 'retry'],
    [401, 'retry'],
    [404, 'retry'],
    [410, 'refused'],
    [429, 'retry'],
    [500, 'retry'],
    [504, 'retry'],
  ] as const)('%i is %s', ([status, kind]) => {
    expect(answer(status)).toBe(kind);
  });
});

test.for([
  ['https://example.com/hook', []],
  ['http://127.0.0.1:8080/hook', []],
  ['http://[::1]/hook', []],
  ['http://localhost/hook', []],
  ['http://example.com/hook', ['url: expected https:// (http:// only to 127.0.0.1, [::1] or localhost)']],
  [
    'http://127.0.0.1.example.com/',
    ['url: expected https:// (http:// only to 127.0.0.1, [::1] or localhost)'],
  ],
  ['http://localhost@example.com/', ['url: expected no name and password in the URL']],
  ['https://user:pass@example.com/', ['url: expected no name and password in the URL']],
  ['https://example.com/#x', ['url: expected no fragment (#…) in the URL']],
  ['file:///etc/passwd', ['url: expected https:// (http:// only to 127.0.0.1, [::1] or localhost)']],
  ['example.com/hook', ['url: expected a URL such as https://example.com/hook']],
] as const)('an address: %s', ([url, faults]) => {
  expect(webhook.faults({ url, signingSecrets: [NEW] })).toEqual(faults);
});

test.for([[[]], [['short']], [['whsec_c2hvcnQ=']], [[NEW, 'whsec_']]] as const)(
  'secrets that are none: %o',
  ([signingSecrets]) => {
    expect(webhook.faults({ url: 'https://example.com', signingSecrets })).not.toEqual([]);
  },
);
