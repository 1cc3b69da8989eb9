import { hash } from 'node:crypto';
import { at, isObject, type JsonValue, stringAt } from '../json/json.ts';
import { decodeUtf8 } from '../json/text.ts';
import type { OcsfEvent } from '../ocsf/event.ts';
import type { ObjectStore, Table } from '../ports.ts';
import { decodeEntry } from '../trail/entry.ts';
import type { TrailLine } from '../trail/pending.ts';
import type { FoldedEvent, FoldedTick } from './fold.ts';
import { readLine } from './query-lookup.ts';

/**
 * A line of the trail as folds read it, parsed once; its record only when somebody asks for it. undefined for control
 * entries, for erased lines, and for what is no JSON object, which only `verify` can explain.
 */
export async function foldedEvent(
  ports: { readonly objects: ObjectStore },
  { index, kind, source, timeMs, line }: TrailLine,
): Promise<FoldedEvent | undefined> {
  if (kind !== 'event' || line === '') return undefined;
  const event = parseEvent(line);
  if (event === undefined) return undefined;
  const raw = event.raw_data ?? (await rawElsewhere(ports, event));
  return withRecord({ index, source, event, raw, appendedMs: timeMs });
}

/** The event at one place of the trail; undefined where there is none, or it was erased. */
export async function readFoldedEvent(
  ports: { readonly objects: ObjectStore; readonly table: Table },
  index: number,
): Promise<FoldedEvent | undefined> {
  const line = await readLine(ports, index);
  return line && (await foldedEvent(ports, line));
}

/**
 * What a `count` entry says of the time: its `watermark`, or when it was appended. Undefined for every other line; an
 * entry's line is its own JSON.
 */
export function foldedTick({ index, kind, timeMs, line }: TrailLine): FoldedTick | undefined {
  if (kind !== 'count') return undefined;
  const entry = decodeEntry(line);
  const named = entry.ok && entry.value.kind === 'count' ? entry.value.members['watermark'] : undefined;
  return { index, watermarkMs: typeof named === 'number' ? Math.min(named, timeMs) : timeMs };
}

/** The event of a line; undefined where the line is not one. */
export function parseEvent(line: string): OcsfEvent | undefined {
  if (line.startsWith(CONTROL)) return undefined;
  const value = parse(line);
  if (!isObject(value) || typeof value['class_uid'] !== 'number') return undefined;
  const { raw_data: raw } = value;
  return raw === undefined || typeof raw === 'string' ? (value as unknown as OcsfEvent) : undefined;
}

/** A control entry's line is its entry, whose members have a fixed order. */
const CONTROL = '{"v":1,"k":"';

export function withRecord(event: Omit<FoldedEvent, 'record'>): FoldedEvent {
  let record: JsonValue | undefined;
  let parsed = false;
  return {
    ...event,
    get record(): JsonValue | undefined {
      if (!parsed) record = event.raw === '' ? undefined : parse(event.raw);
      parsed = true;
      return record;
    },
  };
}

/** The record of an oversize event, which lies in an object of its own; empty where there is none or it is another. */
export async function rawElsewhere(
  ports: { readonly objects: ObjectStore },
  event: OcsfEvent,
): Promise<string> {
  const sha256 = stringAt(event, 'raw_data_hash', 'value')?.toLowerCase();
  if (sha256 === undefined || at(event, 'raw_data_hash', 'algorithm_id') !== SHA_256) return '';
  if (!/^[0-9a-f]{64}$/.test(sha256)) return '';
  const stored = await ports.objects.get(`raw/${sha256}`);
  if (stored === undefined || hash('sha256', stored.bytes, 'hex') !== sha256) return '';
  return decodeUtf8(stored.bytes) ?? '';
}

/** OCSF fingerprint.algorithm_id. */
const SHA_256 = 3;

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
