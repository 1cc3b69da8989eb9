import { expect, test } from 'vitest';
import { at, type JsonValue } from '../../shared/json/json.ts';
import { azureActivity } from '../../shared/sources/azure-activity.ts';
import { gcpAudit } from '../../shared/sources/gcp-audit.ts';
import type { Mapped, Source } from '../../shared/sources/source.ts';
import { documentOf, eventOf, faultsOf, identityOf, sharedFiles } from './azure-gcp-support.ts';

/** These tests read the reference data that may lie beside a checkout, and are skipped where it does not. */
const SOURCES: readonly [string, Source, readonly string[]][] = [
  ['azure.activity', azureActivity, ['azure-activity', 'azure-eventhub', '_constructed/azure']],
  ['gcp.audit', gcpAudit, ['gcp-audit', 'gcp-gke-audit', 'gcp-eventarc-audit', '_constructed/gcp']],
];

function documents(folder: string): readonly { name: string; text: string }[] {
  return sharedFiles(`samples/${folder}`).flatMap(({ name, text }) => {
    if (name.endsWith('.jsonl'))
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => ({ name, text: line }));
    return name.endsWith('.json') ? [{ name, text }] : [];
  });
}

const isAbsent = sharedFiles('samples/azure-activity').length === 0;

test.skipIf(isAbsent).each(SOURCES)('published samples of %s become valid OCSF', (_, source, folders) => {
  let mapped = 0;
  for (const { name, text } of folders.flatMap(documents)) {
    const document = documentOf(text);
    if (!source.accepts(document.value, {})) continue;
    const { records, rejects } = source.split(document, { attributes: {}, receivedAt: new Date(0) });
    expect(rejects, name).toEqual([]);
    for (const record of records) {
      const found = source.map(record);
      if (!('body' in found)) continue;
      mapped += 1;
      expect(faultsOf(source, found), name).toEqual([]);
      expect(found.body.message, name).not.toMatch(/undefined|\[object/);
    }
  }
  expect(mapped).toBeGreaterThan(90);
});

test.skipIf(isAbsent)('a start and its success over four published shapes are two events', () => {
  const shapes = documents('_constructed/azure').filter(({ name }) =>
    /ResourceWrite|start-success|AzureActivity|rest-activity/.test(name),
  );
  expect(shapes).toHaveLength(4);
  const found = shapes
    .flatMap(({ text }) => mapAll(azureActivity, text))
    .map((mapped) => JSON.stringify(identityOf(mapped)));
  expect(found).toHaveLength(5);
  expect(new Set(found).size).toBe(2);
});

test.skipIf(isAbsent)('one secret read over three published roads is one event', () => {
  const roads = documents('_constructed/gcp').filter(({ name }) =>
    /AccessSecretVersion|wrapped-logentry|eventarc/.test(name),
  );
  expect(roads).toHaveLength(3);
  const found = roads
    .flatMap(({ text }) => mapAll(gcpAudit, text))
    .map((mapped) => JSON.stringify(identityOf(mapped)));
  expect(new Set(found).size).toBe(1);
});

function mapAll(source: Source, text: string): readonly Mapped[] {
  const { records } = source.split(documentOf(text), { attributes: {}, receivedAt: new Date(0) });
  return records.map((record) => source.map(record)).filter((mapped) => 'body' in mapped);
}

interface Assertion {
  readonly source: string;
  readonly n: string;
  readonly expect: Readonly<Record<string, JsonValue>>;
  readonly defects: readonly string[];
}

/** Of the pairs, only this party's mappings are meant to be agreed with; the others are kept for their inputs. */
const assertions = sharedFiles('ocsf/pairs')
  .filter(({ name }) => name === 'ASSERTIONS.jsonl')
  .flatMap(({ text }) => text.trim().split('\n'))
  .map((line): Assertion => JSON.parse(line))
  .filter(
    ({ source, defects }) => /^(azure-activity|gcp-audit)__msaad00$/.test(source) && defects.length === 0,
  );

test.skipIf(isAbsent).each(assertions)(
  '$source $n says what anybody would say of it',
  ({ source: pair, n, expect: expected }) => {
    const source = pair.startsWith('azure') ? azureActivity : gcpAudit;
    const [raw] = sharedFiles(`ocsf/pairs/${pair}`).filter(({ name }) => name === `${n}.raw.json`);
    const [mapped] = mapAll(source, raw?.text ?? '');
    const event = eventOf(source, mapped!);
    for (const [path, value] of Object.entries(expected)) {
      expect(pathOf(event, path), path).toEqual(value);
    }
  },
);

/** Azure's hub shape has no id of its own; what the pair calls one is the correlation. */
function pathOf(event: ReturnType<typeof eventOf>, path: string): unknown {
  if (path === 'source_event_id') return event.metadata.original_event_uid ?? event.metadata.correlation_uid;
  return at(event, ...path.split('.'));
}
