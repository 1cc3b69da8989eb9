import { readdirSync, readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { validateEvent } from '../../shared/ocsf/validate.ts';
import { sources } from '../../shared/sources/index.ts';
import { readEnvelope } from '../../shared/sources/read.ts';
import type { Reading } from '../../shared/sources/source.ts';
import { sharedFile } from '../shared-data.ts';
import { type Golden, goldens, RECEIVED_AT } from './github-golden.ts';
import { hasValidator, loadValidator } from './github-ocsf.ts';

const webhooks = goldens('github.webhook');
const entries = goldens('github.audit');

function read(value: unknown, attributes: Readonly<Record<string, string>> = {}): Reading {
  const body = new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
  const random = (sizeBytes: number) => new Uint8Array(sizeBytes);
  const envelope = { source: undefined, receivedAt: RECEIVED_AT, body, attributes };
  return readEnvelope(envelope, { sources, random, salt: new Uint8Array(32) });
}

const headersOf = ({ headers }: Golden) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));

test.each(webhooks)(
  'webhook $name is one event by HTTP, from a kept request and as its body alone',
  (golden) => {
    const roads = [
      read(golden.input, golden.headers),
      read({ headers: headersOf(golden), body: golden.input }),
      read({ headers: headersOf(golden), body: JSON.stringify(golden.input) }),
      read({
        headers: headersOf(golden),
        body: `payload=${encodeURIComponent(JSON.stringify(golden.input))}`,
      }),
    ];
    const [first] = roads;
    expect(first?.events).toHaveLength(1);
    for (const { events, rejects, control } of roads) {
      expect({ rejects, control }).toEqual({ rejects: [], control: 0 });
      expect(events.map(({ source, uid, essence }) => ({ source, uid, essence }))).toEqual(
        first?.events.map(({ uid, essence }) => ({ source: 'github.webhook', uid, essence })),
      );
    }
    expect(read(golden.input).events.map(({ source }) => source)).toEqual(['github.webhook']);
  },
);

test('audit entries are the same events one by one, a line each, as a list and in a hub message', () => {
  const inputs = entries.map(({ input }) => input);
  const uids = (reading: Reading) => reading.events.map(({ source, uid }) => `${source} ${uid}`);
  const expected = inputs.flatMap((input) => uids(read(input)));
  expect(expected.every((uid) => uid.startsWith('github.audit '))).toBe(true);
  const lines = inputs.map((input) => JSON.stringify(input)).join('\n');
  for (const road of [lines, inputs, { records: inputs }]) expect(uids(read(road))).toEqual(expected);
});

test('a list may mix entries, bodies, kept requests and pings', () => {
  const [entry, hook] = [entries[0], webhooks[0]];
  const ping = { zen: 'Half measures are as bad as nothing at all.', hook_id: 1, hook: {} };
  const reading = read([entry?.input, hook?.input, { headers: hook?.headers, body: hook?.input }, ping]);
  expect(reading.events.map(({ source }) => source)).toEqual([
    'github.audit',
    'github.webhook',
    'github.webhook',
  ]);
  expect(reading.control).toBe(1);
});

test.each([...webhooks, ...entries])(
  '$name passes our own validator as it is stored',
  ({ input, headers }) => {
    const [event] = read(input, headers).events;
    expect(validateEvent(JSON.parse(event?.line ?? '{}'))).toEqual([]);
  },
);

test('no secret of a golden event reaches a line', () => {
  for (const { input, headers } of [...webhooks, ...entries]) {
    for (const { line } of read(input, headers).events) {
      expect(line).not.toMatch(/AKIAIOSFODNN7EXAMPLE|not-for-the-trail|hook-secret-example/);
    }
  }
});

test('what is not a secret is left alone: hashes of tokens join events', () => {
  const push = entries.find(({ name }) => name === 'git-push');
  expect(read(push?.input).events[0]?.line).toContain('Zm9vYmFyZXhhbXBsZQ==');
});

test('an event dated by its receipt says so to every reader', () => {
  const deleted = webhooks.find(({ name }) => name === 'branch-protection-rule-deleted');
  const event = JSON.parse(read(deleted?.input, deleted?.headers).events[0]?.line ?? '{}');
  expect(event).toMatchObject({
    time: RECEIVED_AT.getTime(),
    unmapped: { trailproof: { timeIsReceipt: true } },
  });
});

const folders = ['github-webhooks', 'github-audit-log', '_synth/github-webhooks'].map((name) =>
  sharedFile(`samples/${name}`),
);
const present = folders.filter((folder) => folder !== undefined);

test.skipIf(present.length === 0 || !hasValidator)(
  'every GitHub sample is read whole, by the right source, into valid events',
  async () => {
    const validate = await loadValidator();
    const counts = { events: 0, control: 0 };
    for (const file of present.flatMap(filesBelow)) {
      const reading = read(readFileSync(file, 'utf8'));
      expect({ file, read: reading.events.length + reading.control, rejects: reading.rejects }).toEqual({
        file,
        read: 1,
        rejects: [],
      });
      for (const { source, line } of reading.events) {
        const event = JSON.parse(line);
        const own = /"action":\s*"[a-z_]+\./.test(readFileSync(file, 'utf8'))
          ? 'github.audit'
          : 'github.webhook';
        expect({ file, source, errors: validate(event), own: validateEvent(event) }).toEqual({
          file,
          source: own,
          errors: [],
          own: [],
        });
      }
      counts.events += reading.events.length;
      counts.control += reading.control;
    }
    expect(counts.events).toBeGreaterThan(100);
    expect(counts.control).toBeGreaterThan(0);
  },
);

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name !== '_schemas')
    .flatMap((name) =>
      statSync(`${folder}/${name}`).isDirectory() ? filesBelow(`${folder}/${name}`) : [`${folder}/${name}`],
    );
}
