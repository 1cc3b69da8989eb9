import type { Alert } from '../../alert/alert.ts';
import type { AlertMessage } from '../sink.ts';
import { actorOf, factsOf, placeOf, SEVERITY_MARKS, span, stateLine, times } from '../words.ts';
import { actionsBlock } from './actions.ts';
import { runbookBlocks } from './runbook.ts';
import { labelled, type PlainText, plainText } from './text.ts';

/** A block of Block Kit, as JSON. @see https://docs.slack.dev/reference/block-kit/blocks */
export type Block = Readonly<Record<string, unknown>>;

/** Of Block Kit, in characters. */
const HEADER_MAX = 150;
/** Of ours, within Slack's 3,000 and 2,000, for all blocks together end somewhere beyond 13,000 characters of JSON. */
const TEXT_MAX = 700;
const FIELD_MAX = 300;
const CONTEXT_MAX = 150;
const BLOCKS_MAX = 12_000;
const RUNBOOK_MAX = 5_000;
const EVENTS_SHOWN = 5;

export interface BlockOptions {
  /** Carried in a block's id, by which a receiver knows a repeat: Slack has no other place for it in every mode. */
  readonly deliveryId: string;
  /** Whether somebody answers when Acknowledge is pressed. */
  readonly isInteractive: boolean;
  /** Said where a message stands beside the one before, which could not be changed. */
  readonly note?: string | undefined;
}

/**
 * An alert as blocks: what and how bad, who, where and when, how to find out whether it is real, and what can be done.
 * Values of events stand only in `plain_text` and in `text` elements of rich text, which Slack does not parse.
 */
export function alertBlocks(message: AlertMessage, options: BlockOptions): readonly Block[] {
  const { alert, state, change } = message;
  const status = stateLine(message);
  const actions = actionsBlock(message, options.isInteractive);
  const head: readonly Block[] = [
    { type: 'header', block_id: blockId(options.deliveryId), text: plainText(headline(message), HEADER_MAX) },
    ...(status === undefined ? [] : [{ type: 'section', text: plainText(status, 300) }]),
    { type: 'section', text: plainText(bodyOf(message), TEXT_MAX), fields: fieldsOf(alert) },
  ];
  const foot: readonly Block[] = [
    { type: 'context', elements: contextOf(alert, options.note) },
    ...(actions === undefined ? [] : [actions]),
  ];
  const isRunbookShown = state !== 'resolved' && change !== 'digest' && message.runbook !== undefined;
  if (!isRunbookShown) return [...head, ...foot];
  const room = BLOCKS_MAX - JSON.stringify([head, foot]).length;
  const isLinked = message.links.runbook !== undefined;
  const steps = runbookBlocks(message.runbook, { isLinked, lengthMax: Math.min(room, RUNBOOK_MAX) });
  return [...head, ...steps, ...foot];
}

/** What is said of an alert in one line. */
export function headline({ change, state, alert }: AlertMessage): string {
  const place = alert.where === undefined ? '' : `: ${alert.where}`;
  if (change === 'test') return `Test message of Trailproof (${SEVERITY_MARKS[alert.severity]})`;
  const mark = state === 'resolved' ? '✓ RESOLVED' : SEVERITY_MARKS[alert.severity];
  return `${change === 'digest' ? 'Digest' : mark}  ${alert.title}${place}`;
}

function bodyOf({ change, alert }: AlertMessage): string {
  if (change === 'test') {
    return 'Nothing happened. This is what an alert looks like here, with example values.';
  }
  if (change === 'digest') {
    return `${times(alert.count)} since this rule went over its budget of alerts. They are findings in the trail and are told here together. The latest: ${alert.message}`;
  }
  return alert.message;
}

/** At most ten, which is all that a section takes. */
function fieldsOf(alert: Alert): readonly PlainText[] {
  return factsOf(alert).map(([label, value]) => labelled(label, value, FIELD_MAX));
}

function contextOf(alert: Alert, note: string | undefined): readonly PlainText[] {
  const { rule, findings, count } = alert;
  const version = rule.version === undefined ? '' : `, version ${rule.version}`;
  const author = rule.author === undefined ? '' : `, by ${rule.author}`;
  const uids = findings.slice(-EVENTS_SHOWN).map(({ event }) => event.uid.slice(0, 16));
  const more = count > uids.length ? ` and ${count - uids.length} more` : '';
  return [
    ...(note === undefined ? [] : [plainText(note, CONTEXT_MAX)]),
    plainText(`Rule ${rule.uid}${version}${author}`, CONTEXT_MAX),
    plainText(`${times(count)} in a window of ${span(alert.windowMs)}`, CONTEXT_MAX),
    ...(uids.length === 0 ? [] : [plainText(`Events ${uids.join(' ')}${more}`, CONTEXT_MAX)]),
    plainText(`Alert ${alert.uid.slice(0, 12)}`, CONTEXT_MAX),
  ];
}

function blockId(deliveryId: string): string {
  return `delivery.${deliveryId}`.slice(0, 255);
}

/** The same for a notification: what, how bad, what has become of it, who and where. */
export function fallbackOf(message: AlertMessage): string {
  const { alert } = message;
  const status = stateLine(message);
  const rest = [actorOf(alert), placeOf(alert)].filter((part) => part !== undefined).join(', ');
  return [headline({ ...message, alert: { ...alert, where: undefined } }), status, rest]
    .filter((part) => part !== undefined && part !== '')
    .join(' · ');
}
