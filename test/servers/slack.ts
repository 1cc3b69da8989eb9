import { blockFaults } from './block-kit.ts';
import {
  type Answered,
  type Asked,
  type Loopback,
  limiter,
  type RateLimit,
  startLoopback,
} from './loopback.ts';

export interface SlackOptions {
  readonly token?: string;
  /** Names by id, of the channels that the bot is in. */
  readonly channels?: Readonly<Record<string, string>>;
  readonly limit?: RateLimit;
}

/** A call that was taken. */
export interface SlackSeen {
  /** Of the delivery, and which part of it. */
  readonly id: string;
  readonly part: 'message' | 'thread';
  readonly method: 'chat.postMessage' | 'chat.update' | 'webhook';
  readonly ts: string;
  readonly threadTs: string | undefined;
  readonly body: Json;
}

export interface SlackServer extends Loopback {
  /** For `webhook:` of the sink. */
  readonly webhook: string;
  /** For `api:`. */
  readonly api: string;
  readonly seen: readonly SlackSeen[];
  /** What was refused, by the name of the error, with what is wrong. */
  readonly refused: readonly { readonly error: string; readonly messages: readonly string[] }[];
  /** The channel as people see it: messages by ts, as last updated. */
  readonly messages: ReadonlyMap<string, Json>;
  /** As a person deletes a message. */
  remove(ts: string): void;
}

type Json = Readonly<Record<string, unknown>>;

const WEBHOOK_PATH = '/services/T00000000/B00000000/exampleexampleexample';
/** Undocumented; seen by many, and asked of Slack in slackapi/bolt-js#2509. */
const BLOCKS_LENGTH_MAX = 13_000;

/**
 * A Slack of ours: `chat.postMessage`, `chat.update` and an incoming webhook, which enforce what Slack documents of
 * tokens, channels, texts, blocks, metadata and rates.
 */
export async function startSlack(options: SlackOptions = {}): Promise<SlackServer> {
  const { token = 'xoxb-example', channels = { C0000000001: 'alerts' } } = options;
  const seen: SlackSeen[] = [];
  const refused: { error: string; messages: readonly string[] }[] = [];
  const messages = new Map<string, Json>();
  const isTooMuch = limiter(options.limit);
  let clock = 0;

  const nextTs = () => `${1_772_000_000 + clock++}.000100`;
  const tooMuch = (): Answered => ({
    status: 429,
    headers: { 'retry-after': String(options.limit?.retryAfterS ?? 1) },
    body: JSON.stringify({ ok: false, error: 'ratelimited' }),
  });
  const no = (error: string, found: readonly string[] = []): Answered => {
    refused.push({ error, messages: found });
    return {
      status: 200,
      body: JSON.stringify({ ok: false, error, response_metadata: { messages: found } }),
    };
  };

  function record(method: SlackSeen['method'], body: Json, ts: string): void {
    const { id, part } = identityOf(body);
    const threadTs = typeof body['thread_ts'] === 'string' ? body['thread_ts'] : undefined;
    seen.push({ id, part, method, ts, threadTs, body });
    messages.set(ts, body);
  }

  function call(method: 'chat.postMessage' | 'chat.update', { headers, body: text }: Asked): Answered {
    if (headers.authorization === undefined) return no('not_authed');
    if (headers.authorization !== `Bearer ${token}`) return no('invalid_auth');
    if (!/^application\/json\s*;\s*charset=utf-8$/i.test(headers['content-type'] ?? '')) {
      return no('invalid_charset');
    }
    const body = parse(text);
    if (body === undefined) return no('invalid_json');
    const channel = channelOf(body['channel'], channels);
    if (channel === undefined) return no('channel_not_found');
    const fault = contentFault(body);
    if (fault !== undefined) return no(fault.error, fault.messages);
    if (isTooMuch(`${method} ${channel}`)) return tooMuch();
    return method === 'chat.update' ? update(body, channel) : post(body, channel);
  }

  function post(body: Json, channel: string): Answered {
    const thread = body['thread_ts'];
    if (thread !== undefined && !messages.has(String(thread))) return no('thread_not_found');
    const ts = nextTs();
    record('chat.postMessage', body, ts);
    return {
      status: 200,
      body: JSON.stringify({ ok: true, channel, ts, message: { ts, thread_ts: thread } }),
    };
  }

  function update(body: Json, channel: string): Answered {
    const ts = String(body['ts']);
    // A channel's name is good for posting only.
    if (body['channel'] !== channel) return no('channel_not_found');
    if (!messages.has(ts)) return no('message_not_found');
    record('chat.update', body, ts);
    return { status: 200, body: JSON.stringify({ ok: true, channel, ts, text: body['text'], message: {} }) };
  }

  function hook({ body: text }: Asked): Answered {
    const plain = (status: number, body: string): Answered => {
      if (status !== 200) refused.push({ error: body, messages: [] });
      return { status, body, headers: { 'content-type': 'text/plain' } };
    };
    const body = parse(text);
    if (body === undefined) return plain(400, 'invalid_payload');
    const fault = contentFault(body);
    if (fault !== undefined) {
      refused.push(fault);
      return { status: 400, body: fault.error, headers: { 'content-type': 'text/plain' } };
    }
    if (isTooMuch('webhook')) return { ...tooMuch(), body: 'rate_limited' };
    record('webhook', body, nextTs());
    return plain(200, 'ok');
  }

  const server = await startLoopback((asked) => {
    if (asked.method !== 'POST') return { status: 405, body: 'method not allowed' };
    if (asked.path === '/api/chat.postMessage') return call('chat.postMessage', asked);
    if (asked.path === '/api/chat.update') return call('chat.update', asked);
    if (asked.path === WEBHOOK_PATH) return hook(asked);
    return { status: 404, body: 'no_service', headers: { 'content-type': 'text/plain' } };
  });
  return {
    ...server,
    webhook: `${server.url}${WEBHOOK_PATH}`,
    api: `${server.url}/api`,
    seen,
    refused,
    messages,
    remove: (ts) => messages.delete(ts),
  };
}

