import { commonOutcome, said } from './answer.ts';
import type { HttpResponse, Outcome, Sink } from './sink.ts';
import { cloudEvent } from './webhook/body.ts';
import { SOURCE_DEFAULT, WEBHOOK_SCHEMA, type WebhookSettings, webhookFaults } from './webhook/settings.ts';
import { signaturesOf } from './webhook/sign.ts';

/** Everything, for programs: CloudEvents 1.0 in structured JSON, signed as Standard Webhooks asks. */
export const webhook: Sink<WebhookSettings> = {
  id: 'webhook',
  schema: WEBHOOK_SCHEMA,
  secrets: ['signingSecrets'],
  intervalMs: 50,
  faults: webhookFaults,
  render(message, { settings, deliveryId, nowMs }) {
    // A full stop would end the id in what is signed.
    const id = deliveryId.replaceAll('.', '_');
    const timestampS = Math.floor(nowMs / 1_000);
    const body = JSON.stringify(cloudEvent(message, settings.source ?? SOURCE_DEFAULT, id));
    const headers = {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'user-agent': 'Trailproof',
      'webhook-id': id,
      'webhook-timestamp': String(timestampS),
      'webhook-signature': signaturesOf({ id, timestampS, body }, settings.signingSecrets),
    };
    return [{ method: 'POST', url: settings.url, headers, body }];
  },
  read,
};

/**
 * 410 says that nobody wants this any more. Every other failure is tried again, a 404 of a receiver that is being
 * deployed as much as a redirect, which is never followed: correct the URL and it arrives.
 */
function read(response: HttpResponse): Outcome {
  const why = `HTTP ${response.status}${said(response.body)}`;
  if (response.status === 410) return { kind: 'refused', why };
  return commonOutcome(response) ?? { kind: 'retry', why };
}
