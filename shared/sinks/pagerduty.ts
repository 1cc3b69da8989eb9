import { commonOutcome, said } from './answer.ts';
import { changeEvent } from './pagerduty/change.ts';
import { alertEvent, type EventAction } from './pagerduty/event.ts';
import {
  apiOf,
  PAGERDUTY_SCHEMA,
  type PagerDutySettings,
  pagerDutyFaults,
  takesChanges,
} from './pagerduty/settings.ts';
import type { AlertMessage, HttpRequest, HttpResponse, Outcome, Sending, Sink } from './sink.ts';

/**
 * PagerDuty: an alert is one incident, whatever is repeated of it, that people and rules acknowledge and resolve; a
 * deployment is a change event. Digests wake nobody.
 */
export const pagerduty: Sink<PagerDutySettings> = {
  id: 'pagerduty',
  schema: PAGERDUTY_SCHEMA,
  secrets: ['routingKey'],
  // 120 events a minute for an integration: https://developer.pagerduty.com/docs/events-api-v2-overview
  intervalMs: 500,
  faults: pagerDutyFaults,
  render(message, sending) {
    if (message.kind === 'alert') {
      return actionsFor(message, sending.reference?.['opened'] === 'yes').map((action) => ({
        ...request('/v2/enqueue', alertEvent(message, action, sending.deliveryId), sending),
        ...(action === 'acknowledge' ? {} : { remember: { opened: action === 'trigger' ? 'yes' : 'no' } }),
      }));
    }
    if (!takesChanges(sending.settings)) return [];
    return [request('/v2/change/enqueue', changeEvent(message, sending.deliveryId), sending)];
  },
  read,
};

/**
 * The Events API knows no snoozing: who snoozes has seen it, so that is an acknowledgement there. An acknowledged
 * incident notifies nobody again, so that what opens again ends it and begins another.
 */
function actionsFor({ change, state, told }: AlertMessage, isOpened: boolean): readonly EventAction[] {
  switch (change) {
    case 'opened':
      return told === 'acknowledged' || told === 'snoozed' ? ['resolve', 'trigger'] : ['trigger'];
    case 'updated':
      // A trigger after the resolution would open another incident; and, of what somebody was on before PagerDuty
      // heard of it, the first.
      return state === 'open' || (isOpened && state !== 'resolved') ? ['trigger'] : [];
    case 'acknowledged':
    case 'snoozed':
      return ['acknowledge'];
    case 'resolved':
      return ['resolve'];
    case 'test':
      return ['trigger', 'resolve'];
    case 'digest':
      return [];
  }
}

function request(path: string, event: object, { settings }: Sending<PagerDutySettings>): HttpRequest {
  return {
    method: 'POST',
    url: `${apiOf(settings)}${path}`,
    headers: { 'content-type': 'application/json', 'user-agent': 'Trailproof' },
    body: JSON.stringify({ routing_key: settings.routingKey, ...event }),
  };
}

/** 202 is accepted, 429 and 5xx pass; everything else is a bug of ours or a wrong key. */
function read(response: HttpResponse): Outcome {
  const common = commonOutcome(response);
  return common ?? { kind: 'refused', why: `HTTP ${response.status}${said(response.body)}` };
}
