/** Draws the first critical act of the demo story as Slack shows it, docs/pictures/slack-alert.png: `node tools/pictures-slack.ts`. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import chromium from '@sparticuz/chromium';
import { chromium as browserType } from 'playwright-core';
import { tellStory } from '../examples/story/story.ts';
import { describeAlert } from '../functions/local/deliveries.ts';
import { findFiles, readChunks } from '../functions/local/find-files.ts';
import { openHub } from '../functions/local/hub.ts';
import { beginIngestion } from '../functions/local/ingest.ts';
import type { AlertMessage } from '../shared/sinks/sink.ts';
import { slack } from '../shared/sinks/slack.ts';
import { browserFonts } from './slack/fonts.ts';
import { slackPage } from './slack/page.ts';

/** Of the demo, at a fixed time: the same picture whenever it is made. */
const SEED = 20_260_504;
const NOW_MS = Date.UTC(2026, 4, 20, 9, 30);
const PICTURE = fileURLToPath(new URL('../docs/pictures/slack-alert.png', import.meta.url));
const WIDTH = 784;

const message = await firstCritical();
const settings = { token: 'xoxb-example', channel: '#security-alerts', signingSecret: 'example' };
const [request] = slack.render(message, { settings, deliveryId: 'picture', nowMs: NOW_MS });
const { blocks } = JSON.parse(request?.body ?? '{}') as { blocks: readonly Record<string, unknown>[] };
await draw(
  slackPage({ blocks, channel: 'security-alerts', time: clock(message.alert.lastTime), fonts: fonts() }),
);

async function firstCritical(): Promise<AlertMessage> {
  const folder = mkdtempSync(join(tmpdir(), 'trailproof-'));
  const now = () => new Date(NOW_MS);
  const story = tellStory({ nowMs: NOW_MS, seed: SEED });
  for (const { path, bytes } of [...story.fortnight, ...story.night]) {
    mkdirSync(dirname(join(folder, 'events', path)), { recursive: true });
    writeFileSync(join(folder, 'events', path), bytes);
  }
  const hub = await openHub({ folder: join(folder, 'data'), now, settings: { rules: [] } });
  try {
    const ingestion = beginIngestion(hub, now);
    for (const { path } of await findFiles([join(folder, 'events')])) {
      await ingestion.takeStream(
        readChunks(path, () => {}),
        { file: path },
      );
    }
    const { alerts } = await ingestion.finish();
    const [found] = alerts
      .filter(({ severity, count }) => severity === 'critical' && count === 1)
      .toSorted((a, b) => a.firstTime - b.firstTime);
    if (found === undefined) throw new Error('expected a critical alert in the story');
    const described = await describeAlert(hub, 'https://trail.larkspur.example', found);
    // Its own commands name the folder that this was made in.
    const text = JSON.stringify(described).replaceAll(` --data ${join(folder, 'data')}`, '');
    return {
      kind: 'alert',
      change: 'opened',
      alert: found,
      state: 'open',
      ...JSON.parse(text),
    } as AlertMessage;
  } finally {
    hub.close();
    rmSync(folder, { recursive: true });
  }
}

function clock(timeMs: number): string {
  const options = { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' } as const;
  return new Date(timeMs + 60_000).toLocaleTimeString('en-US', options).replaceAll('\u202f', ' ');
}

function fonts() {
  const files = browserFonts();
  const face = (name: string, weight: number, style: string) => {
    const bytes = files.get(name);
    if (bytes === undefined) throw new Error(`expected ${name} among the fonts of the browser`);
    return { weight, style, bytes };
  };
  return [
    face('OpenSans-Regular.ttf', 400, 'normal'),
    face('OpenSans-Bold.ttf', 700, 'normal'),
    face('OpenSans-Italic.ttf', 400, 'italic'),
  ];
}

async function draw(html: string): Promise<void> {
  const browser = await browserType.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args,
    headless: true,
  });
  try {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 200 }, deviceScaleFactor: 1.5 });
    await page.setContent(html);
    await page.evaluate('document.fonts.ready');
    const picture = await page.locator('body').screenshot();
    mkdirSync(dirname(PICTURE), { recursive: true });
    writeFileSync(PICTURE, picture);
  } finally {
    await browser.close();
  }
}
