import { addressFault } from '../url.ts';

export type PagerDutySettings = {
  /** Integration key of an Events API v2 integration, 32 characters. */
  readonly routingKey: string;
  /** Service region of the account. */
  readonly region?: 'us' | 'eu' | undefined;
  /** Instead of the region's: a proxy of the user's own. */
  readonly api?: string | undefined;
};

const APIS = { us: 'https://events.pagerduty.com', eu: 'https://events.eu.pagerduty.com' } as const;

export const PAGERDUTY_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['routingKey'],
  properties: {
    routingKey: {
      type: 'string',
      minLength: 1,
      description:
        'Reference to the integration key of an Events API v2 integration, such as env:PAGERDUTY_KEY.',
    },
    region: { enum: ['us', 'eu'], description: 'Service region of the account (default us).' },
    api: { type: 'string', format: 'uri', description: "Instead of the region's address: a proxy of yours." },
  },
} as const;

export function apiOf({ region = 'us', api }: PagerDutySettings): string {
  return (api ?? APIS[region]).replace(/\/$/, '');
}

export function pagerDutyFaults(settings: PagerDutySettings): readonly string[] {
  const fault = addressFault(apiOf(settings));
  return [
    ...(/^[A-Za-z0-9]{32}$/.test(settings.routingKey)
      ? []
      : ['routingKey: expected the 32 letters and digits of an integration key']),
    ...(fault === undefined ? [] : [`api: ${fault}`]),
  ];
}

/** Keys of event orchestrations and rulesets begin with R and take no change events. */
export function takesChanges({ routingKey }: PagerDutySettings): boolean {
  return !routingKey.startsWith('R');
}
