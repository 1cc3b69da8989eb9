import { createHmac } from 'node:crypto';
import { keyOf } from './settings.ts';

export interface Signed {
  readonly id: string;
  readonly timestampS: number;
  readonly body: string;
}

/**
 * One signature for each secret, so that a receiver who knows any of them is served.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signaturesOf({ id, timestampS, body }: Signed, secrets: readonly string[]): string {
  return secrets
    .map((secret) => {
      const mac = createHmac('sha256', keyOf(secret) ?? '').update(`${id}.${timestampS}.${body}`);
      return `v1,${mac.digest('base64')}`;
    })
    .join(' ');
}
