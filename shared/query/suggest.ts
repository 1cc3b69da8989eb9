import { shortFields } from './fields.ts';
import { rootNames } from './roots.ts';

/** What the writer of an unknown field name may have meant, best first; empty where nothing is near. */
export function suggestFields(name: string): readonly string[] {
  const asked = name.toLowerCase();
  const synonym = SYNONYMS.get(asked);
  if (synonym !== undefined) return [synonym];
  const names = [...shortFields.map((field) => field.name), ...rootNames];
  const distanceMax = asked.length <= 4 ? 1 : 2;
  return names
    .map((known) => ({ known, distance: distance(asked, known, distanceMax) }))
    .filter((each) => each.distance <= distanceMax)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map((each) => each.known);
}

/** Names that people bring from the vendors' own consoles and from other tools. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['event', 'operation'],
  ['eventname', 'operation'],
  ['method', 'operation'],
  ['methodname', 'operation'],
  ['operationname', 'operation'],
  ['caller', 'actor'],
  ['principal', 'actor'],
  ['sender', 'actor'],
  ['username', 'actor'],
  ['who', 'actor'],
  ['bucket', 'resource'],
  ['target', 'resource'],
  ['address', 'ip'],
  ['sourceipaddress', 'ip'],
  ['src_ip', 'ip'],
  ['project', 'account'],
  ['subscription', 'account'],
  ['awsregion', 'region'],
  ['location', 'region'],
  ['error', 'status'],
  ['errorcode', 'status'],
  ['outcome', 'status'],
  ['result', 'status'],
  ['repository', 'repo'],
  ['revision', 'commit'],
  ['sha', 'commit'],
  ['image', 'digest'],
  ['sha256', 'digest'],
  ['build', 'run'],
  ['pipeline', 'run'],
  ['workflow', 'run'],
  ['eventsource', 'source'],
  ['product', 'source'],
  ['date', 'time'],
  ['eventtime', 'time'],
  ['timestamp', 'time'],
  ['@timestamp', 'time'],
  ['id', 'metadata.uid'],
  ['uid', 'metadata.uid'],
  ['eventid', 'metadata.original_event_uid'],
  ['useragent', 'http_request.user_agent'],
  ['user_agent', 'http_request.user_agent'],
  ['raw', 'raw_data'],
  ['record', 'raw_data'],
]);

/** Edits between two short names (transpositions count one), or more than `max` once it is sure to be. */
function distance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max || a.length > NAME_LENGTH_MAX) return max + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let edits = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) edits = Math.min(edits, at(before, column - 2) + 1);
      current.push(edits);
    }
    before = previous;
    previous = current;
  }
  return at(previous, b.length);
}

const NAME_LENGTH_MAX = 64;

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
