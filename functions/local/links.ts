import type { AlertLinks } from '../../shared/sinks/sink.ts';

/** Where the console shows an event; nowhere without an address that others reach. */
export function linksTo(base: string | undefined, eventUid: string | undefined): AlertLinks {
  if (base === undefined || eventUid === undefined) return {};
  return { event: `${base}/events/${eventUid}`, proof: `${base}/events/${eventUid}#proof` };
}

/** And an alert, with its latest event. */
export function linksToAlert(
  base: string | undefined,
  alert: { readonly uid: string; readonly findings: readonly { readonly event: { readonly uid: string } }[] },
): AlertLinks {
  if (base === undefined) return {};
  return {
    alert: `${base}/alerts/${alert.uid}`,
    runbook: `${base}/alerts/${alert.uid}#runbook`,
    ...linksTo(base, alert.findings.at(-1)?.event.uid),
  };
}
