import { hash } from 'node:crypto';
import { OWN_SOURCE } from '../detect/finding.ts';
import { isObject, type JsonObject, type JsonValue, member } from '../json/json.ts';
import { complete } from '../ocsf/complete.ts';
import type { OcsfBody, OcsfEvent } from '../ocsf/event.ts';
import type { PendingEntry } from '../trail/pending.ts';
import type { ActKind } from './state.ts';

/**
 * What people did with alerts and what became of deliveries, as entries of the trail: `unmapped.trailproof.act` of an
 * event of ours. The alert fold reads nothing else of them.
 */
export type AlertAct =
  | {
      readonly kind: ActKind;
      readonly alert: string;
      readonly by: string;
      readonly via: string;
      readonly untilMs?: number | undefined;
      readonly reason?: string | undefined;
      /** A sink that knows of it already, because it came from there. */
      readonly knownTo?: string | undefined;
    }
  | {
      readonly kind: 'silence';
      readonly silence: string;
      readonly by: string;
      readonly via: string;
      readonly owner: string;
      readonly reason: string;
      readonly fromMs: number;
      readonly untilMs: number;
      readonly match: JsonObject;
    }
  | { readonly kind: 'unsilence'; readonly silence: string; readonly by: string; readonly via: string }
  | {
      readonly kind: 'delivered' | 'dead';
      readonly sink: string;
      /** What was told: see Subject in the delivery rows. */
      readonly subject: string;
      /** The alert's uid, or the deployment's. */
      readonly about: string;
      readonly delivery: string;
      readonly version: number;
      readonly state: string;
      readonly attempts: number;
      readonly why?: string | undefined;
      readonly reference?: JsonObject | undefined;
    }
  | {
      readonly kind: 'redrive';
      readonly sink: string;
      readonly subject: string;
      readonly about: string;
      readonly by: string;
      readonly via: string;
    }
  /** Somebody tried whether a sink can be reached. */
  | {
      readonly kind: 'test';
      readonly sink: string;
      readonly by: string;
      readonly via: string;
      readonly outcome: string;
      readonly why?: string | undefined;
    }
  /** The sinks that there are from here on. */
  | { readonly kind: 'sinks'; readonly sinks: readonly string[]; readonly by: string; readonly via: string };

export interface ActEntry {
  readonly act: AlertAct;
  /** Told apart from its repeats by this alone. */
  readonly key: string;
  readonly timeMs: number;
  /** 128 random bits in hex. */
  readonly nonce: string;
  /** Of an act on an alert: what it is called, and the finding that opened it. */
  readonly alert?: {
    readonly title: string;
    readonly finding: string;
    readonly severityId: 0 | 1 | 2 | 3 | 4 | 5;
  };
}

const PRODUCT = { name: 'Trailproof', vendor_name: 'Trailproof' };
const TEXT_LENGTH_MAX = 500;

/** An act as an entry to be appended: an update of the alert's finding (2004), or API activity (6003). */
export function actEntry({ act, key, timeMs, nonce, alert }: ActEntry): PendingEntry {
  const uid = hash('sha256', `act|${key}`, 'hex');
  const essence = `1:${hash('sha256', JSON.stringify([act.kind, key]), 'hex')}`;
  const own = { nonce, essence, source: OWN_SOURCE, act: plain(act) };
  const body = alert === undefined ? activityOf(act, timeMs) : updateOf(act, alert, timeMs);
  const event = complete(
    { ...body, unmapped: { trailproof: own } },
    { uid, originalEventUid: undefined, product: PRODUCT },
  );
  return { kind: 'event', uid, essence, source: OWN_SOURCE, time: timeMs, line: JSON.stringify(event) };
}

/** The act that an event of ours tells of; undefined for every other. Checked again: it is read back from storage. */
export function actOf(event: OcsfEvent): AlertAct | undefined {
  const act = member(event.unmapped?.['trailproof'], 'act');
  if (!isObject(act) || typeof member(act, 'kind') !== 'string') return undefined;
  const required = REQUIRED[member(act, 'kind') as AlertAct['kind']];
  if (required === undefined) return undefined;
  const isWhole = Object.entries(required).every(([name, type]) => {
    const value = member(act, name);
    return type === 'list' ? Array.isArray(value) : type === 'map' ? isObject(value) : typeof value === type;
  });
  return isWhole ? (act as unknown as AlertAct) : undefined;
}

const ON_ALERT = { alert: 'string', by: 'string', via: 'string' };
const OF_DELIVERY = {
  sink: 'string',
  subject: 'string',
  about: 'string',
  delivery: 'string',
  version: 'number',
  state: 'string',
  attempts: 'number',
};

