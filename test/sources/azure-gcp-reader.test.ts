import { expect, test } from 'vitest';
import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import { validateEvent } from '../../shared/ocsf/validate.ts';
import { sources } from '../../shared/sources/index.ts';
import { readEnvelope } from '../../shared/sources/read.ts';
import { goldenFiles, publishedFaults, sharedFiles } from './azure-gcp-support.ts';

const OPTIONS = {
  sources,
  random: (sizeBytes: number) => new Uint8Array(sizeBytes),
  salt: new Uint8Array(16),
};

function read(text: string) {
  const receivedAt = new Date('2026-07-04T00:00:00Z');
  return readEnvelope({ source: undefined, receivedAt, body: Buffer.from(text), attributes: {} }, OPTIONS);
}

const lines = (text: string): readonly OcsfEvent[] => read(text).events.map(({ line }) => JSON.parse(line));

test.each(['azure.activity', 'gcp.audit'])('the reader knows every golden input of %s by its shape', (id) => {
  for (const { name, input } of goldenFiles(id)) {
    const { events, rejects, control } = read(JSON.stringify(input));
    expect(events.length + rejects.length + control, name).toBeGreaterThan(0);
    for (const event of events) expect(event.source, name).toBe(id);
    for (const { line } of events) expect(validateEvent(JSON.parse(line)), name).toEqual([]);
  }
});

test('one event read over Event Grid, kept with its headers or not, has one uid', () => {
  const texts = goldenFiles('azure.activity')
    .filter(({ name }) => name === 'grid-failure.json' || name === 'kept-with-headers.json')
    .map(({ input }) => JSON.stringify(input));
  expect(
    new Set(texts.flatMap((text) => read(text).events.map(({ uid, essence }) => `${uid} ${essence}`))).size,
  ).toBe(1);
});

test('a record is stored as received, but for its secrets', () => {
  const record = {
    time: '2026-07-03T09:00:00Z',
    resourceId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm',
    operationName: 'Microsoft.Compute/virtualMachines/write',
    category: 'Administrative',
    resultType: 'Start',
    properties: {
      requestbody: JSON.stringify({ adminUsername: 'root', adminPassword: 'example-password-1' }),
      responseBody: { primaryKey: 'example-key-2', location: 'westeurope' },
    },
  };
  const [event] = lines(JSON.stringify({ records: [record] }));
  expect(JSON.stringify(event)).not.toMatch(/example-password-1|example-key-2/);
  const raw = JSON.parse(event?.raw_data ?? '');
  expect(JSON.parse(raw.properties.requestbody).adminUsername).toBe('root');
  expect(raw.properties.responseBody.location).toBe('westeurope');
  expect(event?.unmapped?.['trailproof']).toMatchObject({ redactions: [{}, {}] });
});

test('another log in the same hub message is a Base Event of the Activity Log, with its bytes', () => {
  const other = { time: '2026-07-03T09:00:00Z', operationName: 'SecretGet', category: 'AuditEvent' };
  const activity = {
    ...other,
    operationName: 'A.B/c/write',
    category: 'Administrative',
    resourceId: '/subscriptions/s',
  };
  const { events } = read(JSON.stringify({ records: [other, activity] }));
  expect(events.map(({ source, line }) => [source, JSON.parse(line).class_uid])).toEqual([
    ['azure.activity', 0],
    ['azure.activity', 6003],
  ]);
  expect(JSON.parse(JSON.parse(events[0]!.line).raw_data)).toEqual(other);
});

test('lines of JSON are read one by one', () => {
  const { events, rejects } = read(
    [1, 2, 3]
      .map((n) =>
        JSON.stringify({
          insertId: `i-${n}`,
          timestamp: '2026-07-03T09:00:00Z',
          logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
          protoPayload: { serviceName: 's', methodName: 'm' },
        }),
      )
      .join('\n'),
  );
  expect([events.length, rejects.length, new Set(events.map(({ uid }) => uid)).size]).toEqual([3, 0, 3]);
});

/** The reference data that may lie beside a checkout; skipped where it does not. */
const folders = [
  'azure-activity',
  'azure-eventhub',
  'azure-alerts',
  '_constructed/azure',
  'gcp-audit',
  'gcp-gke-audit',
];
const more = [
  'gcp-eventarc-audit',
  'gcp-pubsub',
  'gcp-scc',
  'gcp-cloudbuild',
  'gcp-misc',
  '_constructed/gcp',
];
const samples = [...folders, ...more].flatMap((folder) => sharedFiles(`samples/${folder}`));

test.skipIf(samples.length === 0)('no published sample is lost, and every event of one is valid OCSF', () => {
  let counted = 0;
  for (const { name, text } of samples) {
    const { events, rejects, control } = read(text);
    expect(events.length + rejects.length + control, name).toBeGreaterThan(0);
    for (const { line } of events) expect(publishedFaults(JSON.parse(line)), name).toEqual([]);
    counted += events.length;
  }
  expect(counted).toBeGreaterThan(200);
});
