import { sourceOf } from '../../shared/ocsf/names.ts';
import type { QueryFault } from '../../shared/query/fault.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { planOf } from '../../shared/query/plan.ts';
import type { Expression } from '../../shared/query/syntax.ts';
import { type QueryHit, query } from '../../shared/stages/query.ts';
import { trailSize } from '../../shared/stages/read-trail.ts';
import { type Tally, tally, tallyOf } from '../../shared/stages/tally.ts';
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
  /** False where nobody knows how many match: a question of whole texts, of a trail too long to be read for a page. */
  readonly isCounted: boolean;
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
/** Events that may match, and are all read, so that every number is exact. */
const COUNTED_MAX = 5_000;
/** Longer questions are for the command: this one stands in every link of a page. */
const QUESTION_MAX = 2_000;
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
  const { since, until } = times;
  if (since.kind === 'time' && until.kind === 'time' && since.timeMs > until.timeMs)
    timeFaults.push({ name: 'until', message: 'expected a time that is not before the other' });
  const parsed = text.length > QUESTION_MAX ? tooLong(text) : parseQuery(text, { nowMs });
  if (!parsed.ok || timeFaults.length > 0)
    return { ok: false, fault: parsed.ok ? undefined : parsed.fault, timeFaults };
  const ms = (name: 'since' | 'until') => (times[name].kind === 'time' ? times[name].timeMs : undefined);
  return { ok: true, value: { expression: parsed.value, text, sinceMs: ms('since'), untilMs: ms('until') } };
}

function tooLong(expression: string): { readonly ok: false; readonly fault: QueryFault } {
  const message = `expected at most ${QUESTION_MAX.toLocaleString('en-US')} characters, found ${expression.length.toLocaleString('en-US')}`;
  const hint = 'The command takes longer ones: npx trailproof query.';
  return { ok: false, fault: { expression, position: QUESTION_MAX, length: 1, message, hint } };
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
    answer: await answer(ports, read.value, { before: asked.before ?? size, size }),
    fault: undefined,
    timeFaults: [],
  };
}

interface Stretch {
  /** Where the page begins, and where the trail ends. */
  readonly before: number;
  readonly size: number;
}

async function answer(ports: ConsolePorts, read: Read, stretch: Stretch): Promise<Answer> {
  const { before } = stretch;
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
    const rows = byTime(shown.map(rowOfNewest));
    return { tally: counted, isCounted: true, rows, next, readDownTo: undefined };
  }
  return counted.total + counted.uncounted <= COUNTED_MAX
    ? readAll(ports, read, stretch)
    : readRows(ports, { read, counted, ...stretch });
}

async function readAll(ports: ConsolePorts, read: Read, { before, size }: Stretch): Promise<Answer> {
  const found = query(ports, { ...request(ports, read), before: size });
  const rows: EventRow[] = [];
  async function* seen(): AsyncGenerator<QueryHit> {
    if (!found.ok) return;
    for await (const hit of found.value) {
      if (hit.index < before && rows.length <= ROWS) rows.push(rowOf(hit.index, hit.event));
      yield hit;
    }
  }
  const counted = await tallied(seen(), read);
  const shown = rows.slice(0, ROWS);
  const next = rows.length > ROWS ? shown.at(-1)?.index : undefined;
  return { tally: counted, isCounted: true, rows: byTime(shown), next, readDownTo: undefined };
}

function tallied(hits: AsyncIterable<QueryHit>, { sinceMs, untilMs }: Read): Promise<Tally> {
  return tallyOf(sourced(hits), { sinceMs, untilMs, barsMax: BARS_MAX, by: 'outcome' });
}

async function* sourced(hits: AsyncIterable<QueryHit>) {
  for await (const { event } of hits) yield { source: sourceOf(event), event };
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

async function readRows(
  ports: ConsolePorts,
  { read, before, size, counted }: Stretch & { readonly read: Read; readonly counted: Tally },
): Promise<Answer> {
  // A question of a trail's whole text reads it; a page of it reads a stretch, and says so.
  const isBounded = planOf(read.expression).kind === 'everything' && read.expression.kind !== 'all';
  const from = isBounded ? Math.max(0, before - READ_MAX) : 0;
  const hits = await take(query(ports, { ...request(ports, read), from, before, limit: ROWS + 1 }));
  const shown = hits.slice(0, ROWS);
  const last = shown.at(-1);
  const isMore = hits.length > ROWS;
  const isWhole = before === size && from === 0 && !isMore;
  return {
    tally: isWhole ? await tallied(each(hits), read) : counted,
    isCounted: isWhole || !isBounded,
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
