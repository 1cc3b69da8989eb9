import { COMMANDS } from './command-list.ts';
import { runCommandLine } from './run.ts';
import { processTerminal } from './terminal.ts';

// A reader that has seen enough (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), COMMANDS, processTerminal());
