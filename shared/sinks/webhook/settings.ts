import { addressFault } from '../url.ts';

export type WebhookSettings = {
  readonly url: string;
  /** `whsec_` and the base64 of at least 24 bytes. The newest first; the old ones sign too while receivers change. */
  readonly signingSecrets: readonly string[];
  /** CloudEvents `source`: which trail speaks. */
  readonly source?: string | undefined;
};

export const SOURCE_DEFAULT = '/trailproof';

export const WEBHOOK_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['url', 'signingSecrets'],
  properties: {
    url: { type: 'string', format: 'uri', description: 'Where to post: https, or http to this machine.' },
    signingSecrets: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      minItems: 1,
      maxItems: 5,
      description:
        'References to secrets (whsec_…) that every request is signed with; two while you change one.',
    },
    source: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      pattern: '^[\\x21-\\x7e]+$',
      description: `CloudEvents source, a URI reference that names this trail (default ${SOURCE_DEFAULT}).`,
    },
  },
} as const;

export function webhookFaults({ url, signingSecrets }: WebhookSettings): readonly string[] {
  const fault = addressFault(url);
  return [
    ...(fault === undefined ? [] : [`url: ${fault}`]),
    ...(signingSecrets.length === 0 ? ['signingSecrets: expected at least one'] : []),
    ...(signingSecrets.every((secret) => keyOf(secret) !== undefined)
      ? []
      : ['signingSecrets: expected whsec_ and the base64 of 24 to 64 bytes']),
  ];
}

/** The key of a secret; undefined where it is none of Standard Webhooks. */
export function keyOf(secret: string): Uint8Array | undefined {
  const text = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  if (text === undefined) return undefined;
  const key = Buffer.from(text, 'base64');
  return key.length >= 24 && key.length <= 64 ? key : undefined;
}
