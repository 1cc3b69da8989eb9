import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DeskAlert } from '../../console/alert-desk.ts';
import { layout, type Page } from '../../console/layout.ts';
import { alertsPage } from '../../console/pages/alerts.ts';
import { overviewPage } from '../../console/pages/overview.ts';
import { searchPage } from '../../console/pages/search.ts';
import type { OverviewView } from '../../console/views/overview.ts';
import type { SearchView } from '../../console/views/search.ts';
import type { Tally } from '../../shared/stages/tally.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 12);
const HOUR_MS = 3_600_000;
const FOLDER = join(import.meta.dirname, '..', 'golden', 'console');

const frame = {
  origin: 'example.com/audit',
  size: 1234,
  openAlerts: 1,
  assets: { css: '/static/console.css', js: '/static/console.js', icon: '/static/icon.svg' },
  alarm: undefined,
};

/** Compares a page with its golden file, which `UPDATE=1` writes. */
function check(name: string, page: Page): void {
  const file = join(FOLDER, `${name}.html`);
  const made = layout(frame, page);
  if (process.env['UPDATE'] === '1' || !existsSync(file)) {
    expect(process.env['UPDATE'], `${file} is missing: UPDATE=1 writes it`).toBe('1');
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, made);
  }
  expect(made).toBe(readFileSync(file, 'utf8'));
}

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

const counted: Tally = {
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

const alert: DeskAlert = {
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
  deliveries: [],
  isSilenced: false,
};

const asked = { q: 'actor:alice', since: '24h', until: '', before: undefined };
const search: SearchView = {
  asked,
  nowMs: NOW_MS,
  size: 1234,
  dataFolder: undefined,
  fault: undefined,
  timeFaults: [],
  answer: {
    tally: counted,
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

const overview: OverviewView = {
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

const visitor = { name: 'alice', formToken: (path: string) => `token-of-${path}` };
const counts = { open: 1, acknowledged: 0, snoozed: 0, resolved: 0, silenced: 0, all: 1 };

test.each<[string, Page]>([
  ['search', searchPage(search)],
  [
    'search-fault',
    searchPage({
      ...search,
      asked: { ...asked, q: 'actor:"al' },
      answer: undefined,
      fault: { expression: 'actor:"al', position: 6, length: 1, message: 'this quote is never closed' },
      timeFaults: [{ name: 'since', message: 'expected a time, found "x"' }],
    }),
  ],
  [
    'search-nothing',
    searchPage({ ...search, answer: { ...search.answer!, tally: { ...counted, total: 0 } } }),
  ],
  ['overview', overviewPage(overview)],
  ['overview-empty', overviewPage({ ...overview, size: 0 })],
  [
    'alerts',
    alertsPage({
      nowMs: NOW_MS,
      state: 'open',
      alerts: [alert],
      counts,
      silences: [],
      visitor,
      isCut: false,
    }),
  ],
])('the page %s is as it was', check);
