import { randomBytes } from 'node:crypto';
import { openSink } from '../../functions/local/alert-settings.ts';
import { hasTrail } from '../../functions/local/compose.ts';
import { OWN_RULES, openRules } from '../../functions/local/hub.ts';
import { linksToAlert } from '../../functions/local/links.ts';
import { plural } from '../../functions/local/plural.ts';
import { previewOf } from '../../functions/local/preview.ts';
import { shownRequest, sinkToShow, trySink } from '../../functions/local/sink-trial.ts';
import { inert } from '../../shared/inert.ts';
import type { AlertMessage } from '../../shared/sinks/sink.ts';
import { renderTerminal } from '../../shared/sinks/terminal.ts';
import { leave } from '../../shared/stages/act.ts';
import { knownSinks } from '../../shared/stages/alert-sinks.ts';
import { type Delivery, listDead } from '../../shared/stages/delivery-rows.ts';
import { type Call, type ExitStatus, IoError, UsageError } from '../command.ts';
import { writeListing } from '../output.ts';
import { UID_SHOWN } from '../show-event.ts';
import { me, withHub } from '../with-hub.ts';
import { withTrail } from '../with-trail.ts';

const DEAD_MAX = 1_000;

/** What a sink would be sent about a rule's own match event: the requests, secrets by their references. */
export async function previewRule(call: Call, named: string): Promise<ExitStatus> {
  const { alerts, rules } = call.settings;
  const { listing, book } = await openRules([OWN_RULES, ...rules]);
  const found = await previewOf({ folders: listing.folders, book, places: alerts.places }, named);
  if (!found.ok) throw new UsageError(found.fault);
  const { alert, runbook } = found.value;
  const { out, style, width, now } = call.terminal;
  const name = call.option('sink');
  if (name === undefined || name === 'terminal') {
    const color = style.bold('x') === 'x' ? 'never' : 'always';
    out.write(renderTerminal(alert, { width, color, runbook }));
    return 0;
  }
  const { sink, settings } = knownSink(call, name);
  const links = linksToAlert(alerts.linkBase, alert);
  const message: AlertMessage = { kind: 'alert', change: 'opened', alert, state: 'open', runbook, links };
  const requests = sink.render(message, { settings, deliveryId: 'preview', nowMs: now().getTime() });
  out.write(`${JSON.stringify(requests.map(shownRequest), null, 2)}\n`);
  return 0;
}

function knownSink(call: Call, name: string): ReturnType<typeof sinkToShow> {
  try {
    return sinkToShow(call.settings.alerts, name);
  } catch {
    const names = Object.keys(call.settings.alerts.sinks);
    throw new UsageError(
      `There is no sink "${name}"; the settings have ${names.join(', ') || 'none'}, and there are the types slack, pagerduty, webhook and terminal.`,
    );
  }
}

/** Sends a sink a message that says that it is a test, and says what came of it. */
export async function testSink(call: Call, name: string): Promise<ExitStatus> {
  const { alerts } = call.settings;
  if (alerts.sinks[name] === undefined) {
    const names = Object.keys(alerts.sinks);
    throw new UsageError(
      `There is no sink "${name}" in the settings; there are ${names.join(', ') || 'none'}.`,
    );
  }
  const sink = openSink(alerts, name, call.terminal.environment);
  const nowMs = call.terminal.now().getTime();
  const links = linksToAlert(alerts.linkBase, { uid: '0'.repeat(64), findings: [] });
  const outcome = await trySink(sink, { nowMs, id: `test_${randomBytes(16).toString('hex')}`, links });
  const why = outcome.kind === 'delivered' ? undefined : outcome.why;
  if (hasTrail(call.dataFolder)) {
    await withHub(call, ({ trail }) =>
      leave(trail.ports, { kind: 'test', sink: name, ...me(), outcome: outcome.kind, why }, {}),
    );
  }
  if (why !== undefined) throw new IoError(`${name} did not take the test: ${inert(why, 300)}.`);
  const { out, style } = call.terminal;
  if (call.output === 'json' || call.output === 'ndjson')
    out.write(`${JSON.stringify({ sink: name, ok: true })}\n`);
  else out.write(`${style.green('✔')} ${name} took the test.\n`);
  return 0;
}

/** What sinks refused, or were tried for too often. */
export async function listDeadLetters(call: Call): Promise<ExitStatus> {
  const rows = await withTrail(call, ({ table }) => deadLetters(call, table));
  writeListing<Delivery>(call, {
    columns: [
      { title: 'sink', value: ({ sink }) => sink },
      { title: 'about', value: aboutOf, whole: ({ about }) => about },
      { title: 'tries', value: ({ attempts }) => String(attempts), align: 'right' },
      { title: 'why', value: ({ why }) => why, min: 30 },
    ],
    rows,
    json: ({ sink, subject, about, attempts, why, delivery }) => ({
      sink,
      kind: subject.startsWith('d') ? 'deployment' : 'alert',
      id: about,
      delivery,
      attempts,
      why,
    }),
    empty: 'No dead letters: every sink took what it was sent, or is still being tried.',
  });
  return 0;
}

function aboutOf({ subject, about }: Delivery): string {
  return `${subject.startsWith('d') ? 'deployment' : 'alert'} ${about.slice(0, UID_SHOWN)}`;
}

async function deadLetters(call: Call, table: Parameters<typeof listDead>[0]): Promise<readonly Delivery[]> {
  const only = call.option('sink');
  const known = await knownSinks(table);
  if (only !== undefined) await requireSink(call, table, { only, known });
  const names = only === undefined ? known : [only];
  const found: Delivery[] = [];
  for (const name of names) found.push(...(await listDead(table, name, DEAD_MAX)));
  return found;
}

/** A name that nobody ever gave a sink has no dead letters for another reason than that all went well. */
async function requireSink(
  { settings }: Call,
  table: Parameters<typeof listDead>[0],
  { only, known }: { readonly only: string; readonly known: readonly string[] },
): Promise<void> {
  const names = [...new Set([...Object.keys(settings.alerts.sinks), ...known])];
  if (names.includes(only) || (await listDead(table, only, 1)).length > 0) return;
  throw new UsageError(`There is no sink "${only}"; there are ${names.join(', ') || 'none'}.`);
}

/** Has dead letters sent again, each as its alert is by then. */
export async function redrive(call: Call): Promise<ExitStatus> {
  const count = await withHub(call, async ({ trail }) => {
    const letters = await deadLetters(call, trail.table);
    for (const { sink, subject, about, generation, dead } of letters) {
      const key = `${sink}|${subject}|${dead}|${generation}`;
      await leave(trail.ports, { kind: 'redrive', sink, subject, about, ...me() }, { key });
    }
    return letters.length;
  });
  const { out } = call.terminal;
  if (call.output === 'json' || call.output === 'ndjson')
    out.write(`${JSON.stringify({ redriven: count })}\n`);
  else if (count === 0) out.write('No dead letters.\n');
  else
    out.write(`${plural(count, 'dead letter')} will be sent again by the hub that runs, or the next one.\n`);
  return 0;
}
