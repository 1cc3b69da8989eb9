import { isObject, type JsonObject, member, stringAt } from '../../json/json.ts';
import { fits, SHAPES, type Shape } from './shapes.ts';

type Attributes = Readonly<Record<string, string>>;

/**
 * The event that a body tells of. The signature covers the body and not X-GitHub-Event, so the header has its way only
 * where the body has that event's shape, or where nothing is known of that event; else the shape decides. Undefined
 * when neither tells.
 */
export function eventName(body: JsonObject, attributes: Attributes): string | undefined {
  const header = headerEvent(attributes);
  if (header !== undefined) {
    const shapes = BY_EVENT.get(header);
    if (shapes === undefined || shapes.some((shape) => fits(shape, body))) return header;
  }
  return requestEvent(body) ?? shapedEvent(body) ?? header;
}

/** X-GitHub-Event where it is a name; a hostile sender may put anything there. */
export function headerEvent(attributes: Attributes): string | undefined {
  const name = attributes['x-github-event'];
  return name !== undefined && /^[a-z0-9_]{1,100}$/.test(name) ? name : undefined;
}

export function shapedEvent(body: JsonObject): string | undefined {
  return SHAPES.find((shape) => fits(shape, body))?.event;
}

/** Requests to bypass a rule or dismiss an alert share one shape; the request says which kind it is. */
function requestEvent(body: JsonObject): string | undefined {
  const request = member(body, 'exemption_request');
  if (!isObject(request)) return undefined;
  return REQUESTS.get(stringAt(request, 'request_type') ?? '') ?? 'exemption_request';
}

const REQUESTS: ReadonlyMap<string, string> = new Map([
  ['push_ruleset_bypass', 'exemption_request_push_ruleset'],
  ['secret_scanning', 'bypass_request_secret_scanning'],
  ['secret_scanning_closure', 'dismissal_request_secret_scanning'],
  ['code_scanning_alert_dismissal', 'dismissal_request_code_scanning'],
  ['dependabot_alert_dismissal', 'dismissal_request_dependabot'],
]);

const BY_EVENT: ReadonlyMap<string, readonly Shape[]> = Map.groupBy(SHAPES, ({ event }) => event);
