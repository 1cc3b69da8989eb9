import { FileStore } from '../shared/adapters/local/file-store.ts';
import { SqliteTable } from '../shared/adapters/local/sqlite-table.ts';
import { queryPage } from '../shared/stages/query.ts';
import type { Corpus } from './corpus.ts';
import { cpuOf, quantile } from './measure.ts';

/** What people ask of a trail, with values that the corpus has often, seldom and never. */
const QUESTIONS: readonly string[] = [
  'actor:engineer-7',
  'actor:engineer-299',
  'actor:nobody-at-all',
  'operation:StopLogging',
  'operation:CreateAccessKey AND status:failure',
  'operation:(AttachRolePolicy OR PutBucketPolicy) AND actor:engineer-3',
  'operation:AssumeRole AND account:444455556666 AND status:failure',
  'ip:198.51.100.17 AND operation:PassRole',
  'ip:198.51.100.0/28 AND operation:UpdateService',
  'resource:s3-3 AND region:us-east-1',
  'resource:lambda-399',
  'status:failure AND region:ap-southeast-2',
  'source:aws AND operation:UpdateFunctionCode*',
  'account:777788889999 AND operation:GetSecretValue AND NOT status:success',
  'class:authentication AND actor:engineer-250',
];

/** Hits that are asked for: what a page of the console or a terminal shows. */
const PAGE = 50;

export interface QueryResult {
  readonly questions: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** The slowest, and what it asked. */
  readonly worst: { readonly expression: string; readonly ms: number };
  /** One pass over the same events as NDJSON: split, parse each line, compare one member. */
  readonly scanMs: number;
}

export interface Asked {
  readonly folder: string;
  /** What the folder was filled from. */
  readonly corpus: Corpus;
  readonly events: number;
  readonly repeats: number;
}

/** Asks each question some times of a trail that is open, as a hub has it. Milliseconds of CPU. */
export async function measureQueries(asked: Asked): Promise<QueryResult> {
  const { folder, repeats } = asked;
  const objects = new FileStore(`${folder}/trail/trail`);
  const table = new SqliteTable(`${folder}/trail/table.sqlite`);
  const nowMs = Date.UTC(2026, 6, 1);
  const took: { readonly expression: string; readonly ms: number }[] = [];
  try {
    for (let n = 0; n < repeats; n += 1) {
      for (const expression of QUESTIONS) {
        const { us, value } = await cpuOf(() =>
          queryPage({ objects, table }, { expression, nowMs, limit: PAGE }),
        );
        if (!value.ok) throw new Error(value.fault.message);
        // The first round is the compiler's.
        if (n > 0) took.push({ expression, ms: us / 1000 });
      }
    }
    const times = took.map(({ ms }) => ms);
    return {
      questions: QUESTIONS.length,
      p50Ms: quantile(times, 0.5),
      p95Ms: quantile(times, 0.95),
      worst: took.reduce((a, b) => (b.ms > a.ms ? b : a)),
      scanMs: await scanNdjson(asked),
    };
  } finally {
    table.close();
    objects.close();
  }
}

/** What asking costs without an index: the same events as NDJSON in memory, split, parsed, one member compared. */
async function scanNdjson({ corpus, events }: Asked): Promise<number> {
  let totalUs = 0;
  let found = 0;
  for (let first = 0; first < events; first += SCANNED_AT_ONCE) {
    const records: string[] = [];
    for (let n = first; n < Math.min(first + SCANNED_AT_ONCE, events); n += 1) records.push(corpus.record(n));
    const text = Buffer.from(records.join('\n')).toString();
    const { us } = await cpuOf(() => {
      for (const line of text.split('\n')) {
        if ((JSON.parse(line) as { readonly eventName: string }).eventName === 'StopLogging') found += 1;
      }
    });
    totalUs += us;
  }
  if (found === 0) throw new Error('the corpus has no StopLogging to be found');
  return totalUs / 1000;
}

const SCANNED_AT_ONCE = 10_000;
