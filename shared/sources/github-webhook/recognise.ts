import {
  idAt,
  isArray,
  isObject,
  type JsonObject,
  type JsonValue,
  member,
  stringAt,
} from '../../json/json.ts';
import { headerEvent, shapedEvent } from './event-name.ts';

type Attributes = Readonly<Record<string, string>>;

/** Whether a document is a webhook body, a list of them, or a delivery as GitHub's own API gives it again. */
export function isWebhook(value: JsonValue, attributes: Attributes): boolean {
  if (isArray(value)) return value.slice(0, LOOK_MAX).some((each) => isObject(each) && isBody(each));
  if (!isObject(value)) return false;
  if (isRedelivered(value)) return true;
  return isFromGithub(attributes) || isBody(value);
}

const LOOK_MAX = 20;

/** `GET /app/hook/deliveries/{id}`: the way back to deliveries that were missed, for three days. */
export function isRedelivered(value: JsonObject): boolean {
  return (
    stringAt(value, 'guid') !== undefined &&
    stringAt(value, 'event') !== undefined &&
    isObject(member(member(value, 'request'), 'payload'))
  );
}

/** Gitea, Gogs and Forgejo send X-GitHub-Event beside their own header. */
function isFromGithub(attributes: Attributes): boolean {
  return headerEvent(attributes) !== undefined && !IMITATORS.some((name) => Object.hasOwn(attributes, name));
}

const IMITATORS = ['x-gitea-event', 'x-gogs-event', 'x-forgejo-event'];

/**
 * A body by its shape alone: accounts and repositories in GitHub's form around what one of its events has, or the mark
 * of a log store that knew where it came from.
 */
function isBody(body: JsonObject): boolean {
  // An audit entry names its repository and actor in texts, and its action with a dot.
  if (typeof member(body, 'actor') === 'string' || stringAt(body, '_document_id') !== undefined) return false;
  if (stringAt(body, 'p_log_type') === 'GitHub.Webhook') return true;
  const repository = stringAt(body, 'repository', 'full_name');
  const hasRepository = repository !== undefined && /^[^/\s]+\/[^/\s]+$/.test(repository);
  const hasSender = stringAt(body, 'sender', 'login') !== undefined;
  const hasOrganization = stringAt(body, 'organization', 'login') !== undefined;
  const isAttributed = hasRepository || hasSender || hasOrganization;
  const isWhole = stringAt(body, 'action') !== undefined || Object.hasOwn(body, 'zen');
  // Most documents of other sources are told here, before any shape is tried.
  if (!isAttributed && !isWhole) return false;
  const event = shapedEvent(body);
  if (event !== undefined) return isAttributed || DISTINCT.has(event);
  return hasSender && (hasRepository || hasOrganization || idAt(body, 'installation', 'id') !== undefined);
}

/** Events told by their shape even where the body has lost its repository and sender. */
const DISTINCT: ReadonlySet<string> = new Set([
  ...['ping', 'security_advisory', 'repository_advisory', 'workflow_job', 'deployment_status'],
  ...['repository_vulnerability_alert', 'secret_scanning_alert', 'registry_package', 'package'],
]);
