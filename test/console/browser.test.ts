import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAlerts } from '../../shared/stages/alert-rows.ts';
import { cloudTrailRecord } from '../cli/support/roads.ts';
import { temporaryFolders } from '../temporary-folder.ts';
import { type ConsoleHub, startConsole } from './support/hub.ts';
import { browserOrReason } from './support/open-browser.ts';

const folders = temporaryFolders();
const browser = await browserOrReason();
const NOW_MS = Date.now();
/** Every page, on a machine that has much else to do. */
const SLOW_MS = 240_000;

/** Of the last days, so that every plot has something to draw. */
function record(number: number, more: object = {}): object {
  return cloudTrailRecord(number, {
    eventTime: new Date(NOW_MS - number * 3_000_000).toISOString().replace(/\.\d+Z$/, 'Z'),
    ...more,
  });
}

const stopLogging = (number: number, name: string) =>
  record(number, {
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    requestParameters: { name },
    userIdentity: { type: 'IAMUser', userName: name, arn: `arn:aws:iam::111122223333:user/${name}` },
  });

let running: ConsoleHub;
let context: BrowserContext;

beforeAll(async () => {
  if (typeof browser === 'string') return;
  const ordinary = Array.from({ length: 90 }, (_, n) =>
    record(n + 10, n % 9 === 0 ? { errorCode: 'AccessDenied' } : {}),
  );
  running = await startConsole(folders(), [stopLogging(1, 'mallory'), stopLogging(2, 'trudy'), ...ordinary]);
  context = await signedIn();
});

afterAll(async () => {
  if (typeof browser === 'string') return;
  await browser.close();
  await running.close();
});

/** None is closed before the end: with the first of them a browser that is one process ends. */
async function signedIn(options: { readonly javaScriptEnabled?: boolean } = {}): Promise<BrowserContext> {
  if (typeof browser === 'string') throw new Error(browser);
  const fresh = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await fresh.newPage();
  await page.goto(running.link());
  expect(page.url()).toBe(`${running.url}/`);
  await page.close();
  return fresh;
}

