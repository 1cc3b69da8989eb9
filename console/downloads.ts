import type { OcsfEvent } from '../shared/ocsf/event.ts';
import { actorOf, operationOf, outcomeOf, resourceOf, sourceOf } from '../shared/ocsf/names.ts';
import { query } from '../shared/stages/query.ts';
import { formatTime } from './parts.ts';
import type { ConsolePorts } from './ports.ts';
import type { Read } from './views/search.ts';

/** Every event that matches, a line each, exactly as stored. */
export async function* ndjson(ports: ConsolePorts, read: Read): AsyncGenerator<string> {
  for await (const { line } of hits(ports, read)) yield `${line}\n`;
}

const COLUMNS: readonly (readonly [title: string, value: (event: OcsfEvent) => string])[] = [
  ['time (UTC)', ({ time }) => formatTime(time)],
  ['source', sourceOf],
  ['actor', actorOf],
  ['operation', operationOf],
  ['resource', resourceOf],
  ['outcome', outcomeOf],
  ['address', ({ src_endpoint }) => src_endpoint?.ip ?? ''],
  ['account', ({ cloud }) => cloud?.account?.uid ?? ''],
  ['uid', ({ metadata }) => metadata.uid],
];

/** The same as a table (RFC 4180). */
export async function* csv(ports: ConsolePorts, read: Read): AsyncGenerator<string> {
  yield line(COLUMNS.map(([title]) => title));
  for await (const { event } of hits(ports, read)) yield line(COLUMNS.map(([, value]) => value(event)));
}

async function* hits(ports: ConsolePorts, { text, sinceMs, untilMs }: Read) {
  const found = query(ports, { expression: text, nowMs: ports.clock().getTime(), sinceMs, untilMs });
  if (found.ok) yield* found.value;
}

function line(values: readonly string[]): string {
  return `${values.map(csvCell).join(',')}\r\n`;
}

/**
 * A value that a spreadsheet would take for a formula gets an apostrophe, because attackers choose these values.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvCell(value: string): string {
  const text = /^[\s]*[=+\-@\t\r|%]/.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
