import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openHub } from '../functions/local/hub.ts';
import { beginIngestion } from '../functions/local/ingest.ts';
import { openCorpus, RECORDS_PER_FILE, recordFile } from './corpus.ts';
import { floorUs } from './floor.ts';
import { cpuOf, median, peakBytes } from './measure.ts';
import { ruleTexts } from './rules.ts';

export interface PipelineOptions {
  readonly folder: string;
  readonly events: number;
  readonly actors: number;
  readonly rules: number;
  readonly seed: number;
  readonly onProgress: (done: number) => void;
}

export interface PipelineResult {
  readonly events: number;
  readonly appended: number;
  readonly floorUsPerEvent: number;
  readonly usPerEvent: number;
  /** The same for each tenth of the events: what grows with the trail shows here. */
  readonly tenths: readonly number[];
  readonly peakBytes: number;
  /** Average record, before compression. */
  readonly recordBytes: number;
}

/** How often the floor is measured: before each tenth, so that both sides see the same machine. */
const PARTS = 10;

/** Takes a corpus through the whole pipeline, into a folder that can be asked and verified afterwards. */
export async function measurePipeline(options: PipelineOptions): Promise<PipelineResult> {
  const { folder, events, actors, seed, onProgress } = options;
  const corpus = openCorpus({ seed, actors });
  const hub = await openHub({
    folder: join(folder, 'trail'),
    now: () => new Date(),
    settings: { rules: [rulesIn(options)] },
  });
  const ingestion = beginIngestion(hub, () => new Date());
  const files = Math.ceil(events / RECORDS_PER_FILE);
  const floors: number[] = [];
  const tenths: number[] = [];
  let done = 0;
  let recordBytes = 0;
  try {
    for (let part = 0; part < PARTS; part += 1) {
      const count = Math.floor((files * (part + 1)) / PARTS) - Math.floor((files * part) / PARTS);
      const bodies = Array.from({ length: count }, (_, n) => recordFile(corpus, done + n * RECORDS_PER_FILE));
      recordBytes += Array.from({ length: 100 }, (_, n) => corpus.record(done + n).length).reduce(
        (a, b) => a + b,
        0,
      );
      const partEvents = count * RECORDS_PER_FILE;
      floors.push((await floorUs(bodies)) / partEvents);
      const { us } = await cpuOf(async () => {
        for (const [n, body] of bodies.entries()) {
          await ingestion.takeStream(chunksOf(body), { file: `part-${part}-${n}.json.gz` });
          onProgress(done + (n + 1) * RECORDS_PER_FILE);
        }
        if (part === PARTS - 1) await ingestion.finish();
      });
      tenths.push(us / partEvents);
      done += partEvents;
    }
    const { appended } = await ingestion.finish();
    return {
      events: done,
      appended,
      floorUsPerEvent: median(floors),
      usPerEvent: tenths.reduce((a, b) => a + b, 0) / PARTS,
      tenths,
      peakBytes: peakBytes(),
      recordBytes: recordBytes / (PARTS * 100),
    };
  } finally {
    hub.close();
  }
}

/** A folder of rules beside ours, so that there are so many in all that look at CloudTrail. */
function rulesIn({ folder, rules, seed }: PipelineOptions): string {
  const path = join(folder, 'rules');
  mkdirSync(path, { recursive: true });
  for (const [n, text] of ruleTexts(rules, seed).entries())
    writeFileSync(join(path, `measured-${n}.yml`), text);
  return path;
}

async function* chunksOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
