import type { Alert } from '../../shared/alert/alert.ts';
import { type FilledRunbook, fillRunbook } from '../../shared/alert/fill.ts';
import { parseRunbook } from '../../shared/alert/runbook.ts';
import type { AlertMessage, DeploymentMessage, HttpRequest, HttpResponse } from '../../shared/sinks/sink.ts';

/** Three minutes after the event. */
export const NOW_MS = Date.UTC(2026, 2, 4, 2, 20);
const EVENT_MS = Date.UTC(2026, 2, 4, 2, 17, 9);

export const alert: Alert = {
  uid: '5eed'.repeat(16),
  family: 'audit-logging-stopped',
  severity: 'high',
  title: 'Audit logging was stopped',
  message: 'alice stopped logging on organisation-trail from 203.0.113.9',
  who: 'alice',
  from: '203.0.113.9',
  what: 'StopLogging',
  where: 'organisation-trail',
  account: 'AWS 111122223333',
  source: 'AWS CloudTrail',
  environment: 'production',
  explanation: undefined,
  firstTime: EVENT_MS,
  lastTime: EVENT_MS,
  windowMs: 3_600_000,
  count: 1,
  rule: {
    uid: '9c2f1a7e-5a2b-4d0e-8f3c-1b6d7e8f9a0b',
    title: 'Audit logging was stopped',
    version: '2026-02-11',
    author: 'Trailproof',
    references: ['https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StopLogging.html'],
    falsePositives: ['A planned change of the trail, with a ticket'],
  },
  findings: [{ uid: 'f1'.repeat(32), index: 42, event: { uid: 'e7'.repeat(32), index: 41 } }],
};

const BOOK = `---
title: Audit logging was stopped
owner: platform-security
severity: page at any hour
tested: 2026-08-07
---

## Is this real?

1. {{ event.actor.user.name }} called {{ event.api.operation }}. Ask them, by phone or in person.
2. Look at what they did before; a planned change has a ticket.

\`\`\`sh
npx trailproof query 'actor:{{ event.actor.user.name }}' --since 24h
\`\`\`

3. Look whether the log is still off.

\`\`\`sh
aws cloudtrail get-trail-status --name={{ record.requestParameters.name }}
\`\`\`

## Contain

\`\`\`sh changes
aws iam attach-user-policy --policy-arn=arn:aws:iam::aws:policy/AWSDenyAll --user-name={{ event.actor.user.name }}
\`\`\`

## Recover

Turn the log on again, with the settings it had before.

## Tell

- The security lead, now.
`;

export const runbook: FilledRunbook = fillRunbook(parseRunbook(BOOK, 'runbook.md').runbook, {
  source: 'aws.cloudtrail',
  event: { actor: { user: { name: 'alice' } }, api: { operation: 'StopLogging' } },
  record: { requestParameters: { name: 'organisation-trail' } },
});

export const links = {
  alert: `https://trail.example.com/alerts/${alert.uid.slice(0, 16)}`,
  event: `https://trail.example.com/events/${alert.findings[0]?.event.uid.slice(0, 16)}`,
  proof: `https://trail.example.com/events/${alert.findings[0]?.event.uid.slice(0, 16)}#proof`,
  runbook: 'https://trail.example.com/runbooks/audit-logging-stopped',
};

export const opened: AlertMessage = { kind: 'alert', change: 'opened', alert, state: 'open', runbook, links };

/** Every kind of message that a sink has to say something of, or nothing. */
export const messages = {
  opened,
  updated: {
    ...opened,
    change: 'updated',
    alert: { ...alert, count: 7, severity: 'critical', lastTime: alert.firstTime + 600_000 },
  },
  acknowledged: { ...opened, change: 'acknowledged', state: 'acknowledged', by: 'bob@example.com' },
  snoozed: {
    ...opened,
    change: 'snoozed',
    state: 'snoozed',
    by: 'bob@example.com',
    untilMs: NOW_MS + 3_600_000,
  },
  resolved: { ...opened, change: 'resolved', state: 'resolved', by: 'bob@example.com' },
  minimal: {
    kind: 'alert',
    change: 'opened',
    state: 'open',
    links: {},
    alert: {
      ...alert,
      severity: 'unknown',
      who: undefined,
      from: undefined,
      what: undefined,
      where: undefined,
      account: undefined,
      source: undefined,
      environment: undefined,
      findings: [],
      rule: {
        uid: 'unknown',
        title: 'unknown',
        version: undefined,
        author: undefined,
        references: [],
        falsePositives: [],
      },
    },
  },
  unusual: {
    ...opened,
    alert: {
      ...alert,
      severity: 'medium',
      family: 'unusual-deployment',
      title: 'Service deployed by somebody new to it',
      message: 'mallory deployed checkout, which 3 others have deployed 214 times in 90 days',
      who: 'mallory',
      what: 'deployment.created',
      where: 'checkout',
      explanation: {
        sentence: 'mallory deployed checkout, which 3 others have deployed 214 times in 90 days',
        expected: 'one of dana, erin, frank',
        seen: 'mallory',
        overEvents: 214,
        overDays: 90,
        precedents: [{ uid: 'a4'.repeat(32), index: 7, time: EVENT_MS - 86_400_000 }],
      },
    },
  },
  digest: { ...opened, change: 'digest', alert: { ...alert, count: 1_204 } },
  test: { ...opened, change: 'test' },
} as const satisfies Readonly<Record<string, AlertMessage>>;

export const deployment: DeploymentMessage = {
  kind: 'deployment',
  uid: '7b1f'.repeat(16),
  time: NOW_MS,
  service: 'checkout',
  environment: 'production',
  who: 'dana',
  account: 'github example',
  source: 'GitHub',
  summary: 'dana deployed checkout to production',
  commit: '0123456789abcdef0123456789abcdef01234567',
  digest: `sha256:${'ab'.repeat(32)}`,
  links: { event: links.event, proof: links.proof },
};

/** Sends requests as the delivery stage does, and gives what a sink reads. */
export async function send(request: HttpRequest): Promise<HttpResponse> {
  const { method, url, headers, body } = request;
  const response = await fetch(url, { method, headers, body, redirect: 'manual' });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}
