import type { Alert } from '../../alert/alert.ts';
import type { FilledRunbook } from '../../alert/fill.ts';
import { cutInert, wholeCommand } from '../cut.ts';
import type { AlertLinks, AlertMessage, DeploymentMessage, Message } from '../sink.ts';
import { linkTo } from '../url.ts';
import { isoTime } from '../words.ts';

/** Of ours: receivers are promised less than 64 kB. */
const TEXT_MAX = 500;
const MESSAGE_MAX = 1_000;
const COMMAND_MAX = 2_000;
const BLOCKS_MAX = 12;

/** Names the form of `data`; the schema is docs/schemas/alert.schema.json. */
export const DATA_SCHEMA = 'urn:trailproof:schema:alert:1';

/**
 * A message as a CloudEvent. Its bytes follow from the message and the delivery's id alone, so that a repeat is equal
 * to what it repeats.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export function cloudEvent(message: Message, source: string, deliveryId: string): object {
  const isAlert = message.kind === 'alert';
  return {
    specversion: '1.0',
    id: deliveryId,
    source,
    type: isAlert ? `trailproof.alert.${message.change}` : 'trailproof.deployment',
    subject: cutInert(isAlert ? message.alert.uid : message.uid, 128),
    time: isoTime(isAlert ? message.alert.lastTime : message.time),
    datacontenttype: 'application/json',
    dataschema: DATA_SCHEMA,
    data: isAlert ? alertData(message) : deploymentData(message),
  };
}

function alertData(message: AlertMessage): object {
  const { change, state, by, untilMs, alert, runbook, links } = message;
  return {
    change,
    state,
    by: text(by),
    until: untilMs === undefined ? undefined : isoTime(untilMs),
    alert: alertMembers(alert),
    runbook: runbook === undefined ? undefined : runbookMembers(runbook),
    links: linkMembers(links),
  };
}

function alertMembers(alert: Alert): object {
  const { rule } = alert;
  return {
    uid: text(alert.uid),
    family: text(alert.family),
    severity: alert.severity,
    title: text(alert.title),
    message: text(alert.message, MESSAGE_MAX),
    who: text(alert.who),
    from: text(alert.from),
    what: text(alert.what),
    where: text(alert.where),
    account: text(alert.account),
    source: text(alert.source),
    environment: text(alert.environment),
    explanation: alert.explanation === undefined ? undefined : explanationMembers(alert.explanation),
    first_time: isoTime(alert.firstTime),
    last_time: isoTime(alert.lastTime),
    count: alert.count,
    window_ms: alert.windowMs,
    rule: {
      uid: text(rule.uid),
      title: text(rule.title),
      version: text(rule.version),
      author: text(rule.author),
      references: rule.references.slice(0, 10).map((each) => text(each)),
      false_positives: rule.falsePositives.slice(0, 10).map((each) => text(each)),
    },
    findings: alert.findings.slice(-20).map(({ uid, index, event }) => ({
      uid: text(uid, 128),
      index,
      event: { uid: text(event.uid, 128), index: event.index },
    })),
  };
}

function explanationMembers(explanation: NonNullable<Alert['explanation']>): object {
  const { sentence, expected, seen, overEvents, overDays, precedents } = explanation;
  return {
    sentence: text(sentence, MESSAGE_MAX),
    expected: text(expected),
    seen: text(seen),
    over_events: overEvents,
    over_days: overDays,
    precedents: precedents.slice(0, 5).map(({ uid }) => text(uid, 128)),
  };
}

function runbookMembers({ title, owner, sections }: FilledRunbook): object {
  return {
    title: text(title),
    owner: text(owner),
    sections: sections.slice(0, 4).map((section) => ({
      title: text(section.title),
      steps: section.blocks.slice(0, BLOCKS_MAX).flatMap((block) => {
        const { kind, changes } = block;
        const step = kind === 'prose' ? text(block.text, MESSAGE_MAX) : wholeCommand(block.text, COMMAND_MAX);
        return step === undefined ? [] : [{ kind, text: step, changes }];
      }),
    })),
  };
}

function deploymentData(message: DeploymentMessage): object {
  return {
    deployment: {
      uid: text(message.uid),
      time: isoTime(message.time),
      service: text(message.service),
      environment: text(message.environment),
      who: text(message.who),
      account: text(message.account),
      source: text(message.source),
      summary: text(message.summary, MESSAGE_MAX),
      commit: text(message.commit),
      digest: text(message.digest),
    },
    links: linkMembers(message.links),
  };
}

function linkMembers({ alert, event, proof, runbook }: AlertLinks): object {
  return { alert: linkTo(alert), event: linkTo(event), proof: linkTo(proof), runbook: linkTo(runbook) };
}

function text(value: string | undefined, lengthMax = TEXT_MAX): string | undefined {
  return value === undefined ? undefined : cutInert(value, lengthMax);
}
