import { at, type JsonValue, stringAt } from '../json/json.ts';
import type { Row } from '../ports.ts';
import { blockHash, decodeBlock, parseBlockKey } from '../trail/block.ts';
import { type Entry, lineHash } from '../trail/entry.ts';
import { controlUid } from '../trail/sequence/control.ts';
import { timeRange } from '../trail/sequence/plan.ts';
import { blockPartition, blockRow, type UidRow, uidRow } from '../trail/sequence/rows.ts';
import type { TrailPorts } from '../trail/sequence/trail-ports.ts';
import { entryReader } from './read-trail.ts';
import { type Erasures, isRetained, readErasures } from './rebuild-erasures.ts';
import type { Unfinished } from './rebuild-staging.ts';

export interface RebuiltBlocks {
  readonly blocks: number;
  readonly uids: number;
  readonly removed: readonly string[];
}

interface Walk {
  readonly ports: TrailPorts;
  readonly size: number;
  readonly entryAt: (index: number) => Promise<Entry>;
  readonly erasures: Erasures;
}

/** One block that the entries explain, as rows. */
interface ExplainedBlock {
  readonly rows: readonly Row[];
  readonly count: number;
  readonly erased: number;
}

/**
 * Block and uid rows of every block below the size, each line checked against its entry. Blocks that no entry
 * explains were never committed, and are removed, unless nothing else holds the lines of the entries where they begin.
 */
export async function rebuildBlocks(
  ports: TrailPorts,
  size: number,
  unfinished: Unfinished | undefined,
): Promise<RebuiltBlocks> {
  const entryAt = entryReader(ports.objects, size);
  const walk: Walk = { ports, size, entryAt, erasures: await readErasures(size, entryAt) };
  const stale = await ports.table.query(blockPartition, {});
  await ports.table.delete(stale.map(({ pk, sk }) => ({ pk, sk })));
  const removed: string[] = [];
  let blocks = 0;
  let uids = 0;
  let next = 0;
  for (const [first, keys] of await blocksByFirst(ports)) {
    const { chosen, others } =
      first < size ? await choose(walk, first, keys) : { chosen: undefined, others: keys };
    // Damaged, perhaps, but nothing else may be left of these lines: that is for a person to look at.
    if (chosen === undefined && first >= next && first < size) continue;
    for (const key of others) {
      if (unfinished?.staging.objects.has(key) === true) continue;
      await ports.objects.delete(key);
      removed.push(key);
    }
    if (chosen === undefined) continue;
    await ports.table.write(chosen.rows);
    blocks += 1;
    uids += chosen.rows.length - 1;
    reportGap(walk, next, first);
    next = first + chosen.count;
  }
  reportGap(walk, next, size);
  return { blocks, uids, removed };
}

/** The trail goes on without lines that are gone; what was signed about them can still be verified. */
function reportGap({ ports, erasures }: Walk, first: number, next: number): void {
  if (first >= next || isRetained(erasures, first, next)) return;
  const message = `expected blocks with the lines ${first} to ${next - 1}, found none, and nothing that says why`;
  ports.onAlarm({ code: 'block-missing', message });
}

async function blocksByFirst(ports: TrailPorts): Promise<readonly (readonly [number, readonly string[]])[]> {
  const byFirst = new Map<number, string[]>();
  for await (const key of ports.objects.list('events/')) {
    const first = parseBlockKey(key)?.first;
    if (first === undefined) continue;
    byFirst.set(first, [...(byFirst.get(first) ?? []), key]);
  }
  return [...byFirst].sort(([a], [b]) => a - b);
}

/** Of several explained blocks with one first index the one with more lines erased is the later. */
async function choose(
  walk: Walk,
  first: number,
  keys: readonly string[],
): Promise<{ readonly chosen: ExplainedBlock | undefined; readonly others: readonly string[] }> {
  let best: { readonly key: string; readonly block: ExplainedBlock } | undefined;
  for (const key of keys) {
    const block = await explainBlock(walk, first, key);
    if (block !== undefined && block.erased >= (best?.block.erased ?? 0)) best = { key, block };
  }
  return { chosen: best?.block, others: keys.filter((key) => key !== best?.key) };
}

async function explainBlock(walk: Walk, first: number, key: string): Promise<ExplainedBlock | undefined> {
  const stored = await walk.ports.objects.get(key);
  if (stored === undefined || parseBlockKey(key)?.hash !== blockHash(stored.bytes)) return undefined;
  const lines = decodeBlock(stored.bytes);
  if (!lines.ok || first + lines.value.length > walk.size) return undefined;
  const uids: UidRow[] = [];
  let erased = 0;
  const times: number[] = [];
  let appendedMs = 0;
  for (const [offset, line] of lines.value.entries()) {
    const index = first + offset;
    const entry = await walk.entryAt(index);
    const explained = explainLine(walk, index, entry, line);
    if (explained === undefined) return undefined;
    if (line === '') erased += 1;
    if (explained.uid !== '') uids.push({ uid: explained.uid, index, essence: explained.essence });
    if (explained.timeMs !== undefined) times.push(explained.timeMs);
    appendedMs = entry.timeMs;
  }
  const block = blockRow({ first, key, count: lines.value.length, ...timeRange(times, appendedMs) });
  return { rows: [block, ...uids.map(uidRow)], count: lines.value.length, erased };
}

interface ExplainedLine {
  /** Empty where nothing says it any more. */
  readonly uid: string;
  readonly essence: string;
  /** Of the event; undefined where the line does not say. */
  readonly timeMs: number | undefined;
}

function explainLine(walk: Walk, index: number, entry: Entry, line: string): ExplainedLine | undefined {
  if (entry.kind !== 'event') {
    const uid = controlUid(entry);
    return { uid, essence: `1:${uid}`, timeMs: undefined };
  }
  if (line === '') {
    const redaction = walk.erasures.redactions.get(index);
    if (redaction === undefined) return undefined;
    const { uid, essence } = redaction.members;
    return { uid: String(uid ?? ''), essence: String(essence ?? ''), timeMs: undefined };
  }
  return lineHash(line) === entry.hash ? identityOf(line) : undefined;
}

/** An event says its own uid and essence; an essence that is not said compares with none, so nothing contradicts it. */
function identityOf(line: string): ExplainedLine {
  let event: JsonValue;
  try {
    event = JSON.parse(line);
  } catch {
    return { uid: '', essence: '', timeMs: undefined };
  }
  const time = at(event, 'time');
  return {
    uid: stringAt(event, 'metadata', 'uid') ?? '',
    essence: stringAt(event, 'unmapped', 'trailproof', 'essence') ?? '',
    timeMs: typeof time === 'number' ? time : undefined,
  };
}
