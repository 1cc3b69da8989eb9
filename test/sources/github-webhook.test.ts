import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at, type JsonObject } from '../../shared/json/json.ts';
import { secretsIn } from '../../shared/sources/github-webhook/secrets.ts';
import { githubWebhook } from '../../shared/sources/github-webhook.ts';
import { documentOf, goldens, mapOne, RECEIVED_AT, recordsOf, rewrite } from './github-golden.ts';
import { eventOf, hasValidator, loadValidator } from './github-ocsf.ts';

const FOLDER = 'github.webhook';
const events = goldens(FOLDER);

test.each(events)('$name is mapped as its golden file says', (golden) => {
  const mapped = mapOne(githubWebhook, golden.input, golden.headers);
  if (rewrite(FOLDER, golden, mapped)) return;
  expect(JSON.parse(JSON.stringify(mapped))).toEqual(golden.output);
});

test.skipIf(!hasValidator)('every golden event is valid OCSF 1.8.0', async () => {
  const validate = await loadValidator();
  for (const { name, input, headers } of events) {
    const { body } = mapOne(githubWebhook, input, headers);
    expect({ name, errors: validate(eventOf(body)) }).toEqual({ name, errors: [] });
  }
});

function golden(name: string) {
  const found = events.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no golden event ${name}`);
  return structuredClone(found);
}

/** What decides whether two deliveries are one event. */
function identity(body: JsonObject, headers: Readonly<Record<string, string>>) {
  const { tenant, nativeId, essence } = mapOne(githubWebhook, body, headers);
  return { tenant, nativeId, essence };
}

describe('one fact through several hooks', () => {
  // Neither carries a time that moves with each change: SOURCES allows only the delivery to tell them apart.
  const byDelivery = ['branch-protection-rule', 'repository-ruleset', 'other-member'];
  const facts = events.filter(({ name }) => !byDelivery.some((prefix) => name.startsWith(prefix)));

  test.each(facts)('$name has one uid and essence by repository, organisation and App hook', (fact) => {
    const { organization, ...withoutOrganization } = fact.input;
    const roads: [JsonObject, Record<string, string>][] = [
      [withoutOrganization, { 'x-github-hook-installation-target-type': 'repository' }],
      [fact.input, { 'x-github-hook-installation-target-type': 'organization' }],
      [{ ...fact.input, installation: { id: 5150, node_id: 'I_1' } }, { 'x-github-hook-id': '7' }],
      [{ ...fact.input, enterprise: { id: 9, slug: 'example-enterprise' } }, {}],
      [{ ...withoutOrganization, installation: { id: 5150, account: { login: 'app-owner' } } }, {}],
    ];
    const expected = identity(fact.input, fact.headers);
    expect(expected.nativeId).toBeDefined();
    for (const [index, [body, headers]] of roads.entries()) {
      const delivery = { ...fact.headers, ...headers, 'x-github-delivery': `delivery-${index}` };
      expect(identity(body, delivery)).toEqual(expected);
    }
  });

  test.each(facts.filter(({ name }) => name !== 'other-new-event'))(
    '$name has the same uid and essence without any header',
    (fact) => {
      expect(identity(fact.input, {})).toEqual(identity(fact.input, fact.headers));
    },
  );

  test.each(byDelivery)('%s is the same event only when GitHub redelivers it', (prefix) => {
    for (const { input, headers } of events.filter(({ name }) => name.startsWith(prefix))) {
      const other = { ...headers, 'x-github-delivery': 'another' };
      expect(identity(input, headers)).toEqual(identity(input, { ...headers }));
      expect(identity(input, other).nativeId).not.toEqual(identity(input, headers).nativeId);
      expect(identity(input, other).essence).toEqual(identity(input, headers).essence);
      expect(identity(input, {}).nativeId).toBeUndefined();
    }
  });

  test('all golden events have uids of their own', () => {
    const ids = events.map(({ input, headers }) => JSON.stringify(identity(input, headers).nativeId));
    // One review in three states is one review: they differ in essence.
    const reviews = events.filter(({ name }) => name.startsWith('pull-request-review'));
    expect(new Set(ids).size).toBe(events.length - reviews.length + 1);
    expect(
      new Set(reviews.map(({ input, headers }) => JSON.stringify(identity(input, headers).essence))).size,
    ).toBe(3);
  });

  test('another attempt of a run, state of a deployment or label is another event', () => {
    const run = golden('workflow-run-completed').input;
    const rerun = { ...run, workflow_run: { ...(run['workflow_run'] as JsonObject), run_attempt: 3 } };
    const labeled = golden('pull-request-labeled').input;
    for (const [a, b] of [
      [run, rerun],
      [golden('deployment-status-success').input, golden('deployment-status-in-progress').input],
      [labeled, { ...labeled, label: { id: 72, name: 'later' } }],
      [golden('deployment-review-approved').input, golden('deployment-review-rejected').input],
    ] as const) {
      expect(identity(a, {}).nativeId).not.toEqual(identity(b, {}).nativeId);
    }
  });

  test('a forged copy with another commit, actor or outcome has another essence', () => {
    const run = golden('workflow-run-completed').input;
    const forged = (member: JsonObject, more: JsonObject = {}) => ({
      ...run,
      ...more,
      workflow_run: { ...(run['workflow_run'] as JsonObject), ...member },
    });
    const essences = [
      run,
      forged({ head_sha: 'f'.repeat(40) }),
      forged({ conclusion: 'failure' }),
      forged({ updated_at: '2026-03-02T10:07:31Z' }),
      forged({}, { sender: { login: 'mallory', id: 1 } }),
    ].map((body) => JSON.stringify(identity(body, {}).essence));
    expect(new Set(essences).size).toBe(essences.length);
  });
});

describe('time', () => {
  test('the author’s clock never dates a push', () => {
    const { body } = mapOne(githubWebhook, golden('push-forced').input);
    expect(body.time).toBe(1772445540000);
    expect(body.metadata.labels).toBeUndefined();
  });

  test('an event without a time of GitHub’s is dated by its receipt, marked, and judged without it', () => {
    for (const name of ['push-tag-created', 'branch-protection-rule-deleted', 'other-member-added']) {
      const { body, essence } = mapOne(githubWebhook, golden(name).input);
      expect(body.time).toBe(RECEIVED_AT.getTime());
      expect(body.metadata.labels).toEqual(['time-of-receipt']);
      expect(essence[0]).toBeUndefined();
    }
  });
});

describe('documents', () => {
  const body = golden('workflow-run-completed').input;

  test('a body, a list of bodies and a delivery fetched again are accepted and split', () => {
    const fetched = {
      id: 1,
      guid: 'g-1',
      hook_id: 7,
      event: 'workflow_run',
      request: { headers: {}, payload: body },
    };
    for (const value of [body, [body, body], fetched]) {
      expect(githubWebhook.accepts(documentOf(value).value, {})).toBe(true);
    }
    expect(recordsOf(githubWebhook, [body, body])).toHaveLength(2);
    const [record] = recordsOf(githubWebhook, fetched);
    expect(record?.text).toBe(JSON.stringify(body));
    expect(record?.attributes).toMatchObject({
      'x-github-event': 'workflow_run',
      'x-github-delivery': 'g-1',
    });
  });

  test('a header makes any object a webhook, unless another forge sent it', () => {
    const value = { action: 'entangled' };
    expect(githubWebhook.accepts(value, {})).toBe(false);
    expect(githubWebhook.accepts(value, { 'x-github-event': 'quantum' })).toBe(true);
    expect(githubWebhook.accepts(value, { 'x-github-event': 'push', 'x-gitea-event': 'push' })).toBe(false);
    expect(githubWebhook.accepts(value, { 'x-github-event': '<script>' })).toBe(false);
  });

  test('a ping is control traffic, alone and in a list', () => {
    const ping = {
      zen: 'Design for failure.',
      hook_id: 7,
      hook: { config: { secret: 'x' } },
      sender: { login: 'a' },
    };
    const split = (value: unknown, attributes = {}) =>
      githubWebhook.split(documentOf(value), { attributes, receivedAt: RECEIVED_AT });
    expect(split(ping)).toEqual({ records: [], rejects: [], control: 1 });
    expect(split(ping, { 'x-github-event': 'ping' }).control).toBe(1);
    expect(split([ping, body, ping])).toMatchObject({ records: [{ value: body }], control: 2 });
  });

  test('what is no object is kept for what it is', () => {
    const records = recordsOf(githubWebhook, [body, 'text', 7, null]);
    expect(records.map((record) => 'unmapped' in githubWebhook.map(record))).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });
});

describe('secrets and hostile members', () => {
  test('a found secret is redacted by path and never copied into the finding', () => {
    const { input } = golden('secret-scanning-alert-created');
    expect(githubWebhook.secretPaths).toContainEqual(['alert', 'secret']);
    expect(at(input, 'alert', 'secret')).toBe('AKIAIOSFODNN7EXAMPLE');
    expect(JSON.stringify(mapOne(githubWebhook, input))).not.toContain('AKIAIOSFODNN7EXAMPLE');
  });

  test('secrets that people hand to workflows and deployments are found by their names, and not copied', () => {
    const dispatch = {
      ...golden('other-member-added').input,
      inputs: { api_token: 'example-1', version: '1.4' },
      client_payload: { nested: { password: 'example-2' } },
      deployment: { payload: { client_secret: 'example-3' } },
    };
    const paths = secretsIn(documentOf(dispatch));
    expect(paths.map((path) => at(dispatch, ...path)).sort()).toEqual([
      'example-1',
      'example-2',
      'example-3',
    ]);
    const headers = { 'x-github-event': 'workflow_dispatch' };
    const mapped = mapOne(githubWebhook, { ...dispatch, ref: 'main', workflow: 'w.yml' }, headers);
    expect(JSON.stringify(mapped)).not.toMatch(/example-\d/);
    expect(mapped.body.unmapped).toMatchObject({ inputs: { version: '1.4' } });
  });

  const keys = [...new Set(events.flatMap(({ input }) => Object.keys(input)))];
  const wild = (depth: number) =>
    fc.dictionary(
      fc.constantFrom(...keys, '__proto__', 'changes', 'label', 'ref'),
      fc.jsonValue({ maxDepth: depth }),
      {
        maxKeys: 4,
      },
    );

  test('mapping never throws, whatever the members hold', () => {
    const attributes = fc.dictionary(
      fc.constantFrom('x-github-event', 'x-github-delivery', 'received-at', 'x-github-enterprise-host'),
      fc.oneof(fc.string(), fc.constantFrom('push', 'issues', 'constructor', '__proto__')),
    );
    fc.assert(
      fc.property(wild(4), fc.constantFrom(...events), attributes, (extra, { input }, headers) => {
        for (const value of [{ ...input, ...extra }, [extra], { ...extra }]) {
          githubWebhook.accepts(JSON.parse(JSON.stringify(value)), headers);
          for (const record of recordsOf(githubWebhook, value, headers)) githubWebhook.map(record);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('mapping never throws on a golden body with any one member replaced', () => {
    for (const { input, headers } of events) {
      for (const path of pathsOf(input)) {
        for (const value of [null, 0, '', 'x', [], [null], {}, true, { id: {} }]) {
          const body = structuredClone(input) as JsonObject;
          replace(body, path, value);
          expect(() => mapOne(githubWebhook, body, headers)).not.toThrow();
        }
      }
    }
  });

  test.skipIf(!hasValidator)('hostile members never make an invalid event', async () => {
    const validate = await loadValidator();
    fc.assert(
      fc.property(wild(3), fc.constantFrom(...events), fc.boolean(), (extra, { input, headers }, isBare) => {
        const [record] = recordsOf(githubWebhook, { ...input, ...extra }, isBare ? {} : headers);
        const mapped = record === undefined ? undefined : githubWebhook.map(record);
        if (mapped === undefined || 'unmapped' in mapped) return;
        expect(validate(eventOf(mapped.body))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

/** The paths of all members, two deep: where the mappings look. */
function pathsOf(body: JsonObject): string[][] {
  return Object.keys(body).flatMap((key) => {
    const inner = body[key];
    const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return [[key], ...(isObject ? Object.keys(inner).map((each) => [key, each]) : [])];
  });
}

function replace(body: JsonObject, path: readonly string[], value: unknown): void {
  let target = body as Record<string, unknown>;
  for (const key of path.slice(0, -1)) target = target[key] as Record<string, unknown>;
  target[path.at(-1) ?? ''] = value;
}
