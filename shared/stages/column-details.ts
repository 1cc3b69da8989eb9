import { resourceOf } from '../ocsf/names.ts';
import type { Row } from '../ports.ts';
import type { FoldedEvent } from './fold.ts';
import { bytesOf } from './index-rows.ts';
import { compress, inflate } from './index-segment.ts';

/** What a list shows of an event beside what it is counted by. */
export interface Detail {
  /** The first 16 digits of its uid: enough to find it. */
  readonly uid: string;
  readonly resource: string;
  /** Of a finding: OCSF severity_id, its title, and whether it is a new one. */
  readonly finding:
    | { readonly severityId: number; readonly title: string; readonly isNew: boolean }
    | undefined;
}

/** Attackers choose names. */
const TEXT_LENGTH_MAX = 200;
const UID_LENGTH = 16;

export function detailsOf(
  events: readonly Pick<FoldedEvent, 'index' | 'event'>[],
): ReadonlyMap<number, Detail> {
  return new Map(events.map(({ index, event }) => [index, detailOf(event)]));
}

export function detailOf(event: FoldedEvent['event']): Detail {
  const info = event.finding_info;
  return {
    uid: event.metadata.uid.slice(0, UID_LENGTH),
    resource: clip(resourceOf(event)),
    finding:
      info === undefined
        ? undefined
        : { severityId: event.severity_id, title: clip(info.title ?? ''), isNew: event.activity_id === 1 },
  };
}

function clip(text: string): string {
  return text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text;
}

/** zstd of JSON: [index, uid, resource], and of a finding severity, title and whether it is new. */
export function encodeDetails(details: ReadonlyMap<number, Detail>): Uint8Array {
  const rows = [...details].map(([index, { uid, resource, finding }]) =>
    finding === undefined
      ? [index, uid, resource]
      : [index, uid, resource, finding.severityId, finding.title, finding.isNew],
  );
  return compress(JSON.stringify(rows));
}

type StoredDetail = readonly [number, string, string, number?, string?, boolean?];

export function decodeDetails(row: Row): ReadonlyMap<number, Detail> {
  const bytes = bytesOf(row, 'details');
  const rows: readonly StoredDetail[] = bytes === undefined ? [] : JSON.parse(inflate(bytes));
  return new Map(
    rows.map(([index, uid, resource, severityId, title = '', isNew = false]) => [
      index,
      { uid, resource, finding: severityId === undefined ? undefined : { severityId, title, isNew } },
    ]),
  );
}
