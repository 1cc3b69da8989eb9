import { OWN_SOURCE } from '../../shared/detect/finding.ts';
import { isObject, stringAt } from '../../shared/json/json.ts';
import { decodeUtf8 } from '../../shared/json/text.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import type { Columns } from '../../shared/stages/columns.ts';
import type { Plot } from '../../shared/stages/plot.ts';
import { entryReader, trailSize } from '../../shared/stages/read-trail.ts';
import { readSourceCounts, type SourceCount } from '../../shared/stages/source-counts.ts';
import { readColumns, tally } from '../../shared/stages/tally.ts';
import type { ConsolePorts } from '../ports.ts';

export interface SourcesView {
  readonly nowMs: number;
  readonly size: number;
  readonly heard: readonly HeardSource[];
  /** Those that are taken in and were never heard. */
  readonly unheard: readonly string[];
  readonly plot: Plot | undefined;
  readonly rejects: readonly RejectGroup[];
  readonly rejectCount: number;
  readonly isCut: boolean;
  readonly dataFolder: string | undefined;
}

export interface HeardSource extends SourceCount {
  /** How long after it happened the newest of its events was on the trail, ms. */
  readonly lagMs: number | undefined;
}

export interface RejectGroup {
  readonly source: string;
  readonly reason: string;
  readonly count: number;
  readonly samples: readonly {
    readonly message: string;
    readonly receivedAt: string;
    readonly sha256: string;
    /** The beginning of what was received. */
    readonly text: string;
    readonly sizeBytes: number;
  }[];
}

const DAY_MS = 86_400_000;
const DAYS = 14;
const REJECTS_READ = 200;
const SAMPLES = 3;
const SAMPLE_LENGTH = 600;

export async function loadSources(ports: ConsolePorts): Promise<SourcesView> {
  const nowMs = ports.clock().getTime();
  const counts = await readSourceCounts(ports.table);
  const everything = parseQuery('*', { nowMs });
  const counted = everything.ok
    ? await tally(ports, {
        expression: everything.value,
        sinceMs: nowMs - DAYS * DAY_MS,
        untilMs: nowMs,
        barsMax: 29,
        by: 'source',
        facets: [],
      })
    : undefined;
  const { keys, isCut } = await rejectKeys(ports, nowMs);
  return {
    nowMs,
    size: await trailSize(ports),
    heard: await withLag(ports, counts),
    unheard: ports.sources.filter((id) => !counts.some(({ source }) => source === id)),
    plot: counted?.plot,
    rejects: await readRejects(ports, keys),
    rejectCount: keys.length,
    isCut,
    dataFolder: ports.dataFolder,
  };
}

async function withLag(ports: ConsolePorts, counts: readonly SourceCount[]): Promise<readonly HeardSource[]> {
  const columns = await readColumns(ports);
  const entries = entryReader(ports.objects, await trailSize(ports));
  const heard: HeardSource[] = [];
  for (const count of counts) {
    // Findings are made when the trail is read, whenever it happened.
    const newest = count.source === OWN_SOURCE ? undefined : newestOf(columns, count.source);
    const lagMs = newest === undefined ? undefined : (await entries(newest.index)).timeMs - newest.timeMs;
    heard.push({ ...count, lagMs });
  }
  return heard;
}

/** The event of a source that happened last, wherever in the trail it is. */
function newestOf(
  columns: readonly Columns[],
  source: string,
): { readonly index: number; readonly timeMs: number } | undefined {
  let newest: { readonly index: number; readonly timeMs: number } | undefined;
  for (const { first, times, facets } of columns) {
    const code = facets.source.values.indexOf(source);
    if (code < 0) continue;
    for (let n = 0; n < times.length; n += 1) {
      const timeMs = times[n] ?? Number.NaN;
      if (facets.source.codes[n] === code && !(timeMs <= (newest?.timeMs ?? Number.NEGATIVE_INFINITY)))
        newest = { index: first + n, timeMs };
    }
  }
  return newest;
}

/** Of the last fortnight, newest day first. */
async function rejectKeys(
  ports: ConsolePorts,
  nowMs: number,
): Promise<{ readonly keys: readonly string[]; readonly isCut: boolean }> {
  const keys: string[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    const date = new Date(nowMs - day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '/');
    for await (const key of ports.objects.list(`rejects/${date}/`)) {
      if (keys.length >= REJECTS_READ) return { keys, isCut: true };
      keys.push(key);
    }
  }
  return { keys, isCut: false };
}

async function readRejects(ports: ConsolePorts, keys: readonly string[]): Promise<readonly RejectGroup[]> {
  const groups = new Map<
    string,
    { source: string; reason: string; count: number; samples: RejectGroup['samples'][number][] }
  >();
  for (const key of keys) {
    const reject = read((await ports.objects.get(key))?.bytes);
    if (reject === undefined) continue;
    const { source, reason, ...sample } = reject;
    const group = groups.get(`${source} ${reason}`) ?? { source, reason, count: 0, samples: [] };
    group.count += 1;
    if (group.samples.length < SAMPLES) group.samples.push(sample);
    groups.set(`${source} ${reason}`, group);
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

function read(
  bytes: Uint8Array | undefined,
): (RejectGroup['samples'][number] & { readonly source: string; readonly reason: string }) | undefined {
  let found: unknown;
  try {
    found = JSON.parse(decodeUtf8(bytes ?? new Uint8Array()) ?? '');
  } catch {
    return undefined;
  }
  if (!isObject(found)) return undefined;
  const content = Buffer.from(stringAt(found, 'bytes') ?? '', 'base64');
  const size = found['sizeBytes'];
  return {
    source: stringAt(found, 'source') || 'unknown source',
    reason: stringAt(found, 'reason') ?? 'unknown',
    message: stringAt(found, 'message') ?? '',
    receivedAt: stringAt(found, 'receivedAt') ?? '',
    sha256: stringAt(found, 'sha256') ?? '',
    text: content.toString('utf8').slice(0, SAMPLE_LENGTH),
    sizeBytes: typeof size === 'number' ? size : content.length,
  };
}