function contentFault(
  body: Json,
): { readonly error: string; readonly messages: readonly string[] } | undefined {
  const { text, blocks, metadata } = body;
  if ((typeof text !== 'string' || text === '') && blocks === undefined)
    return { error: 'no_text', messages: [] };
  if (typeof text !== 'string' || text === '') {
    return { error: 'no_text', messages: ['our own rule: notifications need a text'] };
  }
  if (text.length > 40_000) return { error: 'msg_too_long', messages: [] };
  if (!text.isWellFormed()) return { error: 'invalid_json', messages: ['lone surrogate'] };
  const faults = blocks === undefined ? [] : blockFaults(blocks);
  if (faults.length > 0) return { error: 'invalid_blocks', messages: faults };
  if (JSON.stringify(blocks ?? []).length > BLOCKS_LENGTH_MAX) {
    return { error: 'msg_blocks_too_long', messages: [] };
  }
  if (metadata !== undefined && !isMetadata(metadata)) {
    return { error: 'invalid_metadata_format', messages: [] };
  }
  return undefined;
}

function isMetadata(value: unknown): boolean {
  if (!isObject(value) || !isObject(value['event_payload'])) return false;
  const isFlat = Object.values(value['event_payload']).every((each) => typeof each !== 'object');
  return isFlat && /^[a-z0-9_.]{1,255}$/.test(String(value['event_type']));
}

function identityOf(body: Json): { readonly id: string; readonly part: 'message' | 'thread' } {
  const payload = isObject(body['metadata']) ? body['metadata']['event_payload'] : undefined;
  if (isObject(payload)) {
    return { id: String(payload['delivery_id']), part: payload['part'] === 'thread' ? 'thread' : 'message' };
  }
  const [first] = Array.isArray(body['blocks']) ? (body['blocks'] as readonly unknown[]) : [];
  const id = isObject(first) ? String(first['block_id']) : '';
  return { id: id.replace(/^delivery\./, ''), part: 'message' };
}

function channelOf(value: unknown, channels: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(channels).find(([id, name]) => value === id || value === `#${name}`)?.[0];
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
