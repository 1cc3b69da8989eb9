import { addressFault } from '../url.ts';

/** Either `token` and `channel` of a bot, or the `webhook` that posts to one channel. */
export type SlackSettings = {
  readonly token?: string | undefined;
  /** Id (C0123456789) or #name. */
  readonly channel?: string | undefined;
  readonly webhook?: string | undefined;
  /** Verifies what Slack sends when a button is pressed; without it there are no such buttons. */
  readonly signingSecret?: string | undefined;
  /** Of GovSlack: https://slack-gov.com/api. */
  readonly api?: string | undefined;
};

export const SLACK_API = 'https://slack.com/api';

export const SLACK_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    token: {
      type: 'string',
      minLength: 1,
      description:
        'Reference to the bot token (xoxb-…), such as env:SLACK_TOKEN. Needs the scope chat:write.',
    },
    channel: {
      type: 'string',
      pattern: '^(#[^\\s#]{1,80}|[CGD][A-Z0-9]{2,30})$',
      description: 'Channel that the bot is a member of: its id (C0123456789), or #name.',
    },
    webhook: {
      type: 'string',
      minLength: 1,
      description: 'Reference to the URL of an incoming webhook. It cannot update what it posted.',
    },
    signingSecret: {
      type: 'string',
      minLength: 1,
      description: "Reference to the app's signing secret. With it, messages have Acknowledge and Snooze.",
    },
    api: { type: 'string', format: 'uri', description: `Base of the Web API (default ${SLACK_API}).` },
  },
  oneOf: [
    {
      type: 'object',
      required: ['token', 'channel'],
      properties: { token: {}, channel: {}, webhook: false },
    },
    { type: 'object', required: ['webhook'], properties: { webhook: {}, token: false, channel: false } },
  ],
} as const;

export function slackFaults(settings: SlackSettings): readonly string[] {
  const { token, channel, webhook, api } = settings;
  if (webhook !== undefined) {
    const fault = addressFault(webhook);
    const both = token === undefined ? [] : ['expected token and channel, or webhook: not both'];
    return fault === undefined ? both : [...both, `webhook: ${fault}`];
  }
  const fault = addressFault(api ?? SLACK_API);
  return [
    ...(token === undefined || !/^[\x21-\x7e]+$/.test(token) ? ['token: expected a bot token (xoxb-…)'] : []),
    ...(channel === undefined || channel === '' ? ['channel: expected the id of a channel, or #name'] : []),
    ...(fault === undefined ? [] : [`api: ${fault}`]),
  ];
}
