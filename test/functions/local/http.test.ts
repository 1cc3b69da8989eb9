import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { type Delivery, type Refusal, type RunningServer, serve } from '../../../functions/local/http.ts';
import type { Route } from '../../../functions/local/route.ts';

const TOKEN = 'token-of-this-hub';
const SECRET = 'secret-of-the-hook';
let running: RunningServer | undefined;
let taken: Delivery[];
let refused: Refusal[];

async function start(routes: readonly Route[] = []): Promise<void> {
  taken = [];
  refused = [];
  running = await serve({
    port: 0,
    gate: { token: TOKEN, githubSecrets: ['an older secret', SECRET] },
    sources: ['github.webhook', 'aws.cloudtrail'],
    take: async (delivery) => {
      taken.push(delivery);
      return { status: 202, body: { read: 1 } };
    },
    refused: (refusal) => refused.push(refusal),
    routes,
  });
}

afterEach(async () => {
  await running?.close();
  running = undefined;
});

function send(options: { path?: string; method?: string; headers?: Record<string, string>; body?: string }) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port: running?.port,
        path: options.path ?? '/ingest/github.webhook',
        method: options.method ?? 'POST',
        headers: { ...options.headers },
      },
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    call.on('error', reject);
    call.end(options.body ?? '{}');
  });
}

const bearer = { authorization: `Bearer ${TOKEN}` };
const sign = (body: string, secret = SECRET) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

test('a body with the token is taken, byte for byte, without its secret headers', async () => {
  await start();
  const answer = await send({
    headers: { ...bearer, 'x-github-event': 'push', cookie: 'a=b' },
    body: '{ "a":1 }\n',
  });
  expect(answer.status).toBe(202);
  expect(Buffer.from(taken[0]?.body ?? []).toString()).toBe('{ "a":1 }\n');
  expect(taken[0]?.attributes['x-github-event']).toBe('push');
  expect(taken[0]?.attributes).not.toHaveProperty('authorization');
  expect(taken[0]?.attributes).not.toHaveProperty('cookie');
});

test('a right signature stands in for the token, under an older secret too', async () => {
  await start();
  expect((await send({ headers: { 'x-hub-signature-256': sign('{}') } })).status).toBe(202);
  expect((await send({ headers: { 'x-hub-signature-256': sign('{}', 'an older secret') } })).status).toBe(
    202,
  );
});

test('a wrong signature is refused even beside the right token', async () => {
  await start();
  const answer = await send({ headers: { ...bearer, 'x-hub-signature-256': sign('other') } });
  expect(answer.status).toBe(401);
  expect(refused[0]?.why).toContain('X-Hub-Signature-256');
  expect(refused[0]?.attributes).not.toHaveProperty('x-hub-signature-256');
  expect(taken).toEqual([]);
});

test.each([
  ['no token', {}],
  ['another token', { authorization: 'Bearer other' }],
  ['another scheme', { authorization: `Basic ${TOKEN}` }],
])('%s is refused', async (_, headers) => {
  await start();
  expect((await send({ headers })).status).toBe(401);
  expect(taken).toEqual([]);
});

test('a name that another site points at loopback is refused', async () => {
  await start();
  expect((await send({ headers: { ...bearer, host: 'attacker.example:80' } })).status).toBe(421);
  expect((await send({ headers: { ...bearer, host: 'localhost:8080' } })).status).toBe(202);
});

test('a form is unwrapped after its signature over the form was checked', async () => {
  await start();
  const form = `payload=${encodeURIComponent('{"zen":"+ & %"}')}`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-hub-signature-256': sign(form) };
  expect((await send({ headers, body: form })).status).toBe(202);
  expect(Buffer.from(taken[0]?.body ?? []).toString()).toBe('{"zen":"+ & %"}');
});

test.each([
  ['/', 'POST', 404],
  ['/ingest/nothing', 'POST', 404],
  ['/ingest/../keys', 'POST', 404],
  ['/ingest/aws.cloudtrail', 'PUT', 405],
])('%s by %s is answered %i', async (path, method, status) => {
  await start();
  expect((await send({ path, method, headers: bearer })).status).toBe(status);
});

test('a route answers what is its own, streams what is long, and never sees another host or a delivery', async () => {
  const seen: string[] = [];
  await start([
    async () => undefined,
    async ({ method, path, query, body }) => {
      seen.push(`${method} ${path} ${query.get('a')} ${Buffer.from(body).toString()}`);
      if (path !== '/page') return undefined;
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: chunks() };
    },
  ]);
  expect(await send({ path: '/page?a=b%20c', body: 'form' })).toEqual({ status: 200, body: 'one,two' });
  expect((await send({ path: '/other' })).status).toBe(404);
  expect((await send({ path: '/page', headers: { host: 'attacker.example' } })).status).toBe(421);
  expect((await send({ headers: bearer })).status).toBe(202);
  expect((await send({ path: '/page', body: 'x'.repeat(1024 * 1024 + 1) })).status).toBe(413);
  expect(seen).toEqual(['POST /page b c form', 'POST /other null {}']);
});

async function* chunks(): AsyncGenerator<string> {
  yield 'one,';
  yield 'two';
}
