import { readFileSync } from 'node:fs';
import type { Alert } from '../../shared/alert/alert.ts';
import { type FilledRunbook, fillRunbook } from '../../shared/alert/fill.ts';
import { parseRunbook } from '../../shared/alert/runbook.ts';
import type { AlertMessage, DeploymentMessage, HttpRequest, HttpResponse } from '../../shared/sinks/sink.ts';
import { alertOf, findingAt } from '../alert/alerts.ts';
import { cloudTrail } from '../detect/events.ts';

/** 2026-03-04 02:20:00 UTC: three minutes after the event. */
export const NOW_MS = Date.UTC(2026, 2, 4, 2, 20);

const event = cloudTrail('StopLogging');

export const alert: Alert = alertOf(findingAt(42));

const book = readFileSync(new URL('../../rules/audit-logging-stopped/runbook.md', import.meta.url), 'utf8');

export const runbook: FilledRunbook = fillRunbook(parseRunbook(book, 'runbook.md').runbook, {
  source: 'aws.cloudtrail',
  event: JSON.parse(JSON.stringify(event.event)),
  record: event.record,
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
