import type { QueryFault } from '../../shared/query/fault.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { planOf } from '../../shared/query/plan.ts';
import type { Expression } from '../../shared/query/syntax.ts';
import { type QueryHit, query } from '../../shared/stages/query.ts';
import { trailSize } from '../../shared/stages/read-trail.ts';
import { type Tally, tally } from '../../shared/stages/tally.ts';
import type { ConsolePorts } from '../ports.ts';
import { readTime } from '../read-time.ts';
import { type EventRow, rowOf, rowOfNewest } from '../row.ts';

/** What the address of a search says: all of its state. */
export interface Asked {
  readonly q: string;
  readonly since: string;
  readonly until: string;
  /** Only entries below this place: where the page before ended. */
  readonly before: number | undefined;
}

export interface SearchView {
  readonly asked: Asked;
  readonly nowMs: number;
  readonly size: number;
  readonly dataFolder: string | undefined;
  readonly answer: Answer | undefined;
  readonly fault: QueryFault | undefined;
  /** Which of the two times cannot be read, and why. */
  readonly timeFaults: readonly { readonly name: 'since' | 'until'; readonly message: string }[];
}

export interface Answer {
  readonly tally: Tally;
  /** Newest first by time; a page of the trail's order. */
  readonly rows: readonly EventRow[];
  /** Where the next page begins. */
  readonly next: number | undefined;
  /** Down to which entry every event was read, where the index could not help and not all was read. */
  readonly readDownTo: number | undefined;
}

const ROWS = 50;
/** Events that are read for one page where the index does not narrow the question. */
const READ_MAX = 20_000;
const BARS_MAX = 60;

export function askedOf(parameters: URLSearchParams): Asked {
  const before = Number(parameters.get('before') ?? Number.NaN);
  return {
    q: (parameters.get('q') ?? '').trim(),
    since: (parameters.get('since') ?? '').slice(0, 40),
    until: (parameters.get('until') ?? '').slice(0, 40),
    before: Number.isSafeInteger(before) && before >= 0 ? before : undefined,
  };
}

export interface Read {
  readonly expression: Expression;
  readonly text: string;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

type Unread = Pick<SearchView, 'fault' | 'timeFaults'>;

/** What was asked, as far as it can be read. */
export function readAsked(
  asked: Asked,
  nowMs: number,
): { readonly ok: true; readonly value: Read } | ({ readonly ok: false } & Unread) {
  const text = asked.q === '' ? '*' : asked.q;
  const times = { since: readTime(asked.since, nowMs), until: readTime(asked.until, nowMs) };
  const timeFaults = (['since', 'until'] as const).flatMap((name) => {
    const read = times[name];
    return read.kind === 'fault' ? [{ name, message: read.message }] : [];
  });
  const parsed = parseQuery(text, { nowMs });
  if (!parsed.ok || timeFaults.length > 0)
    return { ok: false, fault: parsed.ok ? undefined : parsed.fault, timeFaults };
  const ms = (name: 'since' | 'until') => (times[name].kind === 'time' ? times[name].timeMs : undefined);
  return { ok: true, value: { expression: parsed.value, text, sinceMs: ms('since'), untilMs: ms('until') } };
}

export async function loadSearch(ports: ConsolePorts, parameters: URLSearchParams): Promise<SearchView> {
  const asked = askedOf(parameters);
  const nowMs = ports.clock().getTime();
  const size = await trailSize(ports);
  const view = { asked, nowMs, size, dataFolder: ports.dataFolder };
  const read = readAsked(asked, nowMs);
  if (!read.ok) return { ...view, answer: undefined, fault: read.fault, timeFaults: read.timeFaults };
  return {
    ...view,
    answer: await answer(ports, read.value, asked.before ?? size),
    fault: undefined,
    timeFaults: [],
  };
}

async function answer(ports: ConsolePorts, read: Read, before: number): Promise<Answer> {
  const counted = await tally(ports, {
    ...read,
    barsMax: BARS_MAX,
    by: 'outcome',
    newest: { count: ROWS + 1, before },
  });
  // Where the index knows exactly what matches, it knows the rows too, and no event is read.
  if (counted.isExact && counted.uncounted === 0) {
    const shown = counted.newest.slice(0, ROWS);
    const next = counted.newest.length > ROWS ? shown.at(-1)?.index : undefined;
    return { tally: counted, rows: byTime(shown.map(rowOfNewest)), next, readDownTo: undefined };
  }
  return readRows(ports, { read, before, counted });
}

async function readRows(
  ports: ConsolePorts,
  { read, before, counted }: { readonly read: Read; readonly before: number; readonly counted: Tally },
): Promise<Answer> {
  // A question of a trail's whole text reads it; a page of it reads a stretch, and says so.
  const isBounded = planOf(read.expression).kind === 'everything' && read.expression.kind !== 'all';
  const from = isBounded ? Math.max(0, before - READ_MAX) : 0;
  const hits = await take(query(ports, { ...request(ports, read), from, before, limit: ROWS + 1 }));
  const shown = hits.slice(0, ROWS);
  const last = shown.at(-1);
  const isMore = hits.length > ROWS;
  return {
    tally: counted,
    rows: byTime(shown.map(({ index, event }) => rowOf(index, event))),
    next: isMore && last !== undefined ? last.index : from > 0 ? from : undefined,
    readDownTo: isBounded && !isMore && from > 0 ? from : undefined,
  };
}

function byTime(rows: readonly EventRow[]): readonly EventRow[] {
  return rows.toSorted((a, b) => b.timeMs - a.timeMs);
}

function request(ports: ConsolePorts, { text, sinceMs, untilMs }: Read) {
  return { expression: text, nowMs: ports.clock().getTime(), sinceMs, untilMs };
}

async function take(found: ReturnType<typeof query>): Promise<readonly QueryHit[]> {
  const hits: QueryHit[] = [];
  if (found.ok) for await (const hit of found.value) hits.push(hit);
  return hits;
}
