import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseDocument } from '../../shared/json/document.ts';
import type { JsonDocument, JsonObject } from '../../shared/json/json.ts';
import type { Mapped, NativeRecord, Source } from '../../shared/sources/source.ts';

export interface Golden {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly input: JsonObject;
  readonly output: unknown;
}

export const RECEIVED_AT = new Date('2026-03-03T00:00:00.000Z');

/** The golden events of a source, in test/golden/sources/<folder>. */
export function goldens(folder: string): readonly Golden[] {
  const directory = pathOf(folder, '');
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const kept = JSON.parse(readFileSync(pathOf(folder, file), 'utf8'));
      return { headers: {}, ...kept, name: file.replace('.json', '') } as Golden;
    });
}

/** With UPDATE=1 the output is written into the golden file instead of being compared. */
export function rewrite(folder: string, { name, headers, input }: Golden, output: unknown): boolean {
  if (process.env['UPDATE'] !== '1') return false;
  const kept = Object.keys(headers).length === 0 ? { input, output } : { headers, input, output };
  writeFileSync(pathOf(folder, `${name}.json`), `${JSON.stringify(kept, null, 2)}\n`);
  return true;
}

function pathOf(folder: string, file: string): string {
  return fileURLToPath(new URL(`../golden/sources/${folder}/${file}`, import.meta.url));
}

export function documentOf(value: unknown): JsonDocument {
  const parsed = parseDocument(JSON.stringify(value));
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return parsed.value;
}

export function recordsOf(
  source: Source,
  value: unknown,
  attributes: Readonly<Record<string, string>> = {},
): readonly NativeRecord[] {
  return source.split(documentOf(value), { attributes, receivedAt: RECEIVED_AT }).records;
}

/** Maps a document that holds one record of the source. */
export function mapOne(
  source: Source,
  value: unknown,
  attributes: Readonly<Record<string, string>> = {},
): Mapped {
  const [record] = recordsOf(source, value, attributes);
  if (record === undefined) throw new Error('expected one record, found none');
  const mapped = source.map(record);
  if ('unmapped' in mapped) throw new Error(mapped.unmapped);
  return mapped;
}
