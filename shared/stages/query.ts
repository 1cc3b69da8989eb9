/**
 * Answers questions about the trail, newest first by place in the trail: postings where the index can narrow it, a
 * scan of blocks where it cannot, and the filter's last word on every event. The index only makes it faster: with
 * none, or a part of one, the answer is the same.
 */
import { hash } from 'node:crypto';
import type { OcsfEvent } from '../ocsf/event.ts';
import type { ObjectStore, Table } from '../ports.ts';
import { compileFilter, type Filter } from '../query/compile.ts';
import type { QueryFault } from '../query/fault.ts';
import { type LineTest, lineTest } from '../query/needs.ts';
import { parseQuery } from '../query/parse.ts';
import { ANY_TIME, overlap, type Plan, planOf, type TimeRange, timeRangeOf } from '../query/plan.ts';
import type { Expression } from '../query/syntax.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Entry } from '../trail/entry.ts';
import { parseEvent, rawElsewhere, withRecord } from './folded-event.ts';
import { opened, tasksOf } from './query-blocks.ts';
import { regionsOf } from './query-index.ts';
import { entryReader, trailSize } from './read-trail.ts';

export interface QueryPorts {
  readonly objects: ObjectStore;
  readonly table: Table;
}

export interface QueryRequest {
  readonly expression: string;
  /** What relative times in the expression count from. */
  readonly nowMs: number;
  /** Event times, both inclusive, ms since the epoch. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  /** How many hits at most; all when undefined. */
  readonly limit?: number | undefined;
  /** Where an earlier answer to the same question ended. */
  readonly pageToken?: string | undefined;
  /** Only entries of this stretch of the trail, from one place up to and without another: what is read has a bound. */
  readonly from?: number | undefined;
  readonly before?: number | undefined;
}

export interface QueryHit {
  /** Its place in the trail. */
  readonly index: number;
  /** Exactly as stored. */
  readonly line: string;
  readonly event: OcsfEvent;
}

export interface QueryPage {
  readonly hits: readonly QueryHit[];
  /** For the next page; undefined when this was the last. Stays good however much is appended. */
  readonly next: string | undefined;
}

/** Hits as they are found; a fault when the expression or the page token cannot be read. */
export function query(ports: QueryPorts, request: QueryRequest): Result<AsyncIterable<QueryHit>, QueryFault> {
  const question = read(request);
  return question.ok ? ok(answer(ports, question.value, request.limit)) : question;
}

/** One page of hits. */
export async function queryPage(
  ports: QueryPorts,
  request: QueryRequest & { readonly limit: number },
): Promise<Result<QueryPage, QueryFault>> {
  const found = query(ports, { ...request, limit: request.limit + 1 });
  if (!found.ok) return found;
  const hits: QueryHit[] = [];
  for await (const hit of found.value) hits.push(hit);
  const last = hits.length > request.limit ? hits[request.limit - 1] : undefined;
  return ok({ hits: hits.slice(0, request.limit), next: last && tokenOf(request, last.index) });
}

interface Question {
  readonly plan: Plan;
  readonly filter: Filter;
  readonly lineTest: LineTest | undefined;
  readonly times: TimeRange;
  /** Whether the filter asks for the entry's source, or for the record, where the line does not hold them. */
  readonly needs: { readonly source: boolean; readonly raw: boolean };
  /** Only entries from here on, and below that. */
  readonly from: number;
  readonly before: number;
}

