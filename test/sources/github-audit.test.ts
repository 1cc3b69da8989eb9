import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '../../shared/json/json.ts';
import { githubAudit } from '../../shared/sources/github-audit.ts';
import { githubWebhook } from '../../shared/sources/github-webhook.ts';
import { sharedFile } from '../shared-data.ts';
import { documentOf, goldens, mapOne, RECEIVED_AT, recordsOf, rewrite } from './github-golden.ts';
import { eventOf, hasValidator, loadValidator } from './github-ocsf.ts';

const FOLDER = 'github.audit';
const events = goldens(FOLDER);
const input = (name: string) => structuredClone(events.find((each) => each.name === name)?.input ?? {});

test.each(events)('$name is mapped as its golden file says', (golden) => {
  const mapped = mapOne(githubAudit, golden.input);
  if (rewrite(FOLDER, golden, mapped)) return;
  expect(JSON.parse(JSON.stringify(mapped))).toEqual(golden.output);
});

test.skipIf(!hasValidator)('every golden event is valid OCSF 1.8.0', async () => {
  const validate = await loadValidator();
  for (const { name, input } of events) {
    expect({ name, errors: validate(eventOf(mapOne(githubAudit, input).body)) }).toEqual({
      name,
      errors: [],
    });
  }
});

describe('recognition', () => {
  test('an entry, a list of entries and an Event Hub message are accepted and split', () => {
    const [one, two] = [input('git-push'), input('team-created')];
    for (const value of [one, [one, two], { records: [one, two] }, [null, 'x', one]]) {
      expect(githubAudit.accepts(documentOf(value).value, {})).toBe(true);
    }
    expect(recordsOf(githubAudit, [one, two]).map(({ value }) => value)).toEqual([one, two]);
    expect(recordsOf(githubAudit, { records: [one, two] }).map(({ text }) => text)).toEqual(
      [one, two].map((each) => JSON.stringify(each)),
    );
  });

  test('each record keeps the characters it was received in', () => {
    const text = '[ {"_document_id":"a",  "action":"repo.create","big":12345678901234567890, "actor":"x"} ]';
    const split = githubAudit.split(
      { text, value: JSON.parse(text) },
      { attributes: {}, receivedAt: RECEIVED_AT },
    );
    expect(split.records[0]?.text).toBe(text.slice(2, -2));
  });

  test('webhook bodies and other JSON are not accepted', () => {
    const others = [
      ...goldens('github.webhook').map((each) => each.input),
      { action: 'created', actor: 'x' },
      { action: 'Microsoft.Web/sites/write', actor: 'x' },
      { action: 'repo.create' },
      { action: 'repo.create', actor: { login: 'x' } },
      { records: [] },
      [],
      null,
      'repo.create',
    ];
    for (const value of others) expect(githubAudit.accepts(documentOf(value).value, {})).toBe(false);
  });

  test('a foreign element of a list becomes no event of ours, and says so', () => {
    const records = recordsOf(githubAudit, [input('git-push'), { other: 1 }, 7]);
    expect(records).toHaveLength(3);
    expect(records.slice(1).every((record) => 'unmapped' in githubAudit.map(record))).toBe(true);
  });
});

describe('identity', () => {
  const identity = (value: unknown) => {
    const { tenant, nativeId, essence } = mapOne(githubAudit, value);
    return { tenant, nativeId, essence };
  };

  test('an entry has one uid and essence through REST, streaming, hubs and renaming stores', () => {
    const entry = input('branch-protection-removed');
    const { '@timestamp': time, ...rest } = entry;
    const { business, business_id, ...withoutBusiness } = entry;
    const renamed = {
      ...rest,
      at_sign_timestamp: new Date(Number(time)).toISOString(),
      p_log_type: 'GitHub.Audit',
    };
    const texts = { ...entry, actor_id: '1001', repo_id: '700123', org: ['example-org'], org_id: '500' };
    for (const road of [renamed, withoutBusiness, texts, { ...entry, created_at: null }]) {
      expect(identity(road)).toEqual(identity(entry));
    }
  });

  test('organisations of a bulk event are one tenant in any order', () => {
    const entry = input('bulk-organizations');
    expect(identity({ ...entry, org: ['example-org', 'example-two'] })).toEqual(identity(entry));
  });

  test('another actor, time, action, repository or user makes another essence', () => {
    const entry = input('collaborator-added-as-admin');
    const essences = [
      entry,
      { ...entry, actor: 'mallory' },
      { ...entry, '@timestamp': 1 + Number(entry['@timestamp']) },
      { ...entry, action: 'repo.remove_member' },
      { ...entry, repo: 'example-org/other' },
      { ...entry, user: 'mallory' },
    ].map((each) => JSON.stringify(identity(each).essence));
    expect(new Set(essences).size).toBe(essences.length);
  });

  test('an entry without _document_id leaves its raw text to be hashed', () => {
    expect(mapOne(githubAudit, input('without-id-or-time')).nativeId).toBeUndefined();
  });

  test('without a time the time of receipt counts, is marked, and is no part of the essence', () => {
    const { body, essence } = mapOne(githubAudit, input('without-id-or-time'));
    expect(body.time).toBe(RECEIVED_AT.getTime());
    expect(body.metadata.labels).toEqual(['time-of-receipt']);
    expect(essence[0]).toBeUndefined();
  });
});