const REQUIRED: Readonly<Record<AlertAct['kind'], Readonly<Record<string, string>>>> = {
  acknowledge: ON_ALERT,
  snooze: { ...ON_ALERT, untilMs: 'number' },
  resolve: ON_ALERT,
  reopen: ON_ALERT,
  silence: {
    silence: 'string',
    by: 'string',
    via: 'string',
    owner: 'string',
    reason: 'string',
    fromMs: 'number',
    untilMs: 'number',
    match: 'map',
  },
  unsilence: { silence: 'string', by: 'string', via: 'string' },
  delivered: OF_DELIVERY,
  dead: OF_DELIVERY,
  redrive: { sink: 'string', subject: 'string', by: 'string', via: 'string' },
  test: { sink: 'string', by: 'string', via: 'string', outcome: 'string' },
  sinks: { sinks: 'list', by: 'string', via: 'string' },
};

/** OCSF status_id of findings: In Progress, Suppressed, Resolved, New. */
const FINDING_STATUS_ID: Readonly<Record<ActKind, 1 | 2 | 3 | 4>> = {
  acknowledge: 2,
  snooze: 3,
  resolve: 4,
  reopen: 1,
};

/** Detection Finding, activity Update. */
function updateOf(act: AlertAct, alert: NonNullable<ActEntry['alert']>, timeMs: number): OcsfBody {
  const isOnAlert = 'alert' in act;
  return {
    class_uid: 2004,
    activity_id: 2,
    time: timeMs,
    severity_id: alert.severityId,
    message: sentenceOf(act, alert.title),
    status_id: isOnAlert ? FINDING_STATUS_ID[act.kind] : undefined,
    comment: isOnAlert ? act.reason : undefined,
    metadata: { profiles: ['host'], log_name: OWN_SOURCE },
    actor: actorOf(act),
    finding_info: { uid: alert.finding, title: alert.title.slice(0, TEXT_LENGTH_MAX) },
  };
}

function activityOf(act: AlertAct, timeMs: number): OcsfBody {
  const via = 'via' in act ? act.via : 'hub';
  return {
    class_uid: 6003,
    activity_id: 3,
    time: timeMs,
    severity_id: 1,
    message: sentenceOf(act, ''),
    status_id: isFailure(act) ? 2 : 1,
    status_detail: isFailure(act) ? act.why : undefined,
    metadata: { profiles: [], log_name: OWN_SOURCE },
    actor: actorOf(act),
    api: { operation: act.kind, service: { name: 'trailproof' } },
    src_endpoint: { name: via },
  };
}

function isFailure(act: AlertAct): act is Extract<AlertAct, { readonly kind: 'dead' | 'test' }> {
  return act.kind === 'dead' || (act.kind === 'test' && act.outcome !== 'delivered');
}

function actorOf(act: AlertAct): OcsfBody['actor'] {
  return 'by' in act ? { user: { name: act.by } } : { app_name: 'trailproof' };
}

function sentenceOf(act: AlertAct, title: string): string {
  const text = sentence(act, title);
  return text.slice(0, 1_000);
}

function sentence(act: AlertAct, title: string): string {
  const because = 'reason' in act && act.reason !== undefined ? `: ${act.reason}` : '';
  switch (act.kind) {
    case 'acknowledge':
    case 'resolve':
    case 'reopen':
      return `${act.by} ${PAST[act.kind]} the alert ${title} (${act.alert.slice(0, 12)}) through ${act.via}${because}`;
    case 'snooze':
      return `${act.by} snoozed the alert ${title} (${act.alert.slice(0, 12)}) until ${isoOf(act.untilMs)} through ${act.via}${because}`;
    case 'silence':
      return `${act.by} silenced alerts until ${isoOf(act.untilMs)} through ${act.via}${because}`;
    case 'unsilence':
      return `${act.by} ended the silence ${act.silence.slice(0, 12)} through ${act.via}`;
    case 'delivered':
      return `${act.sink} took the ${act.state} alert or deployment ${act.about.slice(0, 12)}`;
    case 'dead':
      return `${act.sink} did not take the ${act.state} alert or deployment ${act.about.slice(0, 12)}: ${act.why ?? 'no reason given'}`;
    case 'redrive':
      return `${act.by} had what ${act.sink} did not take sent again through ${act.via}`;
    case 'test':
      return `${act.by} tried the sink ${act.sink} through ${act.via}: ${act.outcome}`;
    case 'sinks':
      return `Alerts go to ${act.sinks.join(', ') || 'no sink'}`;
  }
}

const PAST = { acknowledge: 'acknowledged', resolve: 'resolved', reopen: 'reopened' } as const;

function isoOf(timeMs: number | undefined): string {
  const time = new Date(timeMs ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? 'an unknown time' : time.toISOString();
}

/** Without what is undefined, as it will be read back. */
function plain(act: AlertAct): JsonValue {
  return JSON.parse(JSON.stringify(act)) as JsonValue;
}
