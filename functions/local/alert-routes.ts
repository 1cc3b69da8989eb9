import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { isObject, type JsonValue, member, stringAt } from '../../shared/json/json.ts';
import { dedupKey } from '../../shared/sinks/pagerduty/event.ts';
import { SLACK_ACTIONS, SNOOZE_MS } from '../../shared/sinks/slack/actions.ts';
import { type ActPorts, act } from '../../shared/stages/act.ts';
import { alertUids, findAlerts } from '../../shared/stages/alert-rows.ts';
import { seenBefore } from '../../shared/stages/seen.ts';
import type { HubResponse, Route } from './route.ts';

/** Secrets themselves, already resolved. */
export interface AlertRouteOptions {
  readonly ports: ActPorts;
  /** Signing secrets of the Slack apps. */
  readonly slackSecrets: readonly string[];
  /** Secrets of PagerDuty's webhook subscriptions. */
  readonly pagerdutySecrets: readonly string[];
  /** Names of the sinks that are PagerDuty: they know already what comes from there. */
  readonly pagerdutySinks: readonly string[];
}

/** The buttons of Slack and what people do in PagerDuty. Each authenticates the raw bytes before anything reads them. */
export function alertRoutes(options: AlertRouteOptions): readonly Route[] {
  return [slackRoute(options), pagerdutyRoute(options)];
}

/** Slack's own bound, for a clock that is off and for replays. */
const AGE_MS_MAX = 5 * 60_000;

/**
 * `POST /slack/actions`: Acknowledge and Snooze. The message is updated by the delivery that follows.
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
function slackRoute({ ports, slackSecrets }: AlertRouteOptions): Route {
  return async ({ method, path, headers, body }) => {
    if (path !== '/slack/actions') return undefined;
    if (method !== 'POST') return answer(405, 'Expected POST.');
    const timestamp = headers['x-slack-request-timestamp'] ?? '';
    const signature = headers['x-slack-signature'] ?? '';
    const nowMs = ports.clock().getTime();
    if (!/^\d{1,12}$/.test(timestamp) || Math.abs(nowMs - Number(timestamp) * 1_000) > AGE_MS_MAX) {
      return answer(401, 'The timestamp is missing, or more than five minutes off.');
    }
    const signed = Buffer.concat([Buffer.from(`v0:${timestamp}:`), body]);
    if (!isSigned(signed, [signature], { scheme: 'v0=', secrets: slackSecrets })) {
      return answer(401, 'X-Slack-Signature does not match the body.');
    }
    const key = hash('sha256', `slack|${signature}`, 'hex');
    if (await seenBefore(ports, key, AGE_MS_MAX)) return answer(409, 'This was sent before.');
    return pressed(ports, body, key);
  };
}

async function pressed(ports: ActPorts, body: Uint8Array, key: string): Promise<HubResponse> {
  const form = new URLSearchParams(Buffer.from(body).toString('utf8'));
  const payload = parse(form.get('payload') ?? '');
  const actions = member(payload, 'actions');
  const [action] = Array.isArray(actions) ? (actions as readonly JsonValue[]) : [];
  const id = stringAt(action, 'action_id');
  const alertUid = stringAt(action, 'value') ?? '';
  // Buttons that are links tell of themselves too; there is nothing to do for them.
  if (id !== SLACK_ACTIONS.acknowledge && id !== SLACK_ACTIONS.snooze) return answer(200, '');
  if (!/^[0-9a-f]{64}$/.test(alertUid)) return answer(200, '');
  const isSnooze = id === SLACK_ACTIONS.snooze;
  const done = await act(ports, {
    kind: isSnooze ? 'snooze' : 'acknowledge',
    alertUid,
    by: slackUser(payload),
    via: 'slack',
    key,
    ...(isSnooze ? { untilMs: ports.clock().getTime() + SNOOZE_MS } : {}),
  });
  return done.ok ? answer(200, '') : answer(404, done.fault);
}

/** A name that a person knows, and the id, which cannot be chosen. */
function slackUser(payload: JsonValue | undefined): string {
  const id = stringAt(payload, 'user', 'id') ?? 'unknown';
  const name = stringAt(payload, 'user', 'username') ?? stringAt(payload, 'user', 'name');
  return name === undefined ? id : `${name.slice(0, 80)} (${id.slice(0, 40)})`;
}

const PAGERDUTY_ACTS: Readonly<Record<string, 'acknowledge' | 'resolve' | 'reopen'>> = {
  'incident.acknowledged': 'acknowledge',
  'incident.resolved': 'resolve',
  'incident.unacknowledged': 'reopen',
  'incident.reopened': 'reopen',
};

/**
 * `POST /pagerduty/webhook`: what people do with incidents, on the alerts behind them. What we did ourselves comes back
 * too, and changes nothing.
 * @see https://developer.pagerduty.com/docs/verifying-webhook-signatures
 */
function pagerdutyRoute(options: AlertRouteOptions): Route {
  const { ports, pagerdutySecrets, pagerdutySinks } = options;
  return async ({ method, path, headers, body }) => {
    if (path !== '/pagerduty/webhook') return undefined;
    if (method !== 'POST') return answer(405, 'Expected POST.');
    const signatures = (headers['x-pagerduty-signature'] ?? '').split(',').map((each) => each.trim());
    if (!isSigned(body, signatures.slice(0, 10), { scheme: 'v1=', secrets: pagerdutySecrets })) {
      return answer(401, 'X-PagerDuty-Signature does not match the body.');
    }
    const event = member(parse(Buffer.from(body).toString('utf8')), 'event');
    const kind = PAGERDUTY_ACTS[stringAt(event, 'event_type') ?? ''];
    const incidentKey = stringAt(event, 'data', 'incident_key');
    if (kind === undefined || incidentKey === undefined) return answer(202, '');
    const alertUid = (await alertUids(ports.table)).find((uid) => dedupKey(uid) === incidentKey);
    // An incident of somebody else's on the same service.
    if (alertUid === undefined) return answer(202, '');
    const [kept] = await findAlerts(ports.table, alertUid, 1);
    const knownTo = kept?.alert.sinks.find((name) => pagerdutySinks.includes(name));
    // Without an id of its own an event could be replayed for ever: its bytes are its id then.
    const key = `pagerduty|${stringAt(event, 'id') ?? hash('sha256', body, 'hex')}`;
    const agent = stringAt(event, 'agent', 'summary') ?? stringAt(event, 'agent', 'id') ?? 'PagerDuty';
    const done = await act(ports, { kind, alertUid, by: agent, via: 'pagerduty', key, knownTo });
    return done.ok ? answer(202, '') : answer(404, done.fault);
  };
}

/** Whether any of the signatures is that of any of the secrets. Compares in constant time. */
function isSigned(
  signed: Uint8Array,
  signatures: readonly string[],
  { scheme, secrets }: { readonly scheme: string; readonly secrets: readonly string[] },
): boolean {
  let isRight = false;
  for (const secret of secrets) {
    const expected = Buffer.from(`${scheme}${createHmac('sha256', secret).update(signed).digest('hex')}`);
    for (const signature of signatures) {
      const given = Buffer.from(signature);
      if (given.length === expected.length && timingSafeEqual(given, expected)) isRight = true;
    }
  }
  return isRight;
}

function parse(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function answer(status: number, text: string): HubResponse {
  const body = text === '' ? '' : `${JSON.stringify({ error: text })}\n`;
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
}
