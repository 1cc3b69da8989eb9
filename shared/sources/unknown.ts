import { isObject, type JsonValue, member } from '../json/json.ts';
import type { OcsfBody } from '../ocsf/event.ts';
import { type NativeTime, parseTime } from '../ocsf/time.ts';
import { mayHoldSecrets, secretsBelow } from './secret-names.ts';
import type { Mapped, NativeRecord, Source } from './source.ts';

/** JSON that no source accepts: kept whole as a Base Event, and counted. */
export const unknownSource: Source = {
  id: 'unknown',
  product: { name: 'Unknown', vendor_name: 'Unknown' },
  logsource: {},
  essenceVersion: 1,
  secretPaths: [],
  secretsIn: ({ text, value }, marks) => (mayHoldSecrets(text, marks) ? secretsBelow(value, []) : []),
  batchKeys: [],
  accepts: () => true,
  split: (document, { attributes }) => ({ records: [{ ...document, attributes }], rejects: [], control: 0 }),
  map: (record) => mapUnknown(record, 'no source knows this shape'),
};

/** A record as a Base Event that says nothing but when, why, and the record itself. */
export function mapUnknown(record: NativeRecord, reason: string): Mapped {
  const time = timeOf(record.value);
  const body: OcsfBody = {
    class_uid: 0,
    activity_id: 0,
    // Zero until the reader, who knows the time of receipt, fills it in.
    time: time?.ms ?? 0,
    severity_id: 1,
    message: `Not mapped: ${reason}`,
    metadata: { original_time: time?.original },
  };
  return { tenant: '', nativeId: undefined, essence: [], body };
}

/** Names under which systems write when something happened, the most exact first. */
const TIME_NAMES = [
  'eventTime',
  'event_time',
  'eventTimestamp',
  '@timestamp',
  'timestamp',
  'time',
  'occurred_at',
  'occurredAt',
  'TimeGenerated',
  'requestReceivedTimestamp',
  'published',
  'created_at',
  'createdAt',
  'creationTimestamp',
  'CreatedAt',
  'created',
  'date',
  'ts',
] as const;

/** Members that records are wrapped in. */
const WRAPPERS = ['metadata', 'event', 'detail', 'data', 'context'] as const;

const PLAUSIBLE_FROM_MS = Date.UTC(2000, 0, 1);
const PLAUSIBLE_TO_MS = Date.UTC(2100, 0, 1);

function timeOf(value: JsonValue): NativeTime | undefined {
  for (const holder of [value, ...WRAPPERS.map((name) => member(value, name))]) {
    if (!isObject(holder)) continue;
    for (const name of TIME_NAMES) {
      const time = parseTime(member(holder, name));
      // Any number reads as some time; only one of our days is taken for one.
      if (time !== undefined && time.ms >= PLAUSIBLE_FROM_MS && time.ms < PLAUSIBLE_TO_MS) return time;
    }
  }
  return undefined;
}
