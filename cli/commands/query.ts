import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import { renderFault } from '../../shared/query/fault.ts';
import { query as ask, type QueryHit } from '../../shared/stages/query.ts';
import { type Call, type Command, type ExitStatus, UsageError } from '../command.ts';
import { renderCsv, writeListing } from '../output.ts';
import { EVENT_COLUMNS, formatTime } from '../show-event.ts';
import type { Column } from '../ui/table.ts';
import { readCount, readTime } from '../values.ts';
import { withTrail } from '../with-trail.ts';

const LIMIT = 50;

export const query: Command = {
  name: 'query',
  summary: 'ask the trail a question, newest first',
  usage: "'EXPRESSION' [--since TIME] [--until TIME] [--limit COUNT] [--fields LIST]",
  about:
    'Terms are field:value, joined by AND, OR, NOT and parentheses; "*" alone is everything. Short names: actor, ' +
    'operation, resource, ip, account, region, status, repo, commit, digest, run, rule, source, class. Any OCSF path is a ' +
    'field too. Wildcards * and ?, ranges [a TO b], comparisons field:>=5, sets field:(a OR b). See docs/query.md.',
  options: [
    {
      name: 'since',
      value: 'TIME',
      about: 'only events from then on: 2026-05-04, 2026-05-04T09:11:22Z, or 14d, 6h, 30m ago',
    },
    { name: 'until', value: 'TIME', about: 'only events up to then' },
    {
      name: 'limit',
      short: 'n',
      value: 'COUNT',
      about: `at most so many (default ${LIMIT}; with ndjson and csv all)`,
    },
    { name: 'fields', value: 'LIST', about: 'show these OCSF paths, comma separated' },
  ],
  examples: [
    { line: "query 'actor:alice AND NOT status:success'", does: 'what alice tried and could not do' },
    {
      line: "query 'operation:(StopLogging OR DeleteTrail)' --since 14d",
      does: 'who touched the audit log lately?',
    },
    {
      line: "query 'ip:203.0.113.0/24' --fields time,actor.user.name,api.operation",
      does: 'chosen fields of what came from a network',
    },
    { line: "query '*' --output ndjson > events.ndjson", does: 'every OCSF event on the trail' },
  ],
  positionals: { min: 1, max: 1, name: "'EXPRESSION'" },
  run,
};

async function run(call: Call): Promise<ExitStatus> {
  const nowMs = call.terminal.now().getTime();
  const limit = readCount(call, 'limit') ?? (isStreamed(call) ? undefined : LIMIT);
  const expression = call.positionals[0] ?? '';
  return withTrail<ExitStatus>(call, async (trail) => {
    const hits = ask(trail.ports, {
      expression,
      nowMs,
      sinceMs: readTime(call, 'since', nowMs),
      untilMs: readTime(call, 'until', nowMs),
      // One more tells whether there are more.
      limit: limit === undefined || isStreamed(call) ? limit : limit + 1,
    });
    if (!hits.ok) throw new UsageError(renderFault(hits.fault));
    await write(call, hits.value, limit);
    return 0;
  });
}

/** Formats for programs that take a whole trail, a line at a time. */
function isStreamed({ output }: Call): boolean {
  return output === 'ndjson' || output === 'csv';
}

async function write(call: Call, hits: AsyncIterable<QueryHit>, limit: number | undefined): Promise<void> {
  const { out, err, errStyle } = call.terminal;
  const fields = call.option('fields')?.split(',');
  if (call.output === 'ndjson') {
    for await (const hit of hits)
      await writeLine(out, fields === undefined ? hit.line : JSON.stringify(pick(hit.event, fields)));
    return;
  }
  const columns = fields === undefined ? EVENT_COLUMNS : fields.map(fieldColumn);
  if (call.output === 'csv') {
    out.write(renderCsv(columns, []));
    for await (const { event } of hits)
      await writeLine(out, renderCsv(columns, [event]).split('\r\n').slice(1, -1).join('\r\n'), '\r\n');
    return;
  }
  const events: OcsfEvent[] = [];
  for await (const { event } of hits) events.push(event);
  // The trail is in order of arrival; a page of it reads better in order of time.
  const shown = (limit === undefined ? events : events.slice(0, limit)).toSorted((a, b) => b.time - a.time);
  const json = (event: OcsfEvent) => (fields === undefined ? event : pick(event, fields));
  writeListing(call, { columns, rows: shown, json, empty: 'Nothing on the trail matches.' });
  if (shown.length < events.length) {
    err.write(
      errStyle.dim(
        `The newest ${shown.length}; there are more: --limit COUNT, or --output ndjson for all.\n`,
      ),
    );
  }
}

/** Waits while the reader is slower than we are, so that a whole trail never gathers in memory. */
async function writeLine(out: NodeJS.WriteStream, line: string, end = '\n'): Promise<void> {
  if (!out.write(`${line}${end}`)) await new Promise((resolve) => out.once('drain', resolve));
}

function fieldColumn(path: string): Column<OcsfEvent> {
  const value = (event: OcsfEvent) => {
    const found = valueAt(event, path);
    return path === 'time' && typeof found === 'number' ? formatTime(found) : text(found);
  };
  return { title: path, value, min: path === 'time' ? 19 : 8, keep: 1 };
}

function pick(event: OcsfEvent, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((path) => [path, valueAt(event, path) ?? null]));
}

function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((found, key) => {
    if (Array.isArray(found)) return found.map((each) => valueAt(each, key));
    return typeof found === 'object' && found !== null && Object.hasOwn(found, key)
      ? found[key as keyof typeof found]
      : undefined;
  }, value);
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
