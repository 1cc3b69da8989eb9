import type { Terminal } from './command.ts';
import { makeStyle, wantsColour } from './ui/style.ts';

const WIDTH_WITHOUT_TERMINAL = 120;
/** Of a terminal that does not tell. */
const WIDTH_UNKNOWN = 80;

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  return {
    out: stdout,
    err: stderr,
    input: process.stdin,
    environment: env,
    now: () => new Date(),
    style: makeStyle(wantsColour(env, stdout.isTTY)),
    errStyle: makeStyle(wantsColour(env, stderr.isTTY)),
    width: stdout.isTTY ? stdout.columns || WIDTH_UNKNOWN : WIDTH_WITHOUT_TERMINAL,
    isInteractive: stdout.isTTY === true,
  };
}
