import { existsSync } from 'node:fs';
import { alertRoutesOf } from '../../functions/local/alert-routes-of.ts';
import { openSinks } from '../../functions/local/alert-settings.ts';
import { alertText } from '../../functions/local/alert-text.ts';
import { openConsole } from '../../functions/local/console.ts';
import { type Hub, HubStopped, openHub } from '../../functions/local/hub.ts';
import { type LiveHub, runLive } from '../../functions/local/live.ts';
import { resolveSecret } from '../../functions/local/secrets.ts';
import { inert } from '../../shared/inert.ts';
import { sources } from '../../shared/sources/index.ts';
import { type Call, type Command, type ExitStatus, IoError, UsageError } from '../command.ts';
import { wrap } from '../ui/wrap.ts';
import { warmUp } from '../warm-up.ts';
import { requireWhole } from '../with-trail.ts';
import { reportFaultyRules } from './ingest.ts';

const PORT = 8750;

export const start: Command = {
  name: 'start',
  summary: 'the local hub: console and webhooks on loopback, folders watched, until Ctrl-C',
  usage: '[PATH...] [--port NUMBER]',
  about:
    'Begins empty on --data, or goes on where it was. Takes POST /ingest/<source> on 127.0.0.1 with the token in ' +
    'keys/hub.token (or a GitHub signature, where trailproof.yaml names githubSecrets), and every file under PATH, now ' +
    'and whenever one is added or changed. A delivery is answered once it is durable; alerts appear here. ' +
    'Shows the link that lets one browser into the console (docs/console.md).',
  options: [
    { name: 'port', value: 'NUMBER', about: `where to listen (default ${PORT}; 0 lets the system choose)` },
  ],
  examples: [
    { line: 'start', does: 'webhooks onto the trail in .trailproof' },
    { line: 'start ./audit-exports --data /srv/trail', does: 'and every file that lands in a folder' },
  ],
  positionals: { min: 0, max: Number.POSITIVE_INFINITY, name: 'PATH' },
  run,
};

async function run(call: Call): Promise<ExitStatus> {
  for (const path of call.positionals) {
    if (!existsSync(path)) throw new IoError(`There is nothing at ${path} to watch.`);
  }
  await requireWhole(call);
  const hub = await openHub({
    folder: call.dataFolder,
    settings: call.settings,
    now: call.terminal.now,
    decidesSinks: true,
  });
  try {
    reportFaultyRules(call, hub);
    await warmUp(call, hub);
    await hub.settle();
    await stay({ call, hub, folder: call.dataFolder, watch: call.positionals });
    return 0;
  } catch (error) {
    if (error instanceof HubStopped) throw new IoError(error.message);
    throw error;
  } finally {
    hub.close();
  }
}

/** Runs the hub until Ctrl-C (or SIGTERM). */
export async function stay(options: {
  readonly call: Call;
  readonly hub: Hub;
  readonly folder: string;
  readonly watch: readonly string[];
}): Promise<void> {
  const { call, hub, folder, watch } = options;
  const { out, err, errStyle, style, now, environment, width } = call.terminal;
  const sinks = openSinks(call.settings.alerts, environment);
  const routes = alertRoutesOf({ hub, sinks, settings: call.settings.alerts, environment });
  const color = style.bold('x') === 'x' ? ('never' as const) : ('always' as const);
  const say = (text: string, paint: (line: string) => string = (line) => line) => {
    for (const line of wrap(text, width)) out.write(`${paint(line)}\n`);
  };
  const failed = (error: Error) => {
    err.write(`${errStyle.red('error')}: ${inert(error.message)}\n`);
  };
  let live: LiveHub | undefined;
  const linkOf = () => `http://127.0.0.1:${live?.port}${pages.link()}`;
  const pages = await openConsole({
    hub,
    rules: call.settings.rules,
    settle: async () => live?.settle(),
    opened: () => say(`The console was opened. A link for another browser: ${linkOf()}`, style.dim),
    failed,
  });
  live = await onFreePort(call, (port) =>
    runLive({
      hub,
      now,
      watch,
      port,
      githubSecrets: call.settings.githubSecrets.map((reference) => resolveSecret(reference, environment)),
      sinks,
      linkBase: call.settings.alerts.linkBase,
      routes: [...routes, pages.route],
      settled: async ({ alerts }) => {
        for (const alert of alerts) out.write(`\n${await alertText(hub, alert, { width, color })}`);
      },
      failed,
    }),
  );
  say(
    `\n${style.bold('The hub listens')} on http://127.0.0.1:${live.port} and keeps its trail in ${folder}. Ctrl-C stops it.`,
  );
  out.write(
    style.dim(
      `  curl -H "Authorization: Bearer $(cat ${folder}/keys/hub.token)" --data-binary @events.json http://127.0.0.1:${live.port}/ingest/aws.cloudtrail\n`,
    ),
  );
  if (sinks.length > 0) say(`  alerts go to ${sinks.map(({ name }) => name).join(', ')}`, style.dim);
  say(`  sources: ${sources.map(({ id }) => id).join(', ')}`, style.dim);
  if (watch.length > 0) say(`  watching ${watch.join(', ')}`, style.dim);
  // Last, where the eye is; whole on one line, so that a terminal makes it a link.
  out.write(`\n${style.bold('Console')}  ${style.bold(style.cyan(linkOf()))}\n`);
  say('         Look at all of this in a browser. The link lets one in, once.', style.dim);
  await untilInterrupted();
  await pages.close();
  await live.close();
  await hub.settle();
  out.write('\nStopped; everything that was taken is on the trail.\n');
}

/** A port that somebody asked for must be that one; the usual one, when it is taken, gives way to any other. */
async function onFreePort(call: Call, listen: (port: number) => Promise<LiveHub>): Promise<LiveHub> {
  const port = portOf(call);
  try {
    return await listen(port);
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (isTaken && port === PORT && call.option('port') === undefined) return listen(0);
    if (isTaken)
      throw new IoError(`Port ${port} is taken by another program; --port 0 takes any that is free.`);
    throw error;
  }
}

function portOf(call: Call): number {
  const given = call.option('port');
  if (given === undefined) return call.settings.port ?? PORT;
  if (!/^\d{1,5}$/.test(given) || Number(given) > 65_535)
    throw new UsageError(`--port is a number from 0 to 65535; found "${given}".`);
  return Number(given);
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    // Listened to until the end: Ctrl-C arrives from the terminal and from the launcher, and the second one must not
    // cut short what the first one began.
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
}