function read(request: QueryRequest): Result<Question, QueryFault> {
  const before = beforeOf(request);
  if (before === undefined) {
    const message = 'expected the page token of an earlier answer to this question';
    return fail({ expression: request.expression, position: 0, length: request.expression.length, message });
  }
  const expression = parseQuery(request.expression, request);
  if (!expression.ok) return expression;
  const asked = {
    firstMs: request.sinceMs ?? ANY_TIME.firstMs,
    lastMs: request.untilMs ?? ANY_TIME.lastMs,
  };
  const filter = compileFilter(expression.value);
  return ok({
    plan: planOf(expression.value),
    filter:
      asked.firstMs === ANY_TIME.firstMs && asked.lastMs === ANY_TIME.lastMs ? filter : within(filter, asked),
    lineTest: lineTest(expression.value),
    times: overlap(asked, timeRangeOf(expression.value)),
    needs: needsOf(expression.value),
    from: request.from ?? 0,
    before: Math.min(before, request.before ?? before),
  });
}

function within(filter: Filter, { firstMs, lastMs }: TimeRange): Filter {
  return (subject) => {
    const { time } = subject.event;
    return time >= firstMs && time <= lastMs && filter(subject);
  };
}

function needsOf(expression: Expression): Question['needs'] {
  switch (expression.kind) {
    case 'all':
      return { source: false, raw: false };
    case 'word':
      return { source: false, raw: true };
    case 'not':
      return needsOf(expression.part);
    case 'term': {
      const { field } = expression;
      if (field.kind === 'path') return { source: false, raw: field.segments[0] === 'raw_data' };
      return { source: field.name === 'source', raw: field.name === 'commit' || field.name === 'digest' };
    }
    case 'and':
    case 'or': {
      const needs = expression.parts.map(needsOf);
      return { source: needs.some(({ source }) => source), raw: needs.some(({ raw }) => raw) };
    }
  }
}

async function* answer(
  ports: QueryPorts,
  question: Question,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<QueryHit> {
  const size = await trailSize(ports);
  const before = Math.min(question.before, size);
  const entries = entryReader(ports.objects, size);
  const { firstMs, lastMs } = question.times;
  const regions = regionsOf(ports.table, question.plan, before);
  const tasks = tasksOf(ports.table, regions, ({ fromMs, toMs }) => toMs >= firstMs && fromMs <= lastMs);
  let left = limit;
  for await (const { indexes, block } of opened(ports.objects, tasks)) {
    for (const index of indexes) {
      if (left <= 0 || index < question.from) return;
      const hit = candidateAt(index, block.line(index), question.lineTest);
      if (hit === undefined || !(await isHit(ports, question, hit, entries))) continue;
      left -= 1;
      yield hit;
    }
    if (left <= 0) return;
  }
}

/** The event of a line, unless its text already says that it cannot match. */
function candidateAt(index: number, line: string, mayMatch: LineTest | undefined): QueryHit | undefined {
  if (line === '' || mayMatch?.(line.toLowerCase()) === false) return undefined;
  const event = parseEvent(line);
  return event && { index, line, event };
}

async function isHit(
  ports: QueryPorts,
  { filter, needs }: Question,
  { index, event }: QueryHit,
  entries: (index: number) => Promise<Entry>,
): Promise<boolean> {
  const source = needs.source ? (await entries(index)).source : '';
  const elsewhere = needs.raw && event.raw_data === undefined;
  const raw = elsewhere ? await rawElsewhere(ports, event) : (event.raw_data ?? '');
  return filter(withRecord({ index, source, event, raw }));
}

/** `<index>.<which question>`: the next page holds entries below the index. */
function tokenOf(request: QueryRequest, index: number): string {
  return `${index}.${questionId(request)}`;
}

/** Where an answer begins; undefined for a token that is not of this question. */
function beforeOf(request: QueryRequest): number | undefined {
  if (request.pageToken === undefined) return Number.MAX_SAFE_INTEGER;
  const found = /^([0-9]{1,15})\.([0-9a-f]{16})$/.exec(request.pageToken);
  return found !== null && found[2] === questionId(request) ? Number(found[1]) : undefined;
}

function questionId({ expression, sinceMs, untilMs }: QueryRequest): string {
  const text = JSON.stringify([expression, sinceMs ?? null, untilMs ?? null]);
  return hash('sha256', text, 'hex').slice(0, 16);
}