/** A page on which nothing may fail: no script, no resource, no breach of the policy. */
async function open(path: string, within: BrowserContext = context): Promise<Page> {
  const page = await within.newPage();
  page.on('pageerror', (error) => faults.push(`${path}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`${path}: ${message.text()}`);
  });
  await page.goto(`${running.url}${path}`);
  return page;
}

const faults: string[] = [];

const alertsNow = () => listAlerts(running.hub.trail.table, 10);
const alertOf = async (who: string) => (await alertsNow()).find((alert) => alert.who === who)!;

async function allPages(): Promise<readonly string[]> {
  const [alert] = await alertsNow();
  const event = alert!.findings[0]!.event.uid;
  return [
    '/',
    '/search?q=resource:artifacts-1*',
    '/search?q=actor:mallory',
    '/search?q=actor:(',
    '/search?q=actor:nobody&since=1h',
    `/events/${event}`,
    '/findings',
    `/findings/${alert!.findings[0]!.uid}`,
    '/alerts',
    `/alerts/${alert!.uid}`,
    '/sources',
    '/rules?stage=staged',
    `/rules/${alert!.rule.uid}`,
    '/trail',
    '/help',
    '/nothing',
  ];
}

describe.skipIf(typeof browser === 'string')('in a browser', () => {
  test('a question leads to its event, and the event to a proof that the page itself checks', async () => {
    const page = await open('/');
    await page.keyboard.press('/');
    await page.keyboard.type('actor:mallory AND NOT class:2004');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/search?**');
    expect(await page.locator('[role=status] strong').textContent()).toBe('1 event');
    await page.getByRole('link', { name: 'StopLogging' }).first().click();
    await page.waitForURL('**/events/**');
    expect(await page.locator('h1').textContent()).toContain('mallory');
    const verdict = page.locator('.checks .verdict');
    await page.locator('.checks .verdict.good').waitFor();
    expect(await verdict.textContent()).toContain('Proven in this browser');
    expect(await page.locator('.checks li.good').count()).toBe(3);
    await page.close();
  });

  test('a proof under another key, or of another line, is refused by the page', async () => {
    const { findings } = await alertOf('mallory');
    const page = await open(`/events/${findings[0]!.event.uid}`);
    await page.locator('.checks .verdict.good').waitFor();
    const vkey = await page.inputValue('#vkey');
    await page.fill('#vkey', vkey.replace(/^[^+]+/, 'example.com/other'));
    await page.click('[data-check-again]');
    await page.locator('.checks .verdict.bad').waitFor();
    await page.fill('#vkey', vkey);
    await page.route('**/proof.json', async (route) => {
      const answer = await route.fetch();
      const file = (await answer.json()) as { line: string };
      await route.fulfill({ json: { ...file, line: file.line.replace('mallory', 'alice') } });
    });
    await page.click('[data-check-again]');
    await page.locator('li.bad[data-check=line]').waitFor();
    expect(await page.locator('.checks .verdict').textContent()).toContain('not what was committed to');
    await page.close();
  });

  test('rows are walked with j and k and opened with Enter, and ? shows the keys', async () => {
    const page = await open('/search');
    for (const key of ['j', 'j', 'k', 'j']) await page.keyboard.press(key);
    const second = await page.evaluate<number>(
      "[...document.querySelectorAll('[data-row]')].indexOf(document.activeElement)",
    );
    expect(second).toBe(1);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/(events|findings)\//);
    await page.goBack();
    expect(page.url()).toBe(`${running.url}/search`);
    await page.keyboard.press('?');
    await page.waitForURL('**/help');
    await page.close();
  });

  test('an alert is acknowledged with a click, under a name, and the trail has it', async () => {
    const { uid } = await alertOf('mallory');
    const page = await open(`/alerts/${uid}`);
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.locator('.lead .state.acknowledged').waitFor();
    expect(page.url()).toBe(`${running.url}/alerts/${uid}`);
    expect((await alertOf('mallory')).status).toMatchObject({ state: 'acknowledged', via: 'console' });
    await page.goto(`${running.url}/search?q=operation:*&since=1h`);
    await page.close();
  });

  test('without a script everything is there: asking, acknowledging, resolving, silencing', async () => {
    const plain = await signedIn({ javaScriptEnabled: false });
    const page = await open('/search', plain);
    await page.fill('#find', 'actor:trudy');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.locator('table.events tbody tr').count()).toBeGreaterThan(0);
    const { uid } = await alertOf('trudy');
    await page.goto(`${running.url}/alerts/${uid}`);
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    expect(await page.locator('.lead').textContent()).toContain('acknowledged');
    await page.getByText('It is over').click();
    await page.fill('#resolve-reason', 'a drill');
    await page.getByRole('button', { name: 'Resolve' }).click();
    expect(await page.locator('.lead').textContent()).toContain('resolved');
    expect(await page.locator('.acts').textContent()).toContain('a drill');
    await page.getByText('Silence what is like it').click();
    await page.fill('#silence-reason', 'drills all week');
    await page.selectOption('#silence-for', '7d');
    await page.getByRole('button', { name: 'Silence' }).click();
    expect(page.url()).toBe(`${running.url}/alerts#silences`);
    expect(await page.locator('.silences').textContent()).toContain('drills all week');
    await page.getByRole('button', { name: 'End it now' }).click();
    expect(await page.locator('.silences').count()).toBe(0);
    await page.close();
  });

  test('the trail is verified on demand', async () => {
    const page = await open('/trail');
    await page.getByRole('button', { name: 'Verify now' }).click();
    for (let n = 0; n < 50 && (await page.getByText('Nothing was changed').count()) === 0; n += 1) {
      await page.waitForTimeout(200);
      await page.goto(`${running.url}/trail`);
    }
    expect(await page.locator('.verdict').textContent()).toContain('Nothing was changed');
    await page.close();
  });

  test('what is new on the trail is said in its place, and nothing moves', async () => {
    const page = await open('/');
    const before = await page.locator('main').boundingBox();
    await running.take([record(500)]);
    await page.locator('#live', { hasText: 'new entr' }).waitFor({ timeout: 15_000 });
    expect(await page.locator('main').boundingBox()).toEqual(before);
    await page.close();
  });

  test.each([
    ['light', []],
    // What else axe looks at does not depend on colours.
    ['dark', ['color-contrast']],
  ] as const)(
    'axe finds nothing on any page, in %s',
    async (colorScheme, rules) => {
      const page = await context.newPage();
      await page.emulateMedia({ colorScheme });
      for (const path of await allPages()) {
        await page.goto(`${running.url}${path}`);
        await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
        const axe = new AxeBuilder({ page }).setLegacyMode();
        const { violations } = await (rules.length === 0 ? axe : axe.withRules([...rules])).analyze();
        const said = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
        );
        expect({ path, said }).toEqual({ path, said: [] });
      }
      await page.close();
    },
    SLOW_MS,
  );

  test.each([
    [390, 1],
    // 200 % zoom of a window of 1280.
    [640, 2],
  ])(
    'nothing is wider than a window of %i pixels, however wide its values',
    async (width, deviceScaleFactor) => {
      if (typeof browser === 'string') return;
      const state = await context.storageState();
      const narrow = await browser.newContext({
        viewport: { width, height: 800 },
        deviceScaleFactor,
        storageState: state,
      });
      const page = await narrow.newPage();
      for (const path of await allPages()) {
        await page.goto(`${running.url}${path}`);
        await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
        const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
        expect({ path, wide: wide <= width }).toEqual({ path, wide: true });
      }
      await page.close();
    },
  );

  test('every page is under 100 kB', async () => {
    const page = await context.newPage();
    for (const path of await allPages()) {
      const answer = await page.goto(`${running.url}${path}`);
      const sizeBytes = (await answer?.body())?.length ?? 0;
      expect({ path, isSmall: sizeBytes > 500 && sizeBytes < 100_000 }).toEqual({ path, isSmall: true });
    }
    await page.close();
  });

  // For looking at: TRAILPROOF_SHOTS=folder.
  test.runIf(process.env['TRAILPROOF_SHOTS'])('pictures of every page are taken', async () => {
    const folder = process.env['TRAILPROOF_SHOTS'] ?? '';
    mkdirSync(folder, { recursive: true });
    const page = await context.newPage();
    for (const path of await allPages()) {
      for (const width of [1280, 390]) {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme });
          await page.goto(`${running.url}${path}`);
          const name = path.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 40);
          await page.screenshot({
            path: join(folder, `${name}-${width}-${colorScheme}.png`),
            fullPage: true,
          });
        }
      }
    }
    await page.close();
  });

  test('on all of that nothing failed: no script, no resource, no breach of the policy', () => {
    expect(faults.filter((fault) => !fault.startsWith('/nothing'))).toEqual([]);
  });
});
