/** What the pages of the golden files show: made up, at one time, with hostile values here and there. */
import type { DeskAlert } from '../../../console/alert-desk.ts';
import type { EventView } from '../../../console/views/event.ts';
import type { FindingView } from '../../../console/views/findings.ts';
import type { OverviewView } from '../../../console/views/overview.ts';
import type { SearchView } from '../../../console/views/search.ts';
import type { FilledRunbook } from '../../../shared/alert/fill.ts';
import type { OcsfEvent } from '../../../shared/ocsf/event.ts';
import type { Tally } from '../../../shared/stages/tally.ts';

export const NOW_MS = Date.UTC(2026, 4, 4, 12);
export const HOUR_MS = 3_600_000;

const facets = {
  source: [
    { value: 'aws.cloudtrail', count: 5 },
    { value: 'github.audit', count: 2 },
  ],
  class: [{ value: 'API Activity', count: 7 }],
  actor: [{ value: 'alice" OR actor:*', count: 7 }],
  operation: [{ value: `cut${'t'.repeat(200)}…`, count: 7 }],
  outcome: [
    { value: 'Success', count: 6 },
    { value: 'Failure', count: 1 },
  ],
};

export const counted: Tally = {
  total: 7,
  isExact: true,
  uncounted: 0,
  facets,
  newest: [],
  plot: {
    startMs: NOW_MS - 2 * HOUR_MS,
    widthMs: HOUR_MS,
    bars: 2,
    series: [
      { value: 'Success', counts: [6, 0] },
      { value: 'Failure', counts: [0, 1] },
    ],
  },
};

export const alert: DeskAlert = {
  alert: {
    uid: 'a'.repeat(64),
    family: 'audit-logging-stopped',
    severity: 'critical',
    title: 'CloudTrail Stopped Or Deleted',
    message: 'alice called StopLogging on trail <b>organisation</b>',
    who: 'alice',
    from: '198.51.100.7',
    what: 'StopLogging',
    where: 'organisation',
    account: 'AWS 111122223333',
    source: 'CloudTrail',
    firstTime: NOW_MS - HOUR_MS,
    lastTime: NOW_MS - HOUR_MS,
    windowMs: HOUR_MS,
    count: 1,
    rule: {
      uid: 'rule-1',
      title: 'CloudTrail Stopped',
      author: undefined,
      version: undefined,
      references: [],
      falsePositives: [],
    },
    findings: [],
    environment: undefined,
  },
  status: { state: 'open' },
  deliveries: [
    { sink: 'slack', state: 'delivered', attempts: 0, atMs: NOW_MS, why: undefined },
    { sink: 'pager', state: 'given up', attempts: 9, atMs: undefined, why: 'it answered 403' },
    { sink: 'hook', state: 'waiting', attempts: 0, atMs: undefined, why: undefined },
  ],
  sinks: ['slack', 'pager', 'hook'],
  subject: 'a1',
  isTold: true,
  isSilenced: false,
};

export const asked = { q: 'actor:alice', since: '24h', until: '', before: undefined };
export const search: SearchView = {
  asked,
  nowMs: NOW_MS,
  size: 1234,
  dataFolder: undefined,
  fault: undefined,
  timeFaults: [],
  answer: {
    tally: counted,
    isCounted: true,
    rows: [
      {
        index: 7,
        uid: 'b'.repeat(64),
        timeMs: NOW_MS - HOUR_MS,
        source: 'aws.cloudtrail',
        actor: 'alice',
        operation: 'StopLogging',
        resource: '<script>\u202e',
        outcome: 'Failure',
        severity: undefined,
        isFinding: false,
      },
    ],
    next: 7,
    readDownTo: undefined,
  },
};

export const overview: OverviewView = {
  nowMs: NOW_MS,
  size: 1234,
  stretch: 'day',
  since: '24h',
  events: { ...counted, plot: { ...counted.plot!, series: [{ value: 'aws.cloudtrail', counts: [3, 4] }] } },
  alerts: [alert],
  openCount: 1,
  rules: [{ id: 'rule-1', title: 'CloudTrail Stopped', severity: 'critical', count: 1 }],
  silent: [{ source: 'github.audit', count: 2, firstMs: 0, lastMs: NOW_MS - 30 * HOUR_MS }],
  sources: [],
  verification: {
    atMs: NOW_MS - HOUR_MS,
    tookMs: 1200,
    isWhole: true,
    lines: 1234,
    entries: 1234,
    tiles: 5,
    checkpoints: 2,
    faults: [],
  },
  isVerifying: false,
  dataFolder: undefined,
};

export const runbook: FilledRunbook = {
  title: 'Audit logging was stopped',
  owner: 'platform-security',
  sections: [
    {
      title: 'Is this real?',
      blocks: [
        { kind: 'prose', text: '1. Ask alice <b>why</b>.', changes: false },
        { kind: 'command', text: "aws cloudtrail start-logging --name='organisation'", changes: true },
      ],
    },
  ],
  unresolved: [],
};

