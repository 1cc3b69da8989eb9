import type { AlertMessage, HttpRequest, Sending, Sink } from './sink.ts';
import { alertBlocks, type Block, fallbackOf } from './slack/blocks.ts';
import { readSlack } from './slack/read.ts';
import { SLACK_API, SLACK_SCHEMA, type SlackSettings, slackFaults } from './slack/settings.ts';
import { fallbackText, plainText } from './slack/text.ts';
import { threadLine } from './slack/thread.ts';
import { isWorse } from './words.ts';

const FALLBACK_MAX = 500;
const POSTED_AGAIN =
  'The message before is out of date: an incoming webhook can post, but not change what it posted.';

/**
 * Slack: a bot posts an alert, updates that message, and says in its thread what changes; an incoming webhook can only
 * post, so it says again only what became worse or what people did. Deployments are nothing to interrupt a channel for.
 */
export const slack: Sink<SlackSettings> = {
  id: 'slack',
  schema: SLACK_SCHEMA,
  secrets: ['token', 'webhook', 'signingSecret'],
  // One message a second to a channel: https://docs.slack.dev/apis/web-api/rate-limits
  intervalMs: 1_000,
  faults: slackFaults,
  render(message, sending) {
    if (message.kind === 'deployment') return [];
    return sending.settings.webhook === undefined ? byBot(message, sending) : byWebhook(message, sending);
  },
  read: readSlack,
};

function byBot(message: AlertMessage, sending: Sending<SlackSettings>): readonly HttpRequest[] {
  const { channel, ts } = sending.reference ?? {};
  const content = contentOf(message, sending);
  const remember = { severity: message.alert.severity };
  if (channel === undefined || ts === undefined) {
    const body = {
      channel: sending.settings.channel,
      ...content,
      ...QUIET,
      ...trace(message, sending, 'message'),
    };
    return [{ ...call('chat.postMessage', body, sending), remember }];
  }
  const line = threadLine(message, sending.reference?.['severity']);
  const update = { channel, ts, ...content, ...UNPARSED, ...trace(message, sending, 'message') };
  if (line === undefined) return [{ ...call('chat.update', update, sending), remember }];
  const reply = {
    channel,
    thread_ts: ts,
    ...(isLoud(message) ? { reply_broadcast: true } : {}),
    text: fallbackText(line, FALLBACK_MAX),
    blocks: [{ type: 'section', text: plainText(line, 1_000) }],
    ...QUIET,
    ...trace(message, sending, 'thread'),
  };
  return [call('chat.update', update, sending), { ...call('chat.postMessage', reply, sending), remember }];
}

/** What somebody has to look at again is shown in the channel too. */
function isLoud({ change }: AlertMessage): boolean {
  return change === 'updated' || change === 'opened';
}

function byWebhook(message: AlertMessage, sending: Sending<SlackSettings>): readonly HttpRequest[] {
  const told = sending.reference?.['severity'];
  const { severity } = message.alert;
  if (message.change === 'updated' && told !== undefined && !isWorse(severity, told)) return [];
  const note = told === undefined ? undefined : POSTED_AGAIN;
  const body = JSON.stringify({ ...contentOf(message, sending, note), ...QUIET });
  const request = {
    method: 'POST',
    url: sending.settings.webhook ?? '',
    headers: JSON_HEADERS,
    body,
  } as const;
  return [{ ...request, remember: { severity } }];
}

function contentOf(
  message: AlertMessage,
  { deliveryId, settings }: Sending<SlackSettings>,
  note?: string,
): { readonly text: string; readonly blocks: readonly Block[] } {
  const isInteractive = settings.signingSecret !== undefined;
  return {
    text: fallbackText(fallbackOf(message), FALLBACK_MAX),
    blocks: alertBlocks(message, { deliveryId, isInteractive, note }),
  };
}

/** Slack shall find nothing in a text: no names, no addresses. `chat.update` would look for them by default. */
const UNPARSED = { parse: 'none', link_names: false } as const;
const QUIET = { ...UNPARSED, mrkdwn: false, unfurl_links: false, unfurl_media: false } as const;

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'Trailproof' };

function call(method: string, body: object, { settings }: Sending<SlackSettings>): HttpRequest {
  return {
    method: 'POST',
    url: `${(settings.api ?? SLACK_API).replace(/\/$/, '')}/${method}`,
    headers: { ...JSON_HEADERS, authorization: `Bearer ${settings.token ?? ''}` },
    body: JSON.stringify(body),
  };
}

/** Not shown: by it an app of the user's finds our messages again, and a repeat of one. */
function trace(
  message: AlertMessage,
  { deliveryId }: Sending<SlackSettings>,
  part: 'message' | 'thread',
): object {
  const payload = { delivery_id: deliveryId, part, alert_uid: message.alert.uid, change: message.change };
  return { metadata: { event_type: 'trailproof_alert', event_payload: payload } };
}
