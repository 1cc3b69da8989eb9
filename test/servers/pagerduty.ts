import {
  type Answered,
  type Asked,
  type Loopback,
  limiter,
  type RateLimit,
  startLoopback,
} from './loopback.ts';

export interface PagerDutyOptions {
  readonly routingKey?: string;
  readonly limit?: RateLimit;
}

export interface PagerDutySeen {
  /** Of the delivery, where the event has a place for it; else the action and the key, which say the same twice. */
  readonly id: string;
  readonly action: 'trigger' | 'acknowledge' | 'resolve' | 'change';
  readonly dedupKey: string | undefined;
  readonly body: Json;
}

export interface Incident {
  readonly dedupKey: string;
  readonly state: 'triggered' | 'acknowledged' | 'resolved';
  readonly triggers: number;
  readonly summary: string;
  readonly severity: string;
}

export interface PagerDutyServer extends Loopback {
  readonly routingKey: string;
  readonly seen: readonly PagerDutySeen[];
  readonly refused: readonly (readonly string[])[];
  /** One entry each time that somebody would have been paged anew. */
  readonly incidents: readonly Incident[];
  readonly changes: readonly Json[];
}

type Json = Readonly<Record<string, unknown>>;

const SIZE_MAX = 512 * 1024;

/**
 * A PagerDuty of ours: Events API v2 for alerts and changes, which enforces required members, lengths, severities,
 * times, keys, size and rates, and folds events by `dedup_key` as PagerDuty does.
 */
export async function startPagerDuty(options: PagerDutyOptions = {}): Promise<PagerDutyServer> {
  const { routingKey = 'e93facc04764012d7bfb002500d5d1a6' } = options;
  const seen: PagerDutySeen[] = [];
  const refused: (readonly string[])[] = [];
  const incidents: Incident[] = [];
  const changes: Json[] = [];
  const isTooMuch = limiter(options.limit);

  function take({ path, headers, body: text }: Asked): Answered {
    const kind = path === '/v2/enqueue' ? 'alert' : 'change';
    const body = parse(text);
    const faults = [
      ...(/^application\/json/.test(headers['content-type'] ?? '') ? [] : ['content-type']),
      ...(Buffer.byteLength(text) > SIZE_MAX ? ['size: at most 512 kB'] : []),
      ...(body === undefined ? ['JSON parse error'] : eventFaults(body, kind, routingKey)),
    ];
    if (body === undefined || faults.length > 0) {
      refused.push(faults);
      const answer = { status: 'invalid event', message: 'Event object is invalid', errors: faults };
      return { status: 400, body: JSON.stringify(answer) };
    }
    if (isTooMuch(routingKey)) {
      const headers = { 'retry-after': String(options.limit?.retryAfterS ?? 1) };
      return { status: 429, headers, body: JSON.stringify({ status: 'throttle exceeded' }) };
    }
    const dedupKey = kind === 'alert' ? String(body['dedup_key']) : undefined;
    const action = kind === 'alert' ? (body['event_action'] as PagerDutySeen['action']) : 'change';
    seen.push({ id: deliveryOf(body) ?? `${action} ${dedupKey}`, action, dedupKey, body });
    if (dedupKey === undefined) changes.push(body);
    else fold(incidents, { dedupKey, action, body });
    return {
      status: 202,
      body: JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: dedupKey }),
    };
  }

  const server = await startLoopback((asked) => {
    const isKnown = asked.path === '/v2/enqueue' || asked.path === '/v2/change/enqueue';
    if (!isKnown) return { status: 404, body: '{"status":"not found"}' };
    if (asked.method !== 'POST') return { status: 405, body: '{"status":"method not allowed"}' };
    return take(asked);
  });
  return { ...server, routingKey, seen, refused, incidents, changes };
}

