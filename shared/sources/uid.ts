import { hash } from 'node:crypto';

/** What makes an event the same event, whatever road it came by. */
export interface Identity {
  readonly source: string;
  readonly tenant: string;
  /** Undefined where the source gives none: then the record's own text is its identity. */
  readonly nativeId: readonly string[] | undefined;
  readonly text: string;
}

/** metadata.uid: SHA-256, in hex, of a JSON array, in which no part can be taken for two or for another. */
export function uidOf({ source, tenant, nativeId, text }: Identity): string {
  const parts = nativeId === undefined ? [source, tenant, null, text] : [source, tenant, nativeId];
  return hash('sha256', JSON.stringify(parts), 'hex');
}