describe('secrets and hostile members', () => {
  test('a hook’s secret and a token are redacted by path and never copied', () => {
    const entry = {
      ...input('hook-created'),
      token: 'ghp-example',
      data: { config: { secret: 's3cret-example' } },
    };
    const text = JSON.stringify(mapOne(githubAudit, entry));
    for (const secret of ['hook-secret-example', 'ghp-example', 's3cret-example'])
      expect(text).not.toContain(secret);
    for (const path of [['config', 'secret'], ['token'], ['data', 'config', 'secret']]) {
      expect(githubAudit.secretPaths).toContainEqual(path);
      expect(at(entry, ...path)).toBeTypeOf('string');
    }
  });

  test('members named __proto__ or trailproof do not reach unmapped', () => {
    const text =
      '{"action":"repo.create","actor":"x","__proto__":{"polluted":1},"trailproof":{"nonce":"forged"},"k":1}';
    const mapped = githubAudit.map({ text, value: JSON.parse(text), attributes: {} });
    expect('body' in mapped && mapped.body.unmapped).toEqual({ k: 1 });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('mapping never throws, whatever the members hold', () => {
    const keys = Object.keys(Object.assign({}, ...events.map((each) => each.input)));
    const wild = fc.dictionary(fc.constantFrom(...keys, '__proto__', 'data'), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(
        wild,
        fc.constantFrom(...events),
        fc.dictionary(fc.string(), fc.string()),
        (extra, base, attributes) => {
          const value = JSON.parse(JSON.stringify({ ...base.input, ...extra }));
          for (const each of [value, [value], { records: [value, extra] }]) {
            githubAudit.accepts(each, attributes);
            for (const record of recordsOf(githubAudit, each, attributes)) githubAudit.map(record);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test.skipIf(!hasValidator)('hostile members never make an invalid event', async () => {
    const validate = await loadValidator();
    const keys = Object.keys(Object.assign({}, ...events.map((each) => each.input)));
    const wild = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
    fc.assert(
      fc.property(wild, fc.constantFrom(...events), (extra, base) => {
        const [record] = recordsOf(githubAudit, { ...base.input, ...extra });
        const mapped = record === undefined ? undefined : githubAudit.map(record);
        if (mapped === undefined || 'unmapped' in mapped) return;
        expect(validate(eventOf(mapped.body))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('reference data', () => {
  const samples = sharedFile('samples/github-audit-log');

  test.skipIf(samples === undefined || !hasValidator)(
    'every audit sample is ours and valid, every other a webhook',
    async () => {
      const validate = await loadValidator();
      for (const file of readdirSync(samples ?? '')) {
        const value = JSON.parse(readFileSync(`${samples}/${file}`, 'utf8'));
        const isAudit =
          typeof value.action === 'string' && value.action.includes('.') && typeof value.actor === 'string';
        expect({ file, audit: githubAudit.accepts(value, {}) }).toEqual({ file, audit: isAudit });
        if (!isAudit) {
          expect({ file, webhook: githubWebhook.accepts(value, {}) }).toEqual({ file, webhook: true });
          continue;
        }
        expect(githubWebhook.accepts(value, {})).toBe(false);
        expect({ file, errors: validate(eventOf(mapOne(githubAudit, value).body)) }).toEqual({
          file,
          errors: [],
        });
      }
    },
  );

  const assertions = sharedFile('ocsf/pairs/ASSERTIONS.jsonl');

  test.skipIf(assertions === undefined)('what others assert of audit entries holds', () => {
    const lines = readFileSync(assertions ?? '', 'utf8')
      .split('\n')
      .filter((line) => line.includes('github-audit__'));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const { source, n, expect: expected, defects } = JSON.parse(line);
      // The class of ocsfkit's pair (a process) is what its README calls a poor mapping.
      if (defects.length > 0) continue;
      if (source === 'github-audit__ocsfkit') delete expected.class_uid;
      const raw = JSON.parse(readFileSync(sharedFile(`ocsf/pairs/${source}/${n}.raw.json`) ?? '', 'utf8'));
      const { body, originalEventUid } = mapOne(githubAudit, raw);
      const { source_event_id, ...paths } = expected;
      const found = Object.fromEntries(
        Object.keys(paths).map((path) => [path, at(JSON.parse(JSON.stringify(body)), ...path.split('.'))]),
      );
      expect({ n: `${source}/${n}`, ...found }).toEqual({ n: `${source}/${n}`, ...paths });
      expect(originalEventUid).toBe(source_event_id);
    }
  });
});
