/** One native event of the story, and the road on which its vendor would deliver it. */
export interface Moment {
  readonly atMs: number;
  readonly road:
    | 'github-webhook'
    | 'github-audit'
    | 'aws-trail'
    | 'aws-eventbridge'
    | 'azure-eventhub'
    | 'gcp-pubsub';
  readonly event: Readonly<Record<string, unknown>>;
  /** For a webhook: the headers it came with. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `2026-05-04T09:11:22Z`: second precision, as GitHub and CloudTrail write it. */
export function isoSeconds(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
