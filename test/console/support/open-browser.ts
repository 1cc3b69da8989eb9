import type { Browser } from 'playwright-core';
import { startBrowser } from './browser.ts';

/**
 * A browser for the tests of one file, or why there is none: on a machine where none starts they have nothing to run
 * in, are passed over and said to be; in CI that is a failure.
 */
export async function browserOrReason(): Promise<Browser | string> {
  const started = await startBrowser();
  if ('browser' in started) return started.browser;
  if (process.env['CI']) throw new Error(`no browser starts here: ${started.why}`);
  process.stderr.write(
    `\nThe console was NOT tried in a browser: none starts on this machine (${started.why}).\n` +
      'Chromium from npm needs Linux on x64 with glibc; TRAILPROOF_CHROMIUM names another one.\n\n',
  );
  return started.why;
}
