import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../shared/alert/alert.ts';
import { fillRunbook } from '../../shared/alert/fill.ts';
import { parseRunbook } from '../../shared/alert/runbook.ts';
import { renderTerminal } from '../../shared/sinks/terminal.ts';
import { alertOf, findingAt } from '../alert/alerts.ts';
import { cloudTrail } from '../detect/events.ts';
import { messages } from './messages.ts';

const event = cloudTrail('StopLogging');
const alert = alertOf(findingAt(42));
const book = readFileSync(new URL('../../rules/audit-logging-stopped/runbook.md', import.meta.url), 'utf8');
const runbook = fillRunbook(parseRunbook(book, 'runbook.md').runbook, {
  source: 'aws.cloudtrail',
  event: JSON.parse(JSON.stringify(event.event)),
  record: event.record,
});

const hostile: Alert = {
  ...alert,
  title: 'Fine\u001b[2J',
  message: 'line\r\nnew \u202egnp.exe \u0007',
  who: '\u001b]0;title\u0007root',
  from: '\u009b31m',
  what: `x${' '.repeat(3)}y`,
  where: 'a'.repeat(300),
  account: '\u2066x',
  rule: { ...alert.rule, author: '\u001b[8mhidden', falsePositives: ['\u200bzero'] },
};

describe('the golden alerts', () => {
  test.for([
    ['plain-100', renderTerminal(alert, { width: 100, color: 'never', runbook })],
    ['color-100', renderTerminal(alert, { width: 100, color: 'always', runbook })],
    ['narrow-40', renderTerminal(alert, { width: 40, color: 'never', runbook })],
    ['no-runbook', renderTerminal(alert, { width: 80, color: 'never' })],
    [
      'repeated',
      renderTerminal(
        { ...alert, count: 7, lastTime: alert.firstTime + 600_000 },
        { width: 80, color: 'never' },
      ),
    ],
    ['acknowledged', renderTerminal(alert, { width: 80, color: 'never', status: messages.acknowledged })],
    ['resolved', renderTerminal(alert, { width: 80, color: 'never', status: messages.resolved })],
    ['unusual', renderTerminal(messages.unusual.alert, { width: 80, color: 'never' })],
    ['hostile', renderTerminal(hostile, { width: 80, color: 'never' })],
    [
      'bare',
      renderTerminal(
        {
          ...alert,
          who: undefined,
          from: undefined,
          what: undefined,
          where: undefined,
          account: undefined,
          source: undefined,
          severity: 'unknown',
          findings: [],
        },
        { width: 80, color: 'never' },
      ),
    ],
  ] as const)('%s', ([name, found]) => {
    const file = fileURLToPath(new URL(`../golden/sinks/terminal/${name}.txt`, import.meta.url));
    if (process.env['UPDATE'] === '1') writeFileSync(file, found);
    expect(existsSync(file)).toBe(true);
    expect(found).toBe(readFileSync(file, 'utf8'));
  });
});

test('no value of an event moves the cursor, colours, hides or reorders anything', () => {
  const text = fc.string({ unit: 'binary', maxLength: 80 });
  fc.assert(
    fc.property(
      fc.record({
        title: text,
        message: text,
        who: text,
        from: text,
        what: text,
        where: text,
        account: text,
        source: text,
      }),
      (values) => {
        const found = renderTerminal({ ...alert, ...values }, { width: 60, color: 'never' });
        expect(found.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u206f]/u);
      },
    ),
  );
});

test('with colour it says the same words', () => {
  const plain = renderTerminal(alert, { width: 72, color: 'never', runbook });
  const colored = renderTerminal(alert, { width: 72, color: 'always', runbook });
  expect(colored.replaceAll(/\u001b\[[\d;]+m/g, '')).toBe(plain);
  expect(colored).not.toBe(plain);
});

test('prose keeps within the width, commands stay whole', () => {
  for (const width of [40, 60, 100]) {
    const wide = { ...hostile, title: 'A very long title '.repeat(9), who: '審'.repeat(90) };
    const lines = renderTerminal(wide, { width, color: 'never', runbook }).split('\n');
    const prose = lines.filter((line) => !/^(?: {4}\$| {2}event) /.test(line));
    expect(Math.max(...prose.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
    expect(lines).toContain(`    $ npx trailproof query 'actor:"alice"' --since 24h`);
  }
});

test('its command names the folder of a trail that is not in the default one', () => {
  const found = renderTerminal(alert, { width: 100, color: 'never', dataFolder: '/srv/trail' });
  expect(found).toMatch(/event +npx trailproof show --data \/srv\/trail [\da-f]{16}\n/);
});
