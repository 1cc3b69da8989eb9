/**
 * Makes the pictures of the console in docs/pictures from the demo: `node tools/pictures.ts`. Needs a browser that
 * starts here (see test/console/support/browser.ts). Times are relative to now, as in the demo.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { query } from '../shared/stages/query.ts';
import { startBrowser } from '../test/console/support/browser.ts';
import { type ConsoleHub, startConsole } from '../test/console/support/hub.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const SIZE_BYTES_MAX = 250_000;
const HEIGHT_MAX = 1040;
/** Down to the end of its proof. */
const HEIGHT_EVENT = 1520;

const folder = mkdtempSync(join(tmpdir(), 'trailproof-pictures-'));
try {
  const data = join(folder, '.trailproof-demo');
  execFileSync(process.execPath, [join(root, 'cli/main.ts'), 'demo'], { cwd: folder, stdio: 'ignore' });
  // Commands on the pages name the folder as a user has it.
  process.chdir(folder);
  const running = await startConsole('.trailproof-demo', []);
  await takePictures(running);
  await running.close();
  process.stdout.write(`made from ${data}\n`);
} finally {
  process.chdir(root);
  rmSync(folder, { recursive: true, force: true });
}

async function takePictures(running: ConsoleHub): Promise<void> {
  const started = await startBrowser();
  if (!('browser' in started)) throw new Error(`no browser starts here: ${started.why}`);
  const context = await started.browser.newContext({ viewport: { width: 1280, height: 860 } });
  const page = await context.newPage();
  await page.goto(running.link());
  const event = await uidOf(running, 'operation:StopLogging AND NOT class:2004');
  const finding = await uidOf(running, 'class:2004 AND rule:"Service Deployed At An Unusual Hour"');
  await picture(page, { url: `${running.url}/`, name: 'overview' });
  await picture(page, { url: `${running.url}/search?q=ip:203.0.113.77`, name: 'search' });
  await picture(page, {
    url: `${running.url}/events/${event}`,
    name: 'event',
    wait: '.checks .verdict.good',
    height: HEIGHT_EVENT,
  });
  await picture(page, { url: `${running.url}/findings/${finding}`, name: 'finding' });
  await started.browser.close();
}

interface Picture {
  readonly url: string;
  readonly name: string;
  /** What has to be there first. */
  readonly wait?: string;
  readonly height?: number;
}

async function picture(
  page: Page,
  { url, name, wait, height: heightMax = HEIGHT_MAX }: Picture,
): Promise<void> {
  await page.goto(url);
  if (wait !== undefined) await page.locator(wait).waitFor();
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  const path = join(root, 'docs', 'pictures', `console-${name}.png`);
  const clip = { x: 0, y: 0, width: 1280, height: Math.min(height, heightMax) };
  await page.screenshot({ path, fullPage: true, clip });
  const { size } = statSync(path);
  if (size > SIZE_BYTES_MAX) throw new Error(`${path} has ${size} bytes; at most ${SIZE_BYTES_MAX}`);
  process.stdout.write(`${path}, ${Math.round(size / 1000)} kB\n`);
}

/** The newest event that an expression matches. */
async function uidOf({ hub }: ConsoleHub, expression: string): Promise<string> {
  const found = query(hub.trail.ports, { expression, nowMs: Date.now(), limit: 1 });
  if (found.ok) for await (const { event } of found.value) return event.metadata.uid;
  throw new Error(`nothing matches ${expression}`);
}
