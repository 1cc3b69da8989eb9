import type { DeploymentMessage } from '../sink.ts';
import { isoTime } from '../words.ts';
import { detail, details, linksOf, SOURCE_MAX, SUMMARY_MAX } from './text.ts';

/**
 * A production deployment as a change event: nobody is notified, and whoever is paged later sees it beside the page.
 * @see https://developer.pagerduty.com/docs/send-change-event
 */
export function changeEvent(message: DeploymentMessage, deliveryId: string): object {
  const { service, environment, who, account, source, commit, digest } = message;
  return {
    links: linksOf(message.links),
    payload: {
      summary: detail(message.summary, SUMMARY_MAX),
      source: detail(service, SOURCE_MAX),
      timestamp: isoTime(message.time),
      custom_details: details({
        service: detail(service),
        environment: optional(environment),
        who: optional(who),
        account: optional(account),
        told_by: optional(source),
        commit: optional(commit),
        digest: optional(digest),
        event_uid: detail(message.uid),
        delivery_id: detail(deliveryId),
      }),
    },
  };
}

function optional(value: string | undefined): string | undefined {
  return value === undefined ? undefined : detail(value);
}
