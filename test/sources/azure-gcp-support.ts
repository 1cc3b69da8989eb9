import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseDocument, parseWhole } from '../../shared/json/document.ts';
import type { JsonDocument, JsonValue } from '../../shared/json/json.ts';
import { compact } from '../../shared/ocsf/compact.ts';
import { complete } from '../../shared/ocsf/complete.ts';
import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import { validateEvent } from '../../shared/ocsf/validate.ts';
import type { Mapped, NativeRecord, Source, Split, Unmapped } from '../../shared/sources/source.ts';
import { sharedFile } from '../shared-data.ts';

const RECEIVED_AT = new Date('2026-07-04T00:00:00Z');

export function documentOf(text: string): JsonDocument {
  const parsed = parseDocument(text);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return parsed.value;
}

export function splitText(source: Source, text: string): Split {
  const parsed = parseWhole(text);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return source.split(parsed.value, { attributes: {}, receivedAt: RECEIVED_AT });
}

export function split(source: Source, value: unknown): Split {
  return splitText(source, JSON.stringify(value));
}

export function accepts(source: Source, value: unknown): boolean {
  return source.accepts(value as JsonValue, {});
}

/** Every record in a value as its source maps it. */
export function readAll(source: Source, value: unknown): readonly (Mapped | Unmapped)[] {
  return split(source, value).records.map((record) => source.map(record));
}

/** The one record in a value, mapped. */
export function readOne(source: Source, value: unknown): Mapped {
  const [mapped, ...others] = readAll(source, value);
  if (mapped === undefined || others.length > 0)
    throw new Error(`expected one record, found ${others.length + 1}`);
  if ('unmapped' in mapped) throw new Error(mapped.unmapped);
  return mapped;
}

/** What makes two records the same event, and what would make them contradict each other. */
export function identityOf(mapped: Mapped): { id: unknown; essence: unknown } {
  return { id: [mapped.tenant, mapped.nativeId], essence: mapped.essence };
}

export function nativeRecord(value: unknown): NativeRecord {
  return { ...documentOf(JSON.stringify(value)), attributes: {} };
}

/** The event as the reader stores it, but for its bytes. */
export function eventOf(source: Source, mapped: Mapped): OcsfEvent {
  return complete(mapped.body, {
    uid: '00',
    originalEventUid: mapped.originalEventUid,
    product: source.product,
  });
}

/** What is wrong with an event: by our own validator, and by the published schema where that lies beside us. */
export function faultsOf(source: Source, mapped: Mapped): readonly string[] {
  const event = eventOf(source, mapped);
  return [...validateEvent(event), ...publishedFaults(event)];
}

/** What the published schema has against an event; nothing where the schema is not beside the checkout. */
export function publishedFaults(event: unknown): readonly string[] {
  return published?.(event) ?? [];
}

const published = await publishedSchema();

async function publishedSchema(): Promise<((event: unknown) => readonly string[]) | undefined> {
  const tool = sharedFile('tools/ocsf-validate.mjs');
  const schema = sharedFile('ocsf/ocsf-schema-1.8.0.json');
  if (tool === undefined || schema === undefined) return undefined;
  const { loadSchema, Validator } = await import(tool);
  const validator = new Validator(loadSchema(schema));
  return (event) => validator.validate(JSON.parse(JSON.stringify(event)), { checkVersion: true }).errors;
}

/** One golden file: what came in, and all that a source makes of it. */
export interface Golden {
  readonly name: string;
  readonly input: unknown;
  readonly expected: unknown;
  readonly update: (found: unknown) => void;
}

export function goldenFiles(folder: string): readonly Golden[] {
  const root = new URL(`../golden/sources/${folder}/`, import.meta.url);
  return readdirSync(fileURLToPath(root))
    .toSorted()
    .map((name) => {
      const file = fileURLToPath(new URL(name, root));
      const { input, expected } = JSON.parse(readFileSync(file, 'utf8'));
      const update = (found: unknown) =>
        writeFileSync(file, `${JSON.stringify({ input, expected: found }, null, 2)}\n`);
      return { name, input, expected, update };
    });
}

/** What a golden file holds of an input: counts, and each record with its identity and its event. */
export function told(source: Source, input: unknown): unknown {
  const { records, rejects, control } = split(source, input);
  const found = {
    accepted: accepts(source, input),
    control,
    rejects: rejects.map(({ reason, message }) => ({ reason, message })),
    secrets: records.flatMap((record) => source.secretsIn?.(record) ?? []).map((path) => path.join(' > ')),
    records: records.map((record) => {
      const mapped = source.map(record);
      return 'unmapped' in mapped ? mapped : { ...mapped, body: compact(mapped.body) };
    }),
  };
  return JSON.parse(JSON.stringify(found));
}

/** Files below a folder of the reference data; none where it is not there. */
export function sharedFiles(folder: string): readonly { name: string; text: string }[] {
  const root = sharedFile(folder);
  if (root === undefined) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ name }) => name)
    .toSorted()
    .map((name) => ({ name, text: readFileSync(`${root}/${name}`, 'utf8').replace(/^\uFEFF/, '') }));
}
