import { BODY_CAPS, inflate } from '../json/inflate.ts';
import type { JsonDocument } from '../json/json.ts';
import { type SplitItem, splitBytes } from '../json/split.ts';
import type { Random } from '../ports.ts';
import { type Making, makeEvent } from './event.ts';
import { type Arrival, recognise } from './recognise.ts';
import { buildSecretTree, type SecretTree } from './redact/secret-tree.ts';
import { redactReject } from './redact-reject.ts';
import { makeReject } from './reject.ts';
import type { AuditEvent, Envelope, Reading, Reject, Source } from './source.ts';
import { unknownSource } from './unknown.ts';

/** What reading needs beside the bytes. */
export interface ReadOptions {
  readonly sources: readonly Source[];
  readonly random: Random;
  /** Secret for one installation: see Redaction. */
  readonly salt: Uint8Array;
}

/** What came of a part of a delivery, all of one source. */
export interface SourceReading extends Reading {
  /** Id of the source: the one that knew it, the one it was sent to, or `unknown`. */
  readonly source: string;
}

/** Turns what arrived into events, rejects and control traffic; the three add up to what was read. Never throws. */
export interface Reader {
  /** One item of a split stream. */
  readItem(item: SplitItem, envelope: Omit<Envelope, 'body'>): readonly SourceReading[];
  /** One delivery, part by part: its body is inflated within the caps of a body, and split. */
  readBody(envelope: Envelope): Generator<SourceReading, void>;
  /** One delivery, all at once. */
  readEnvelope(envelope: Envelope): Reading;
  /** Names of arrays that records come in: for the splitter. */
  readonly batchKeys: ReadonlySet<string>;
}

/** Keeps what does not change from one envelope to the next. */
export function createReader({ sources, random, salt }: ReadOptions): Reader {
  const trees = new Map<Source, SecretTree>();
  const making: Making = {
    salt,
    nonce: pooledNonce(random),
    treeOf(source) {
      const tree = trees.get(source) ?? buildSecretTree(source.secretPaths);
      trees.set(source, tree);
      return tree;
    },
  };
  const batchKeys = new Set(sources.flatMap((source) => source.batchKeys));
  function readItem(item: SplitItem, envelope: Omit<Envelope, 'body'>): readonly SourceReading[] {
    const source = sources.find(({ id }) => id === envelope.source);
    if ('document' in item) return readDocument(item.document, { ...envelope, source }, sources, making);
    const rejects = [redactReject(item.reject, salt)];
    return [{ source: source?.id ?? unknownSource.id, events: [], rejects, control: 0 }];
  }
  function* readBody(envelope: Envelope): Generator<SourceReading, void> {
    for (const item of splitBody(envelope.body, batchKeys)) yield* readItem(item, envelope);
  }
  return { batchKeys, readItem, readBody, readEnvelope: (envelope) => sum(readBody(envelope)) };
}

/** One delivery, read once: see Reader. */
export function readEnvelope(envelope: Envelope, options: ReadOptions): Reading {
  return createReader(options).readEnvelope(envelope);
}

function* splitBody(body: Uint8Array, batchKeys: ReadonlySet<string>): Generator<SplitItem, void> {
  const inflated = inflate(body, BODY_CAPS);
  if (inflated.ok) {
    yield* splitBytes(inflated.value, batchKeys);
  } else {
    const { reason, message } = inflated.fault;
    yield { reject: makeReject(reason, message, body), end: body.byteLength };
  }
}

function readDocument(
  document: JsonDocument,
  arrival: Arrival,
  sources: readonly Source[],
  making: Making,
): readonly SourceReading[] {
  return recognise(document, arrival, sources).map(({ source, records, rejects, control, refused }) => {
    const events: AuditEvent[] = [];
    const refusedBytes = [...rejects];
    for (const record of records) {
      const made = makeEvent({ source, record, receivedAt: arrival.receivedAt, refused }, making);
      if (made.ok) events.push(made.value);
      else refusedBytes.push(made.fault);
    }
    const kept = refusedBytes.map((reject) => redactReject(reject, making.salt));
    return { source: source.id, events, rejects: kept, control };
  });
}

function sum(readings: Iterable<SourceReading>): Reading {
  const events: AuditEvent[] = [];
  const rejects: Reject[] = [];
  let control = 0;
  for (const reading of readings) {
    for (const event of reading.events) events.push(event);
    for (const reject of reading.rejects) rejects.push(reject);
    control += reading.control;
  }
  return { events, rejects, control };
}

const NONCE_SIZE_BYTES = 16;
const POOL_SIZE_BYTES = 4096;

/** 128 fresh bits for each event, asked for in larger helpings. */
function pooledNonce(random: Random): () => string {
  let pool = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at + NONCE_SIZE_BYTES > pool.byteLength) {
      pool = Buffer.from(random(POOL_SIZE_BYTES));
      at = 0;
    }
    at += NONCE_SIZE_BYTES;
    return pool.toString('hex', at - NONCE_SIZE_BYTES, at);
  };
}
