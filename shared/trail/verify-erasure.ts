import { utcDay } from './block.ts';
import type { ControlEntry } from './entry.ts';
import type { FaultLog } from './verify-report.ts';

/** Which lines are gone, and which entries say that they are to be: compared once all entries are known. */
export interface ErasureCheck {
  /** The line of this entry is not there. `block` is the one that has it empty, undefined where none has it. */
  missing(line: {
    readonly index: number;
    readonly block: string | undefined;
    readonly timeMs: number;
  }): void;
  /** A redact or retain entry; a fault in words when it does not say what it erases. */
  explain(index: number, entry: ControlEntry): string | undefined;
  finish(log: FaultLog): { readonly redacted: number; readonly retained: number; readonly waiting: number };
}

interface Gap {
  readonly start: number;
  end: number;
  readonly key: string;
  readonly block: string | undefined;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

export function checkErasures(): ErasureCheck {
  const gaps: Gap[] = [];
  const redacted = new Set<number>();
  const retained: Range[] = [];
  return {
    missing: ({ index, block, timeMs }) => {
      const last = gaps.at(-1);
      if (last?.end === index && last.block === block) {
        last.end++;
        return;
      }
      const named = `events/${utcDay(timeMs)}/${String(index).padStart(12, '0')}-`;
      gaps.push({ start: index, end: index + 1, key: block ?? named, block });
    },
    explain: (own, entry) => {
      const { index, first, next } = entry.members;
      if (entry.kind === 'redact') {
        if (!isEarlier(index, own)) return 'a redact entry names the index of an earlier entry';
        redacted.add(index);
      }
      if (entry.kind === 'retain') {
        if (!isEarlier(first, own) || !isEarlier(next, own + 1) || first >= next) {
          return 'a retain entry names a range of earlier entries by first and next';
        }
        retained.push({ start: first, end: next });
      }
      return undefined;
    },
    finish: (log) => settle(gaps, redacted, mergeRanges(retained), log),
  };
}

function settle(
  gaps: readonly Gap[],
  redacted: ReadonlySet<number>,
  retained: readonly Range[],
  log: FaultLog,
) {
  let retainedLines = 0;
  let redactedLines = 0;
  for (const gap of gaps) {
    const rest = subtract(gap, retained);
    retainedLines += lengthOf([gap]) - lengthOf(rest);
    for (const { start, end } of rest) {
      let from = start;
      for (let index = start; index <= end; index++) {
        if (index < end && !redacted.has(index)) continue;
        if (index > from) log.add(unexplained(gap, from, index));
        if (index < end) redactedLines++;
        from = index + 1;
      }
    }
  }
  const redactedElsewhere = [...redacted].filter((index) =>
    retained.some((r) => r.start <= index && index < r.end),
  );
  const due = lengthOf(retained) + redacted.size - redactedElsewhere.length;
  return { redacted: redactedLines, retained: retainedLines, waiting: due - retainedLines - redactedLines };
}

function unexplained(gap: Gap, index: number, next: number) {
  const where = gap.block === undefined ? 'no block holds' : 'the block has emptied';
  const message = `${where} the line, and no redact or retain entry says why`;
  // A block that is gone can only be named by where it began.
  const key = gap.block ?? gap.key.replace(/[0-9]{12}-$/, `${String(index).padStart(12, '0')}-`);
  return { code: 'missing' as const, key, index, next, message };
}

/** A safe integer from 0 to below the limit. */
function isEarlier(value: unknown, limit: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < limit;
}

/** Sorted, without overlaps. */
function mergeRanges(ranges: readonly Range[]): readonly Range[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** What is left of a range outside sorted others. */
function subtract(range: Range, others: readonly Range[]): readonly Range[] {
  const rest: Range[] = [];
  let start = range.start;
  for (const other of others) {
    if (other.end <= start || other.start >= range.end) continue;
    if (other.start > start) rest.push({ start, end: other.start });
    start = other.end;
  }
  return start < range.end ? [...rest, { start, end: range.end }] : rest;
}

function lengthOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}