/** What PagerDuty would not take of an event. */
export function eventFaults(body: Json, kind: 'alert' | 'change', routingKey: string): readonly string[] {
  const {
    routing_key: key,
    event_action: action,
    dedup_key: dedup,
    payload,
    links,
    client_url: clientUrl,
  } = body;
  const known = kind === 'alert' ? ALERT_MEMBERS : ['routing_key', 'payload', 'links'];
  const wanted = kind === 'change' || action === 'trigger';
  return [
    ...strangers(body, known),
    ...(typeof key === 'string' && key.length === 32 ? [] : ["Length of 'routing_key' is incorrect"]),
    ...(key === routingKey ? [] : ['Invalid routing key']),
    ...(kind === 'change' || ['trigger', 'acknowledge', 'resolve'].includes(String(action))
      ? []
      : ["'event_action' is invalid"]),
    ...(dedup === undefined || isText(dedup, 255) ? [] : ["'dedup_key' is longer than 255"]),
    ...(kind === 'alert' && action !== 'trigger' && dedup === undefined ? ["'dedup_key' is missing"] : []),
    ...(wanted ? payloadFaults(payload, kind) : []),
    ...(links === undefined ? [] : linkFaults(links)),
    ...(clientUrl === undefined || isWebUrl(clientUrl) ? [] : ["'client_url' is invalid"]),
  ];
}

const ALERT_MEMBERS = [
  ...['routing_key', 'event_action', 'dedup_key', 'payload', 'links', 'images', 'client', 'client_url'],
];
const PAYLOAD_MEMBERS = {
  alert: ['summary', 'source', 'severity', 'timestamp', 'component', 'group', 'class', 'custom_details'],
  change: ['summary', 'source', 'timestamp', 'custom_details'],
} as const;

function payloadFaults(payload: unknown, kind: 'alert' | 'change'): readonly string[] {
  if (!isObject(payload)) return ["'payload' is missing"];
  const { summary, source, severity, timestamp, custom_details: details } = payload;
  const isSourceGood = kind === 'change' && source === undefined ? true : isText(source, 1_024);
  const named = ['component', 'group', 'class'].filter((name) => {
    const value = payload[name];
    return value !== undefined && !isText(value, 1_024);
  });
  return [
    ...strangers(payload, PAYLOAD_MEMBERS[kind]),
    ...(isText(summary, 1_024) ? [] : ["'payload.summary' must be 1 to 1024 characters"]),
    ...(isSourceGood ? [] : ["'payload.source' is missing"]),
    ...(kind === 'change' || ['critical', 'error', 'warning', 'info'].includes(String(severity))
      ? []
      : ["'payload.severity' is invalid"]),
    ...(timestamp === undefined || isTime(timestamp) ? [] : ["'payload.timestamp' is invalid"]),
    ...named.map((name) => `'payload.${name}' is invalid`),
    ...(details === undefined || isFlat(details) ? [] : ["'payload.custom_details' is not flat"]),
  ];
}

function linkFaults(links: unknown): readonly string[] {
  if (!Array.isArray(links)) return ["'links' is no list"];
  const isGood = (link: unknown) =>
    isObject(link) && isWebUrl(link['href']) && strangers(link, ['href', 'text']).length === 0;
  return links.every(isGood) ? [] : ["'links' has a bad link"];
}

function fold(
  incidents: Incident[],
  { dedupKey, action, body }: { dedupKey: string; action: string; body: Json },
): void {
  const at = incidents.findLastIndex((each) => each.dedupKey === dedupKey && each.state !== 'resolved');
  const open = incidents[at];
  if (action !== 'trigger') {
    // Without an open alert these are dropped.
    if (open !== undefined)
      incidents[at] = { ...open, state: action === 'resolve' ? 'resolved' : 'acknowledged' };
    return;
  }
  const payload = body['payload'] as Json;
  const told = { summary: String(payload['summary']), severity: String(payload['severity']) };
  if (open === undefined) incidents.push({ dedupKey, state: 'triggered', triggers: 1, ...told });
  else incidents[at] = { ...open, triggers: open.triggers + 1 };
}

function deliveryOf(body: Json): string | undefined {
  const details = isObject(body['payload']) ? body['payload']['custom_details'] : undefined;
  return isObject(details) && typeof details['delivery_id'] === 'string' ? details['delivery_id'] : undefined;
}

function isFlat(value: unknown): boolean {
  return (
    isObject(value) && Object.values(value).every((each) => typeof each === 'number' || isText(each, 10_000))
  );
}

function isTime(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}

function isWebUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value);
}

function isText(value: unknown, max: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= max && value.isWellFormed();
}

function strangers(value: Json, known: readonly string[]): readonly string[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => `unknown member ${key}`);
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
