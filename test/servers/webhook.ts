import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  type Answered,
  type Asked,
  type Loopback,
  limiter,
  type RateLimit,
  startLoopback,
} from './loopback.ts';

export interface WebhookOptions {
  /** What the receiver knows, of which one is enough. */
  readonly secrets?: readonly string[];
  /** How far a timestamp may be from now. */
  readonly toleranceS?: number;
  readonly nowMs?: () => number;
  readonly limit?: RateLimit;
}

export interface WebhookSeen {
  readonly id: string;
  readonly type: string;
  readonly body: Json;
  /** Whether this id was taken before. */
  readonly isRepeat: boolean;
}

export interface WebhookServer extends Loopback {
  readonly secret: string;
  readonly seen: readonly WebhookSeen[];
  readonly refused: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

/**
 * A receiver of ours that verifies signature and age of each request as Standard Webhooks asks, and that it is a
 * CloudEvent in structured mode, and takes each id once.
 */
export async function startWebhook(options: WebhookOptions = {}): Promise<WebhookServer> {
  const secret = `whsec_${Buffer.from('example of thirty-two bytes long').toString('base64')}`;
  const { secrets = [secret], toleranceS = 300, nowMs = Date.now } = options;
  const seen: WebhookSeen[] = [];
  const refused: string[] = [];
  const isTooMuch = limiter(options.limit);

  const no = (status: number, why: string): Answered => {
    refused.push(why);
    return { status, body: why, headers: { 'content-type': 'text/plain' } };
  };
  const server = await startLoopback((asked) => {
    if (asked.method !== 'POST') return no(405, 'method');
    const { 'webhook-id': id, 'webhook-timestamp': timestamp } = asked.headers;
    if (typeof id !== 'string' || typeof timestamp !== 'string') return no(400, 'missing headers');
    if (id.includes('.') || !/^\d{10}$/.test(timestamp)) return no(400, 'malformed headers');
    if (!isSigned(asked, secrets)) return no(401, 'signature');
    if (Math.abs(nowMs() / 1_000 - Number(timestamp)) > toleranceS) return no(401, 'timestamp');
    const body = parse(asked.body);
    const fault = body === undefined ? 'JSON' : eventFault(asked, body, id);
    if (body === undefined || fault !== undefined) return no(422, fault ?? 'JSON');
    if (isTooMuch('')) {
      return { ...no(429, 'rate'), headers: { 'retry-after': String(options.limit?.retryAfterS ?? 1) } };
    }
    seen.push({ id, type: String(body['type']), body, isRepeat: seen.some((each) => each.id === id) });
    return { status: 204, body: '' };
  });
  return { ...server, secret: secrets[0] ?? secret, seen, refused };
}

function isSigned({ headers, body }: Asked, secrets: readonly string[]): boolean {
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const given = String(headers['webhook-signature'] ?? '')
    .split(' ')
    .flatMap((each) => (each.startsWith('v1,') ? [Buffer.from(each.slice(3), 'base64')] : []));
  return secrets.some((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const expected = createHmac('sha256', key).update(content).digest();
    return given.some((each) => each.length === expected.length && timingSafeEqual(each, expected));
  });
}

/** Of CloudEvents 1.0, sections "Context attributes" and, for HTTP, "Structured content mode". */
function eventFault({ headers }: Asked, body: Json, id: string): string | undefined {
  if (!/^application\/cloudevents\+json(;|$)/.test(headers['content-type'] ?? '')) return 'content type';
  if (body['specversion'] !== '1.0') return 'specversion';
  if (body['id'] !== id) return 'id';
  for (const name of ['source', 'type', 'subject', 'datacontenttype', 'dataschema']) {
    const value = body[name];
    if (typeof value !== 'string' || value === '' || !value.isWellFormed()) return name;
  }
  const { time } = body;
  if (time !== undefined && Number.isNaN(Date.parse(String(time)))) return 'time';
  const stranger = Object.keys(body).find((name) => !/^[a-z0-9]{1,20}$/.test(name));
  if (stranger !== undefined) return `attribute ${stranger}`;
  return typeof body['data'] === 'object' && body['data'] !== null ? undefined : 'data';
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
