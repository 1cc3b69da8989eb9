import type { JsonDocument } from '../json/json.ts';
import type { Result } from '../result.ts';
import type { NativeRecord, Reject, Split } from './source.ts';

/** What an envelope holds: documents, or what stands where one should be. Empty for control traffic. */
export type Unwrapped = readonly Result<JsonDocument, Reject>[];

/** How deep envelopes go: kept headers, a list of messages, a message around a record, a record in a string. */
export const WRAPS_MAX = 6;

/**
 * Takes one envelope after another off a document, as the source's own `unwrap` knows them, down to records, each in
 * its own characters and in order. `unwrap` is undefined for a record itself; what lies deeper than any transport
 * puts it is taken as a record that nobody knows.
 */
export function splitWrapped(
  document: JsonDocument,
  attributes: Readonly<Record<string, string>>,
  unwrap: (document: JsonDocument) => Unwrapped | undefined,
): Split {
  const records: NativeRecord[] = [];
  const rejects: Reject[] = [];
  let control = 0;
  const collect = (each: JsonDocument, depth: number): void => {
    const inner = depth > WRAPS_MAX ? undefined : unwrap(each);
    if (inner === undefined) records.push({ ...each, attributes });
    else if (inner.length === 0) control += 1;
    for (const found of inner ?? []) {
      if (found.ok) collect(found.value, depth + 1);
      else rejects.push(found.fault);
    }
  };
  collect(document, 0);
  return { records, rejects, control };
}
