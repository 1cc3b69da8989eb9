import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { href, html, outside, whole } from '../../console/html.ts';
import { listAlerts } from '../../shared/stages/alert-rows.ts';
import { cloudTrailRecord } from '../cli/support/roads.ts';
import { temporaryFolders } from '../temporary-folder.ts';
import { type ConsoleHub, startConsole } from './support/hub.ts';
import { browserOrReason } from './support/open-browser.ts';

const folders = temporaryFolders();
const browser = await browserOrReason();

/** Each would be an element, an attribute, a handler, a script or a resource if it were taken for markup. */
const HOSTILE = [
  '<img src=x onerror="window.pwned=1">',
  '"><script>window.pwned=1</script>',
  `' onmouseover='window.pwned=1`,
  '" autofocus onfocus="window.pwned=1" x="',
  '</title></style></textarea></code></pre><svg onload=window.pwned=1>',
  'javascript:window.pwned=1',
  '--><iframe srcdoc="<script>parent.pwned=1</script>">',
  '{{constructor.constructor("window.pwned=1")()}}\u0024{window.pwned=1}',
  '&lt;b&gt;&#60;script&#62;',
  '\u202egnp.exe\u2066\u200b\u0000\u001b[31m\r\nSet-Cookie: a=b',
];

const all = HOSTILE.join(' ');

function hostile(number: number, name: string): object {
  const value = HOSTILE[number % HOSTILE.length] ?? '';
  return cloudTrailRecord(number, {
    eventTime: new Date(Date.now() - number * 60_000).toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: name,
    awsRegion: value,
    userAgent: all,
    errorMessage: all,
    sourceIPAddress: value,
    userIdentity: {
      type: 'IAMUser',
      userName: `${value}${number}`,
      arn: `arn:aws:iam::111122223333:user/${value}`,
      principalId: value,
      accountId: '111122223333',
    },
    requestParameters: { name: all, [value]: value },
  });
}

let running: ConsoleHub;
let page: Page;

beforeAll(async () => {
  if (typeof browser === 'string') return;
  const records = HOSTILE.flatMap((_, n) => [hostile(n + 1, 'StopLogging'), hostile(n + 20, `<b>${n}`)]);
  running = await startConsole(folders(), records);
  const context = await browser.newContext();
  page = await context.newPage();
  page.on('dialog', () => {
    said.push('a dialog');
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(running.url)) said.push(`a request for ${request.url()}`);
  });
  page.on('pageerror', (error) => said.push(error.message));
  await page.goto(running.link());
});

afterAll(async () => {
  if (typeof browser === 'string') return;
  await browser.close();
  await running.close();
});

const said: string[] = [];

/** What a page is made of, as the browser has parsed it: which elements, with which attributes. */
const SHAPE = `(() => {
  const attributes = new Set();
  for (const each of document.querySelectorAll('*'))
    for (const { name } of each.attributes) attributes.add(each.localName + ' ' + name);
  const addresses = [...document.querySelectorAll('[href],[src],[action]')].map((each) =>
    each.getAttribute('href') ?? each.getAttribute('src') ?? each.getAttribute('action'));
  const text = document.body.innerText + [...document.querySelectorAll('input')].map((each) => each.value).join('');
  return { attributes: [...attributes], addresses, text, pwned: window.pwned === undefined ? 'no' : 'yes' };
})()`;

interface Shape {
  readonly attributes: readonly string[];
  readonly addresses: readonly string[];
  readonly text: string;
  readonly pwned: string;
}

const ELEMENTS = new Set(
  (
    'html head meta title link script body a header nav ul li ol form label input main section h1 h2 h3 p div span ' +
    'footer svg symbol path circle use rect text table caption thead tbody tr th td time code pre button details ' +
    'summary dl dt dd aside article figure figcaption datalist option select noscript strong em mark kbd'
  ).split(' '),
);

describe.skipIf(typeof browser === 'string')('values that would be markup', () => {
  test('become no element, attribute, handler, address or request on any page', async () => {
    const [alert] = await listAlerts(running.hub.trail.table, 50);
    const uid = alert!.findings[0]!.event.uid;
    const asked = encodeURIComponent(all);
    const pages = [
      '/',
      '/search',
      `/search?q=${asked}&since=${asked}&until=${asked}`,
      `/search?q=${encodeURIComponent(`actor:"${all.replaceAll('"', '\\"')}"`)}`,
      `/events/${uid}`,
      '/findings',
      `/findings?rule=${asked}&level=${asked}`,
      `/findings/${alert!.findings[0]!.uid}`,
      '/alerts',
      `/alerts?state=${asked}`,
      `/alerts/${alert!.uid}`,
      '/sources',
      `/rules?stage=${asked}&level=${asked}`,
      `/rules/${asked}`,
      `/${asked}`,
    ];
    for (const path of pages) {
      await page.goto(`${running.url}${path}`);
      await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
      const { attributes, addresses, text, pwned } = await page.evaluate<Shape>(SHAPE);
      const strange = attributes.filter(
        (each) => !ELEMENTS.has(each.split(' ')[0] ?? '') || / (on\w+|style|srcdoc)$/.test(each),
      );
      expect({ path, strange, pwned }).toEqual({ path, strange: [], pwned: 'no' });
      expect(addresses.filter((each) => !/^(\/|#|https:\/\/)/.test(each))).toEqual([]);
      expect(text).not.toMatch(/[\u0000-\u0008\u000e-\u001f\u200b\u202a-\u202e\u2066-\u2069]/);
    }
    expect(said).toEqual([]);
  });

  test('are shown as they are, and their links ask for exactly them', async () => {
    await page.goto(
      `${running.url}/search?q=${encodeURIComponent('operation:StopLogging AND NOT class:2004')}`,
    );
    const links = await page.locator('.facet', { hasText: 'actor' }).locator('a').all();
    expect(links.length).toBeGreaterThan(4);
    for (const href of await Promise.all(links.map((link) => link.getAttribute('href')))) {
      await page.goto(`${running.url}${href}`);
      expect(await page.locator('.fault').count()).toBe(0);
      expect(await page.locator('table.events tbody tr').count()).toBeGreaterThan(0);
    }
  });
});

describe('the template', () => {
  test.each(HOSTILE)('leaves nothing of %j that could end a text or an attribute', (value) => {
    const made = String(html`<p title="${value}">${value}${whole(value)}</p>`);
    expect(made.slice('<p title="'.length, -'</p>'.length).replace('">', '')).not.toMatch(/[<>"']/);
  });

  test('links only to pages of ours, and to the web', () => {
    expect(String(outside('javascript:alert(1)'))).toBe('javascript:alert(1)');
    expect(String(outside('data:text/html,x'))).not.toContain('href');
    expect(String(outside('https://example.com/"><b>'))).not.toMatch(/"><b>/);
    expect(String(href('/search', { q: '"&<>\u202e' }))).toBe('/search?q=%22%26%3C%3E%E2%80%AE');
  });
});
