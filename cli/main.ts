import type { Command } from './command.ts';
import { alerts } from './commands/alerts.ts';
import { demo } from './commands/demo.ts';
import { findings } from './commands/findings.ts';
import { ingest } from './commands/ingest.ts';
import { prove } from './commands/prove.ts';
import { query } from './commands/query.ts';
import { rebuild } from './commands/rebuild.ts';
import { rules } from './commands/rules.ts';
import { show } from './commands/show.ts';
import { sources } from './commands/sources.ts';
import { start } from './commands/start.ts';
import { verify } from './commands/verify.ts';
import { runCommandLine } from './run.ts';
import { processTerminal } from './terminal.ts';

/** In the order in which help lists them. */
const COMMANDS: readonly Command[] = [
  demo,
  start,
  ingest,
  query,
  show,
  prove,
  verify,
  findings,
  alerts,
  rules,
  sources,
  rebuild,
];

// A reader that has seen enough (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), COMMANDS, processTerminal());
