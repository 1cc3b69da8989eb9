import { hash } from 'node:crypto';
import { OWN_SOURCE } from '../detect/finding.ts';
import { complete } from '../ocsf/complete.ts';
import { endpointOf } from '../ocsf/endpoint.ts';
import type { PendingEntry } from '../trail/pending.ts';

export interface RefusedDelivery {
  readonly source: string;
  /** Why it was refused; never holds a secret. */
  readonly why: string;
  readonly address: string;
  /** Headers without those that authenticate. Attackers choose them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly sizeBytes: number;
  /** Hex, of the body, which is not kept. */
  readonly sha256: string;
  readonly timeMs: number;
  /** 128 random bits in hex. */
  readonly nonce: string;
}

const HEADERS_MAX = 40;
const VALUE_LENGTH_MAX = 200;

/** A delivery that could not prove who sent it, as an event of our own: API Activity 6003, denied. */
export function refusalEntry(refused: RefusedDelivery): PendingEntry {
  const uid = hash(
    'sha256',
    JSON.stringify(['refused', refused.timeMs, refused.sha256, refused.nonce]),
    'hex',
  );
  const headers = Object.entries(refused.attributes).slice(0, HEADERS_MAX);
  const event = complete(
    {
      class_uid: 6003,
      activity_id: 1,
      time: refused.timeMs,
      severity_id: 1,
      message: `A delivery to ${refused.source} was refused: ${refused.why}`,
      status_id: 2,
      status_code: '401',
      status_detail: refused.why,
      metadata: { profiles: ['security_control'], log_name: OWN_SOURCE },
      actor: { app_name: 'unauthenticated sender' },
      api: { operation: `POST /ingest/${refused.source}`, service: { name: 'trailproof' } },
      src_endpoint: endpointOf(refused.address, { name: 'unknown' }),
      http_request: {
        http_method: 'POST',
        user_agent: refused.attributes['user-agent']?.slice(0, VALUE_LENGTH_MAX),
      },
      action_id: 2,
      disposition_id: 2,
      unmapped: {
        trailproof: { source: OWN_SOURCE, nonce: refused.nonce, essence: `1:${uid}` },
        body: { sha256: refused.sha256, size: refused.sizeBytes },
        headers: Object.fromEntries(headers.map(([name, value]) => [name, value.slice(0, VALUE_LENGTH_MAX)])),
      },
    },
    { uid, originalEventUid: undefined, product: { name: 'Trailproof', vendor_name: 'Trailproof' } },
  );
  return {
    kind: 'event',
    uid,
    essence: `1:${uid}`,
    source: OWN_SOURCE,
    time: refused.timeMs,
    line: JSON.stringify(event),
  };
}
