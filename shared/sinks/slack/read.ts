import { commonOutcome, pauseMs, said } from '../answer.ts';
import type { HttpResponse, Outcome } from '../sink.ts';

/** Errors that no repeat cures. Whatever Slack adds later is tried again, as often as each delivery. */
const REFUSALS: ReadonlySet<string> = new Set([
  ...['channel_not_found', 'not_in_channel', 'is_archived', 'channel_is_archived', 'no_permission'],
  ...['restricted_action', 'restricted_action_read_only_channel', 'restricted_action_thread_only_channel'],
  ...['posting_to_general_channel_denied', 'action_prohibited', 'ekm_access_denied', 'access_denied'],
  ...['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'missing_scope'],
  ...['not_allowed_token_type', 'invalid_token', 'no_service', 'no_service_id', 'no_team', 'team_disabled'],
  ...['user_not_found', 'org_login_required', 'enterprise_is_restricted', 'method_deprecated'],
  ...['msg_too_long', 'msg_blocks_too_long', 'no_text', 'invalid_blocks', 'invalid_blocks_format'],
  ...['invalid_payload', 'invalid_arguments', 'invalid_json', 'json_not_object', 'invalid_metadata_format'],
  ...['metadata_too_large', 'invalid_form_data', 'invalid_post_type', 'invalid_charset'],
]);

/** Errors of an update whose message is gone, or may not be changed any more: it is posted anew. */
const GONE: ReadonlySet<string> = new Set([
  'message_not_found',
  'thread_not_found',
  'cant_update_message',
  'edit_window_closed',
]);

/**
 * What an answer of Slack means. The Web API says 200 to almost everything and puts the error into its JSON; an
 * incoming webhook says `ok` or the bare name of the error.
 * @see https://docs.slack.dev/reference/methods/chat.postMessage#errors
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
 */
export function readSlack(response: HttpResponse): Outcome {
  const answer = answerOf(response.body);
  if (answer?.['ok'] === true) return { kind: 'delivered', reference: referenceOf(answer) };
  const error = answer === undefined ? response.body.trim() : answer['error'];
  const name = typeof error === 'string' && /^[a-z][a-z_]{1,60}$/.test(error) ? error : undefined;
  if (answer === undefined && response.status === 200 && name === 'ok') return { kind: 'delivered' };
  if (name !== undefined && REFUSALS.has(name)) return { kind: 'refused', why: name };
  if (name !== undefined && GONE.has(name)) return { kind: 'retry', why: name, afterMs: 0, forget: true };
  const common = response.status === 200 ? undefined : commonOutcome(response);
  if (common?.kind === 'retry') return name === undefined ? common : { ...common, why: name };
  const why = name ?? `HTTP ${response.status}${said(response.body)}`;
  const isOurFault = response.status >= 400 && response.status < 500;
  return isOurFault ? { kind: 'refused', why } : { kind: 'retry', why, afterMs: pauseMs(response) };
}

/** Where the message stands. A reply in a thread is none that is ever updated. */
function referenceOf({ channel, ts, message }: Json): Readonly<Record<string, string>> | undefined {
  if (typeof channel !== 'string' || typeof ts !== 'string') return undefined;
  const thread = isObject(message) ? message['thread_ts'] : undefined;
  return typeof thread === 'string' && thread !== ts ? undefined : { channel, ts };
}

type Json = Readonly<Record<string, unknown>>;

function answerOf(body: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) && typeof value['ok'] === 'boolean' ? value : undefined;
  } catch {
    // An incoming webhook answers in plain text.
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
