import type { AlertMessage } from '../sink.ts';
import { linkTo } from '../url.ts';
import type { Block } from './blocks.ts';
import { plainText } from './text.ts';

/** `action_id` of the buttons that Trailproof answers; their `value` is the uid of the alert. */
export const SLACK_ACTIONS = { acknowledge: 'acknowledge', snooze: 'snooze' } as const;

/** How long the button snoozes. */
export const SNOOZE_MS = 3_600_000;

/** Buttons for what can be done now, and links that there are; undefined where that is nothing. */
export function actionsBlock(message: AlertMessage, isInteractive: boolean): Block | undefined {
  const { state, change, alert, links } = message;
  const isOpen = state !== 'resolved' && change !== 'test' && change !== 'digest';
  const elements = [
    ...(isInteractive && isOpen && state !== 'acknowledged'
      ? [button('Acknowledge', SLACK_ACTIONS.acknowledge, { value: alert.uid, style: 'primary' })]
      : []),
    ...(isInteractive && isOpen && state !== 'snoozed'
      ? [button('Snooze 1 h', SLACK_ACTIONS.snooze, { value: alert.uid })]
      : []),
    ...link('Runbook', 'runbook', links.runbook),
    // The runbook stands on the alert's own page.
    ...(links.runbook === undefined ? link('View alert', 'alert', links.alert) : []),
    ...link('View event', 'event', links.event),
    ...link('Verify proof', 'proof', links.proof),
  ];
  return elements.length === 0 ? undefined : { type: 'actions', elements };
}

function link(label: string, id: string, address: string | undefined): readonly Block[] {
  // Slack takes 3,000 characters, and all blocks together not so many more.
  const url = linkTo(address, 500);
  return url === undefined ? [] : [button(label, id, { url })];
}

function button(label: string, id: string, more: Block): Block {
  return { type: 'button', action_id: id, text: plainText(label, 75), ...more };
}
