import { elements, part } from '../json/document.ts';
import { idAt, isArray, isObject, type JsonDocument, stringAt } from '../json/json.ts';
import { eventName } from './github-webhook/event-name.ts';
import { mapWebhook } from './github-webhook/map.ts';
import { isRedelivered, isWebhook } from './github-webhook/recognise.ts';
import { SECRET_PATHS, secretsIn } from './github-webhook/secrets.ts';
import type { Envelope, NativeRecord, Source, Split } from './source.ts';

/**
 * Webhooks of GitHub and GitHub Enterprise Server: the bodies of deliveries, with their headers in the attributes
 * (`x-github-event`, `x-github-delivery`) or without any. One fact reaches us through a repository hook, an
 * organisation hook and an App's hook; uid and essence come from what those bodies share.
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
export const githubWebhook: Source = {
  id: 'github.webhook',
  product: { name: 'GitHub', vendor_name: 'GitHub' },
  logsource: { product: 'github', service: 'webhook' },
  essenceVersion: 1,
  secretPaths: SECRET_PATHS,
  secretsIn,
  batchKeys: [],
  accepts: isWebhook,
  split: splitWebhook,
  map: mapWebhook,
};

function splitWebhook(document: JsonDocument, envelope: Pick<Envelope, 'attributes' | 'receivedAt'>): Split {
  const received = { 'received-at': envelope.receivedAt.toISOString() };
  // Headers belong to one body: of a list of bodies nobody knows which.
  const isList = isArray(document.value);
  const attributes = isList ? received : { ...envelope.attributes, ...received };
  const bodies = isList ? elements(document) : [document];
  const records: NativeRecord[] = [];
  let control = 0;
  for (const body of bodies) {
    const record = recordOf(body, attributes);
    if (isPing(record)) control += 1;
    else records.push(record);
  }
  return { records, rejects: [], control };
}

/** A delivery fetched again holds the body and, beside it, what the headers said. */
function recordOf(document: JsonDocument, attributes: Readonly<Record<string, string>>): NativeRecord {
  const { value } = document;
  const payload = isObject(value) && isRedelivered(value) ? part(document, 'request', 'payload') : undefined;
  if (payload === undefined) return { ...document, attributes };
  return {
    ...payload,
    attributes: {
      ...attributes,
      'x-github-event': stringAt(value, 'event') ?? '',
      'x-github-delivery': stringAt(value, 'guid') ?? '',
      ...(idAt(value, 'hook_id') === undefined ? {} : { 'x-github-hook-id': idAt(value, 'hook_id') ?? '' }),
    },
  };
}

/** GitHub's greeting to a new hook: no audit event. */
function isPing({ value, attributes }: NativeRecord): boolean {
  return isObject(value) && eventName(value, attributes) === 'ping';
}
