import { elements, parseWhole } from '../json/document.ts';
import { isArray, isObject, type JsonDocument, type JsonValue, member } from '../json/json.ts';
import { unwrapRequest } from './kept-request.ts';
import type { Envelope, Source, Split } from './source.ts';
import { unknownSource } from './unknown.ts';

/** Records of one source, or control traffic, that a document turned out to be. */
export interface Recognised extends Split {
  readonly source: Source;
  /** Set where a source was named that does not know the shape: why these records are not its to map. */
  readonly refused?: string;
}

/** What the document arrived with. */
export interface Arrival extends Pick<Envelope, 'attributes' | 'receivedAt'> {
  /** The source it was sent to, where that is known. */
  readonly source: Source | undefined;
}

/** How often a document may lie in another: a list, a kept request, a string. */
const WRAPPERS_MAX = 4;

/**
 * Finds the source of a document by its shape, or keeps the one it was sent to, and splits it into records. A list is
 * a batch of documents, each recognised by itself; an empty one is control traffic, so that nothing vanishes.
 */
export function recognise(
  document: JsonDocument,
  arrival: Arrival,
  sources: readonly Source[],
): readonly Recognised[] {
  const candidates = arrival.source === undefined ? sources : [arrival.source];
  return [...collect(document, arrival, { candidates, sources }, 0)];
}

interface Search {
  /** Those that may have the document. */
  readonly candidates: readonly Source[];
  /** All there are. */
  readonly sources: readonly Source[];
}

type Found = Generator<Recognised, void>;

function* collect(document: JsonDocument, arrival: Arrival, search: Search, wrappers: number): Found {
  const { value } = document;
  const inner = wrappers < WRAPPERS_MAX ? unwrap(document, arrival, search) : undefined;
  if (inner !== undefined) {
    for (const each of inner.documents) yield* collect(each, inner.arrival, search, wrappers + 1);
    if (inner.documents.length === 0) yield control(arrival);
    return;
  }
  const source = search.candidates.find((each) => each.accepts(value, arrival.attributes));
  if (source !== undefined) yield splitBy(source, document, arrival);
  else yield isEmptyBatch(value, search.sources) ? control(arrival) : asIs(document, arrival);
}

interface Unwrapped {
  readonly documents: readonly JsonDocument[];
  readonly arrival: Arrival;
}

/** The documents inside a list, a string or a kept request; undefined for what is to be taken as it is. */
function unwrap(document: JsonDocument, arrival: Arrival, search: Search): Unwrapped | undefined {
  const { value } = document;
  if (isArray(value)) {
    return isBatch(value, arrival, search) ? { documents: elements(document), arrival } : undefined;
  }
  if (typeof value === 'string') {
    const inner = /^\s*[[{]/.test(value) ? parseWhole(value) : undefined;
    return inner?.ok ? { documents: [inner.value], arrival } : undefined;
  }
  const kept = unwrapRequest(document);
  if (kept === undefined) return undefined;
  const attributes = { ...arrival.attributes, ...kept.attributes };
  if (!isKnown(kept.document, attributes, search)) return undefined;
  return { documents: [kept.document], arrival: { ...arrival, attributes } };
}

/** Whether some source takes the body of a kept request; otherwise its headers would be lost for nothing. */
function isKnown(document: JsonDocument, attributes: Arrival['attributes'], search: Search): boolean {
  const { value } = document;
  const looks = isArray(value) ? [value, ...value.slice(0, 20)] : [value];
  return search.candidates.some((source) => looks.some((look) => source.accepts(look, attributes)));
}

/** Whether a list is read one by one: some lists mean something only as a whole, and some are just a value. */
function isBatch(list: readonly JsonValue[], { attributes }: Arrival, { candidates }: Search): boolean {
  if (list.length === 0) return true;
  if (list.some((each) => candidates.some((source) => source.accepts(each, attributes)))) return true;
  if (candidates.some((source) => source.accepts(list, attributes))) return false;
  return list.some((each) => typeof each === 'object' && each !== null);
}

function splitBy(source: Source, document: JsonDocument, arrival: Arrival): Recognised {
  const split = source.split(document, arrival);
  const isNothing = split.records.length + split.rejects.length + split.control === 0;
  return { source, ...split, control: isNothing ? 1 : split.control };
}

/** A Base Event of the source it was sent to, or of none. */
function asIs(document: JsonDocument, arrival: Arrival): Recognised {
  const records = [{ ...document, attributes: arrival.attributes }];
  const { source } = arrival;
  if (source === undefined) return { source: unknownSource, records, rejects: [], control: 0 };
  return { source, records, rejects: [], control: 0, refused: `${source.id} does not know this shape` };
}

function control(arrival: Arrival): Recognised {
  return { source: arrival.source ?? unknownSource, records: [], rejects: [], control: 1 };
}

/** `{"Records":[]}` and its like: a batch key with nothing in it, and at most a word beside it. */
function isEmptyBatch(value: JsonValue, sources: readonly Source[]): boolean {
  if (!isObject(value) || Object.keys(value).length > 2) return false;
  return sources.some((source) =>
    source.batchKeys.some((key) => {
      const list = member(value, key);
      return isArray(list) && list.length === 0;
    }),
  );
}
