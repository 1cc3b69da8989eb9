/**
 * Which entries of the trail an expression matches, as one bit each, from the index alone. Where the index cannot
 * tell, more are set than match, never fewer, and the set says so.
 */
import type { Table } from '../ports.ts';
import { shortField } from '../query/fields.ts';
import { PRESENT_KEY, planOf } from '../query/plan.ts';
import type { Expression, Match, Term } from '../query/syntax.ts';
import type { Columns } from './columns.ts';
import { regionsOf } from './query-index.ts';

export interface HitSet {
  readonly bits: Uint8Array;
  readonly isExact: boolean;
}

export interface HitSetRequest {
  readonly table: Table;
  readonly columns: readonly Columns[];
  /** Entries from here on are not asked about. */
  readonly end: number;
}

export async function hitSet(request: HitSetRequest, expression: Expression): Promise<HitSet> {
  switch (expression.kind) {
    case 'all':
      return { bits: all(request.end), isExact: true };
    case 'word':
      return { bits: all(request.end), isExact: false };
    case 'not': {
      const part = await hitSet(request, expression.part);
      // What may match beyond what does cannot be told apart, so nothing can be left out.
      if (!part.isExact) return { bits: all(request.end), isExact: false };
      return { bits: part.bits.map((byte) => ~byte), isExact: true };
    }
    case 'and':
    case 'or':
      return joined(request, expression);
    case 'term':
      return termSet(request, expression);
  }
}

function all(end: number): Uint8Array {
  return new Uint8Array(Math.ceil(end / 8)).fill(0xff);
}

async function joined(
  request: HitSetRequest,
  { kind, parts }: Extract<Expression, { readonly kind: 'and' | 'or' }>,
): Promise<HitSet> {
  let bits: Uint8Array | undefined;
  let isExact = true;
  for (const part of parts) {
    const set = await hitSet(request, part);
    isExact &&= set.isExact;
    if (bits === undefined) bits = set.bits;
    else if (kind === 'and') for (let n = 0; n < bits.length; n += 1) bits[n] = at(bits, n) & at(set.bits, n);
    else for (let n = 0; n < bits.length; n += 1) bits[n] = at(bits, n) | at(set.bits, n);
  }
  return { bits: bits ?? all(request.end), isExact };
}

function at(bits: Uint8Array, n: number): number {
  return bits[n] ?? 0;
}

async function termSet(request: HitSetRequest, term: Term): Promise<HitSet> {
  const { columns, end, table } = request;
  const { field, match } = term;
  const isTime = field.kind === 'path' && field.segments.length === 1 && field.segments[0] === 'time';
  if (isTime && match.kind === 'range') return { bits: byTime(columns, end, match), isExact: true };
  if (field.kind === 'short' && field.name === 'source' && match.kind === 'equals') {
    const { text } = match;
    const isSource = columns.some(({ facets }) => facets.source.values.includes(text));
    if (isSource) return { bits: bySource(columns, end, text), isExact: true };
  }
  const plan = planOf(term);
  if (plan.kind === 'everything') return { bits: all(end), isExact: false };
  const bits = new Uint8Array(Math.ceil(end / 8));
  for await (const { first, next, candidates } of regionsOf(table, plan, end)) {
    if (candidates === 'all') for (let index = first; index < next; index += 1) setBit(bits, index);
    else for (const index of candidates) setBit(bits, index);
  }
  return { bits, isExact: isExact(term) };
}

/** Whether every event that the index names for a term matches it: no other value has the same key. */
function isExact({ field, match }: Term): boolean {
  if (field.kind !== 'short') return false;
  const short = shortField(field.name);
  if (short === undefined) return false;
  if (match.kind === 'present') return true;
  if (match.kind !== 'equals' || match.text === '' || match.text === PRESENT_KEY) return false;
  return short.exact || short.key(match.text) === match.text;
}

function byTime(
  columns: readonly Columns[],
  end: number,
  { lower, upper }: Extract<Match, { readonly kind: 'range' }>,
): Uint8Array {
  const bits = new Uint8Array(Math.ceil(end / 8));
  const from = lower?.number ?? Number.NEGATIVE_INFINITY;
  const to = upper?.number ?? Number.POSITIVE_INFINITY;
  for (const { first, times } of columns) {
    for (let n = 0; n < times.length; n += 1) {
      const time = times[n] ?? Number.NaN;
      const isAfter = lower?.inclusive === false ? time > from : time >= from;
      const isBefore = upper?.inclusive === false ? time < to : time <= to;
      if (isAfter && isBefore) setBit(bits, first + n);
    }
  }
  return bits;
}

function bySource(columns: readonly Columns[], end: number, source: string): Uint8Array {
  const bits = new Uint8Array(Math.ceil(end / 8));
  for (const { first, facets } of columns) {
    const { values, codes } = facets.source;
    const code = values.indexOf(source);
    if (code < 0) continue;
    for (let n = 0; n < codes.length; n += 1) if (codes[n] === code) setBit(bits, first + n);
  }
  return bits;
}

function setBit(bits: Uint8Array, index: number): void {
  bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
}
