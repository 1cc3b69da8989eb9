import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { layout, type Page } from '../../console/layout.ts';
import { alertPage } from '../../console/pages/alert.ts';
import { alertsPage } from '../../console/pages/alerts.ts';
import { eventPage } from '../../console/pages/event.ts';
import { findingPage } from '../../console/pages/finding.ts';
import { findingsPage } from '../../console/pages/findings.ts';
import { overviewPage } from '../../console/pages/overview.ts';
import { rulePage, rulesPage } from '../../console/pages/rules.ts';
import { searchPage } from '../../console/pages/search.ts';
import { sourcesPage } from '../../console/pages/sources.ts';
import { trailPage } from '../../console/pages/trail.ts';
import type { TrailView } from '../../console/views/trail.ts';
import {
  alert,
  asked,
  counted,
  counts,
  eventView,
  finding,
  HOUR_MS,
  listedRule,
  NOW_MS,
  overview,
  runbook,
  search,
  visitor,
} from './support/shown.ts';

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

const trail: TrailView = {
  nowMs: NOW_MS,
  size: 1234,
  origin: 'example.com/audit',
  vkey: 'example.com/audit+00000000+key',
  root: 'c'.repeat(64),
  fault: undefined,
  published: 'example.com/audit\n1234\nroot\n',
  cosigners: [],
  checkpoints: [{ size: 1000, root: 'd'.repeat(64), atMs: NOW_MS - HOUR_MS, isSigned: true }],
  checkpointCount: 1,
  verification: {
    ...overview.verification!,
    isWhole: false,
    faults: [{ code: 'hash', key: 'events/<b>', message: 'its bytes have another hash' }],
  },
  runningSinceMs: undefined,
  visitor: { name: 'alice', formToken: (path: string) => `token-of-${path}` },
  dataFolder: undefined,
};

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
      silences: [
        {
          uid: '1'.repeat(32),
          match: { rule: ['rule-1'], who: ['alice<b>'] },
          owner: 'bob',
          via: 'console',
          reason: 'A drill.',
          fromMs: NOW_MS - HOUR_MS,
          untilMs: NOW_MS + HOUR_MS,
        },
      ],
      ruleTitles: new Map([['rule-1', 'CloudTrail Stopped']]),
      visitor,
      isCut: false,
    }),
  ],
  [
    'alert',
    alertPage({
      nowMs: NOW_MS,
      listed: alert,
      history: [
        { what: 'acknowledged it', by: '<b>bob', via: 'console', atMs: NOW_MS - 1000, reason: undefined },
      ],
      runbook,
      visitor,
      fault: 'Say why.',
    }),
  ],
  ['event', eventPage(eventView)],
  ['event-erased', eventPage({ ...eventView, event: undefined, line: '', raw: '', near: [], findings: [] })],
  ['finding', findingPage(finding)],
  [
    'findings',
    findingsPage({
      nowMs: NOW_MS,
      rule: '',
      level: '',
      listed: 1,
      counts: { unknown: 0, informational: 0, low: 0, medium: 0, high: 0, critical: 1 },
      findings: [{ index: 8, alertUid: undefined, finding: alert.alert }],
      isCut: false,
      dataFolder: undefined,
    }),
  ],
  ['rules', rulesPage({ rules: [listedRule], stage: '', level: '', from: 0 })],
  ['rule', rulePage({ ...listedRule, runbook: undefined })],
  [
    'sources',
    sourcesPage({
      nowMs: NOW_MS,
      size: 1234,
      heard: [
        { source: 'aws.cloudtrail', count: 7, firstMs: 0, lastMs: NOW_MS - HOUR_MS, lagMs: 90_000 },
        { source: 'github.audit', count: 2, firstMs: 0, lastMs: NOW_MS - 30 * HOUR_MS, lagMs: undefined },
      ],
      unheard: ['gcp.audit'],
      plot: { ...counted.plot!, series: [{ value: 'aws.cloudtrail', counts: [3, 4] }] },
      rejects: [
        {
          source: 'aws.cloudtrail',
          reason: 'not-json',
          count: 1,
          samples: [
            {
              message: 'expected JSON, found <',
              receivedAt: '2026-05-04T11:00:00Z',
              sha256: 'a'.repeat(64),
              text: '<html>\u202e',
              sizeBytes: 7,
            },
          ],
        },
      ],
      rejectCount: 1,
      isCut: false,
      dataFolder: undefined,
    }),
  ],
  ['trail', trailPage(trail)],
])('the page %s is as it was', check);

test('a question that is long stays out of the bars and facets, so that the page stays small', () => {
  const sizeOf = (q: string) => layout(frame, searchPage({ ...search, asked: { ...asked, q } })).length;
  for (const character of ['a', '"', '\u00e9']) {
    const q = character.repeat(2_000);
    expect(sizeOf(q)).toBeLessThan(100_000);
    expect(layout(frame, searchPage({ ...search, asked: { ...asked, q } }))).not.toContain(
      'tabindex="-1"><title>',
    );
  }
  expect(layout(frame, searchPage(search))).toContain('tabindex="-1"><title>');
});

test('the first and the last bar lead to the part of them that was asked for', () => {
  const since = NOW_MS - 1.5 * HOUR_MS + 7;
  const plot = { ...counted.plot!, sinceMs: since, untilMs: NOW_MS - 60_001 };
  const page = layout(
    frame,
    searchPage({ ...search, answer: { ...search.answer!, tally: { ...counted, plot } } }),
  );
  expect(page).toContain(`since=${new Date(since).toISOString()}&amp;until=2026-05-04T10:59:59.999Z`);
  expect(page).toContain('since=2026-05-04T11:00Z&amp;until=2026-05-04T11:58:59.999Z');
});
