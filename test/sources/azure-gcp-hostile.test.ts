import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonValue } from '../../shared/json/json.ts';
import { azureActivity } from '../../shared/sources/azure-activity.ts';
import { gcpAudit } from '../../shared/sources/gcp-audit.ts';
import type { Source } from '../../shared/sources/source.ts';
import { faultsOf, goldenFiles, nativeRecord, split } from './azure-gcp-support.ts';

const SOURCES: readonly [string, Source][] = [
  ['azure.activity', azureActivity],
  ['gcp.audit', gcpAudit],
];

/** Values that mappings trip over, beside those that JSON has anyway. */
const awkward = fc.oneof(
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      ...['', ' ', '/', '//', '.', '/subscriptions/', 'projects/', '@', '{', '[', '{"a":', '{}', '[]', '"x"'],
      ...[
        '__proto__',
        'constructor',
        'toString',
        '\ud800',
        '\u0000',
        '?',
        '%2F',
        'a'.repeat(5000),
        '/'.repeat(3000),
      ],
      ...[
        '2026-07-03T09:00:00Z',
        '9999-99-99',
        'principal://',
        'sha256:',
        'x@sha256:',
        'user:',
        '203.0.113.7:99999',
      ],
      ...[0, -1, 7, 1e308, 99, true, false, [], {}, [null], [[]], [{}], [''], { name: {} }, { code: 'x' }],
    ),
  },
);

/** Every record of the golden files, as something to spoil. */
const samples = new Map(
  SOURCES.map(([folder, source]) => [
    folder,
    goldenFiles(folder).flatMap(({ input }) => split(source, input).records.map(({ value }) => value)),
  ]),
);

/** A record with some of its members, at any depth, replaced or taken away. */
function spoiled(record: JsonValue): fc.Arbitrary<unknown> {
  const paths = pathsOf(record, []);
  const change = fc.tuple(fc.constantFrom(...paths), fc.oneof(awkward, fc.constant(undefined)));
  return fc.array(change, { minLength: 1, maxLength: 6 }).map((changes) => {
    const copy = structuredClone(record);
    // A copy of each value: a later change may land inside it, and the constants serve every run.
    for (const [path, value] of changes) put(copy, path, structuredClone(value));
    return JSON.parse(JSON.stringify(copy) ?? 'null');
  });
}

function pathsOf(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

function put(target: unknown, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (typeof target !== 'object' || target === null || key === undefined) return;
  if (rest.length === 0)
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else put((target as Record<string, unknown>)[key], rest, value);
}

test.each(SOURCES)(
  '%s never throws on a spoiled record, and what it maps is valid OCSF',
  (folder, source) => {
    const records = (samples.get(folder) ?? []).filter(
      (value) => typeof value === 'object' && value !== null,
    );
    fc.assert(
      fc.property(fc.constantFrom(...records).chain(spoiled), (value) => {
        source.accepts(value as JsonValue, {});
        const record = nativeRecord(value);
        source.secretsIn?.(record);
        const mapped = source.map(record);
        if ('body' in mapped) expect(faultsOf(source, mapped)).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  },
);

const wrap = (inner: fc.Arbitrary<unknown>) =>
  fc.oneof(
    inner,
    fc.array(inner, { maxLength: 3 }),
    ...[
      'records',
      'value',
      'body',
      'message',
      'data',
      'data_base64',
      'entries',
      'receivedMessages',
      'tables',
      'rows',
    ].map((key) =>
      fc.oneof(inner, fc.array(inner, { maxLength: 3 })).map((value) => ({ [key]: value, headers: {} })),
    ),
    inner.map((value) => JSON.stringify(value) ?? ''),
    inner.map((value) => Buffer.from(JSON.stringify(value) ?? '').toString('base64')),
  );

test.each(SOURCES)('%s splits any envelope and loses nothing of it', (folder, source) => {
  const leaf = fc.oneof(awkward, fc.constantFrom<unknown>(...(samples.get(folder) ?? [])));
  fc.assert(
    fc.property(wrap(wrap(wrap(leaf))), (value) => {
      const text = JSON.stringify(value);
      if (text === undefined) return;
      source.accepts(JSON.parse(text), {});
      const { records, rejects, control } = split(source, JSON.parse(text));
      expect(records.length + rejects.length + control).toBeGreaterThan(0);
      for (const record of records) {
        source.map(record);
        expect(JSON.parse(record.text)).toEqual(record.value);
      }
    }),
    { numRuns: 1500 },
  );
});

test.each(SOURCES)('%s leaves the prototype of objects alone', (_, source) => {
  const text =
    '{"__proto__":{"polluted":true},"category":"Administrative","protoPayload":{"__proto__":{"polluted":true},"methodName":"m"},"operationName":"A.B/c/write","resourceId":"/subscriptions/s","time":"2026-07-03T09:00:00Z","timestamp":"2026-07-03T09:00:00Z"}';
  const record = { text, value: JSON.parse(text) as JsonValue, attributes: {} };
  expect(source.map(record)).toHaveProperty('body');
  expect(source.secretsIn?.(record)).toEqual([]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test.each(SOURCES)('%s answers in time for texts made to be slow', (_, source) => {
  const slow = [
    '\\'.repeat(200_000),
    '"a'.repeat(100_000),
    '/'.repeat(200_000),
    'a@'.repeat(100_000),
    '{"'.repeat(100_000),
  ];
  for (const text of slow) {
    const value = {
      ...{
        time: '2026-07-03T09:00:00Z',
        category: 'Administrative',
        operationName: `A.B/${text}`,
        resourceId: `/subscriptions/${text}`,
      },
      ...{
        properties: { requestbody: `"${text}`, statusMessage: text, secret: text },
        callerIpAddress: text,
        identity: { claims: { upn: text } },
      },
      ...{ timestamp: '2026-07-03T09:00:00Z', insertId: text },
      protoPayload: {
        ...{
          methodName: text,
          serviceName: 'storage.googleapis.com',
          resourceName: text,
          status: { code: 7, message: text },
        },
        ...{
          authenticationInfo: { principalSubject: `principal://iam.googleapis.com/${text}` },
          request: { password: text, x: `"${text}` },
        },
      },
    };
    const record = nativeRecord(value);
    expect(source.secretsIn?.(record).length).toBeGreaterThan(0);
    expect(source.map(record)).toHaveProperty('body');
  }
});