const event = {
  time: NOW_MS - HOUR_MS,
  message: 'alice called StopLogging on trail organisation',
  category_uid: 6,
  category_name: 'Application Activity',
  class_uid: 6003,
  class_name: 'API Activity',
  activity_id: 99,
  activity_name: 'Stop',
  type_uid: 600_399,
  type_name: 'API Activity: Other',
  severity_id: 1,
  status_id: 1,
  status: 'Success',
  actor: { user: { name: 'alice', uid: 'arn:aws:iam::111122223333:user/alice' } },
  api: { operation: 'StopLogging', service: { name: 'cloudtrail.amazonaws.com' } },
  resources: [{ type: 'AWS::CloudTrail::Trail', name: 'organisation' }],
  src_endpoint: { ip: '198.51.100.7' },
  metadata: {
    uid: 'b'.repeat(64),
    version: '1.6.0',
    product: { name: 'CloudTrail' },
    log_name: 'aws.cloudtrail',
    original_event_uid: '00000000-0000-4000-8000-000000000001',
  },
  raw_data: '{"eventName":"StopLogging","userAgent":"</code><script>"}',
} as unknown as OcsfEvent;

export const eventView: EventView = {
  index: 7,
  uid: 'b'.repeat(64),
  size: 1234,
  nowMs: NOW_MS,
  dataFolder: undefined,
  event,
  line: JSON.stringify(event),
  raw: event.raw_data ?? '',
  proof: {
    file: { line: '', entry: '', proof: '' },
    index: 7,
    size: 9,
    root: 'c'.repeat(64),
    path: [
      { side: 'left', hash: 'd'.repeat(64) },
      { side: 'right', hash: 'e'.repeat(64) },
    ],
    appendedMs: NOW_MS - HOUR_MS,
    origin: 'example.com/audit',
    vkey: 'example.com/audit+00000000+key',
    checkpoint: 'example.com/audit\n9\nroot\n',
  },
  near: [
    { name: 'same actor', value: 'alice', question: { q: 'actor:alice' }, total: 3, isExact: true },
    {
      name: 'same resource',
      value: 'organisation',
      question: { q: 'resource:organisation' },
      total: 9,
      isExact: false,
    },
  ],
  findings: [{ uid: 'f'.repeat(64), title: 'CloudTrail Stopped', severity: 'critical' }],
};

export const finding: FindingView = {
  uid: 'f'.repeat(64),
  index: 8,
  nowMs: NOW_MS,
  event: {
    ...event,
    message: 'Service Deployed At An Unusual Hour: alice deployed payments',
    finding_info: {
      uid: 'f'.repeat(64),
      title: 'Service Deployed At An Unusual Hour',
      desc: 'Deployments come at usual hours.',
      analytic: { uid: 'rule-1', name: 'Service Deployed At An Unusual Hour' },
      related_events: [{ uid: 'b'.repeat(64), title: 'alice deployed payments' }],
      related_events_count: 3,
      tags: [{ name: 'tags', value: 'cicd.sec-1' }],
    },
    resources: [
      { type: 'repository', name: 'production' },
      { type: 'environment', name: 'production' },
    ],
  } as unknown as OcsfEvent,
  severity: 'high',
  explained: {
    sentence: 'payments was never deployed at this hour.',
    expected: 'weekdays, 08:00 to 17:00',
    seen: 'Saturday, 02:51',
    overEvents: 42,
    overDays: 12.5,
    isAtLeast: false,
    isLearning: false,
    precedents: [{ uid: 'b'.repeat(64), timeMs: NOW_MS - 20 * HOUR_MS }],
  },
  related: [{ uid: 'b'.repeat(64), title: 'alice deployed payments' }],
  fields: [{ name: 'actor.user.name', values: ['alice', '<i>', 'alice'] }],
  falsePositives: ['A release at night that was agreed on'],
  references: ['https://example.com/why', 'javascript:alert(1)'],
  author: 'Trailproof contributors',
  stage: 'live',
  runbook,
  alert,
  dataFolder: undefined,
};

export const listedRule = {
  rule: {
    id: 'rule-1',
    title: 'CloudTrail Stopped',
    level: 'critical',
    stage: 'live',
    kind: 'rule',
    description: 'Whoever stops the log <hides>.',
    author: 'Trailproof contributors',
    tags: ['attack.t1562.008'],
    references: ['https://example.com/why'],
    falsePositives: ['A planned change'],
    logsource: 'product: aws, service: cloudtrail',
    tests: { matching: 3, others: 4 },
  },
  findings: 1,
  lastMs: NOW_MS - HOUR_MS,
  hasRunbook: true,
};

export const visitor = { name: 'alice', formToken: (path: string) => `token-of-${path}` };
export const counts = { open: 1, acknowledged: 0, snoozed: 0, resolved: 0, silenced: 0, all: 1 };
