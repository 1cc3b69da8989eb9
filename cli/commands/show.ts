import { inert } from '../../shared/inert.ts';
import type { OcsfEvent, User } from '../../shared/ocsf/event.ts';
import { rawElsewhere } from '../../shared/stages/folded-event.ts';
import { trailSize } from '../../shared/stages/read-trail.ts';
import type { Call, Command, ExitStatus } from '../command.ts';
import { commandOn, writeHint } from '../command-on.ts';
import { type FoundEvent, findEvent } from '../find-event.ts';
import { actorOf, formatTime, operationOf, sourceOf, UID_SHOWN } from '../show-event.ts';
import { formatCount } from '../ui/progress.ts';
import { wrap } from '../ui/wrap.ts';
import { withTrail } from '../with-trail.ts';

export const show: Command = {
  name: 'show',
  summary: 'one event, readable: who, what, where, when, and the record as received',
  usage: 'UID [--raw]',
  about:
    'Shows the event whose uid is, or begins with, the digits given (at least eight). --output json prints the OCSF ' +
    'event exactly as stored; --raw prints the native record exactly as it was received (but for redacted secrets).',
  options: [{ name: 'raw', about: 'only the native record, as received' }],
  examples: [
    { line: 'show 3f9a12bc', does: 'the event, for a person' },
    { line: 'show 3f9a12bc --raw', does: 'what the source sent, byte for byte' },
    { line: 'show 3f9a12bc --output json', does: 'the OCSF event' },
  ],
  positionals: { min: 1, max: 1, name: 'UID' },
  run,
};

const RAW_SHOWN = 4000;

async function run(call: Call): Promise<ExitStatus> {
  return withTrail<ExitStatus>(call, async (trail) => {
    const found = await findEvent(trail, call.positionals[0] ?? '');
    const { out, style, width } = call.terminal;
    if (found.event === undefined) {
      out.write(
        `Entry ${found.index} was erased from the trail; what it was is no longer kept. Its place can still be proven.\n`,
      );
      return 0;
    }
    const { event } = found;
    const raw = event.raw_data ?? (await rawElsewhere(trail.ports, event));
    if (call.flag('raw')) {
      out.write(raw.endsWith('\n') ? raw : `${raw}\n`);
      return 0;
    }
    if (call.output === 'json' || call.output === 'ndjson') {
      out.write(`${found.line}\n`);
      return 0;
    }
    const size = await trailSize(trail.ports);
    for (const line of wrap(inert(event.message ?? operationOf(event)), width))
      out.write(`${style.bold(line)}\n`);
    out.write('\n');
    for (const [title, values] of facts(event, found, size)) writeFact(call, title, values);
    if (raw !== '') {
      out.write(
        `\n${style.dim(`Record as received (${formatCount(raw.length)} characters):`)}\n${shownRaw(raw)}\n`,
      );
    }
    writeHint(
      call,
      `\nTo prove it to somebody else: ${commandOn(call, `prove ${found.uid.slice(0, UID_SHOWN)} -o proof.json`)}`,
    );
    return 0;
  });
}

const TITLE_WIDTH = 11;

/** A fact with its title, each value on a line of its own, broken where the terminal ends. */
function writeFact({ terminal }: Call, title: string, values: readonly string[]): void {
  const { out, style, width } = terminal;
  const room = Math.max(30, width - TITLE_WIDTH - 3);
  const lines = values.filter((value) => value !== '').flatMap((value) => wrap(inert(value, 1000), room));
  for (const [n, line] of lines.entries()) {
    out.write(`  ${style.dim((n === 0 ? title : '').padEnd(TITLE_WIDTH))} ${line}\n`);
  }
}

type Fact = readonly [title: string, values: readonly string[]];

function facts(event: OcsfEvent, found: FoundEvent, size: number): readonly Fact[] {
  return [...whatHappened(event), ...whatItShows(event), ...whereItIs(event, found, size)];
}

function whatHappened(event: OcsfEvent): readonly Fact[] {
  const { actor } = event;
  return [
    ['when', [`${formatTime(event.time)} UTC`]],
    ['who', [person(actor?.user) || (actor?.app_name ?? actorOf(event))]],
    ['session', [join(actor?.session?.uid, actor?.session?.credential_uid, actor?.session?.issuer)]],
    ['whom', [person(event.user)]],
    ['what', [join(operationOf(event), event.api?.service?.name)]],
    ['on', (event.resources ?? []).map(({ type, name, uid }) => join(type, name ?? uid))],
    [
      'from',
      [
        join(
          event.src_endpoint?.ip,
          event.src_endpoint?.domain,
          event.src_endpoint?.svc_name,
          event.src_endpoint?.name,
        ),
      ],
    ],
    ['with', [event.http_request?.user_agent ?? '']],
    ['where', [join(event.cloud?.provider, event.cloud?.account?.uid, event.cloud?.region)]],
    ['outcome', [join(event.status, event.status_code, event.status_detail)]],
    ['decision', [join(event.disposition, event.policy?.name)]],
  ];
}

/** Of a finding: how bad, by which rule, and the events that show it. */
function whatItShows({ finding_info: info, severity }: OcsfEvent): readonly Fact[] {
  if (info === undefined) return [];
  const related = (info.related_events ?? []).map(({ uid, title }) => join(uid?.slice(0, UID_SHOWN), title));
  return [
    ['severity', [severity ?? '']],
    ['rule', [join(info.analytic?.name, info.analytic?.uid)]],
    ['because of', related],
  ];
}

function whereItIs(event: OcsfEvent, found: FoundEvent, size: number): readonly Fact[] {
  const { metadata } = event;
  return [
    ['class', [`${event.class_name} (${event.class_uid}), ${event.activity_name ?? ''}`]],
    ['source', [join(sourceOf(event), metadata.log_name)]],
    ['their id', [metadata.original_event_uid ?? '']],
    ['run', [metadata.correlation_uid ?? '']],
    ['uid', [metadata.uid]],
    ['entry', [`${formatCount(found.index)} of ${formatCount(size)}`]],
  ];
}

function person(user: User | undefined): string {
  if (user === undefined) return '';
  const names = [user.name, user.email_addr, user.uid].filter((each) => each !== undefined && each !== '');
  return [...new Set(names)].join('  ');
}

function join(...parts: readonly (string | undefined)[]): string {
  return [...new Set(parts.filter((part) => part !== undefined && part !== ''))].join('  ');
}

/** Indented when it is small enough to read; never a character that a terminal would obey. */
function shownRaw(raw: string): string {
  const cut = raw.length > RAW_SHOWN ? `${raw.slice(0, RAW_SHOWN)}` : raw;
  const lines = (raw.length > RAW_SHOWN ? cut : pretty(raw))
    .split('\n')
    .map((line) => `  ${inert(line, 2000)}`);
  return raw.length > RAW_SHOWN ? `${lines.join('\n')}\n  … (--raw prints all of it)` : lines.join('\n');
}

function pretty(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
