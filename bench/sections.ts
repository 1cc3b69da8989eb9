import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openCorpus } from './corpus.ts';
import { type MemoryResult, measureMemory } from './memory.ts';
import { measurePipeline, type PipelineResult } from './pipeline.ts';
import { measureQueries, type QueryResult } from './questions.ts';
import { measureVerify, type VerifyResult } from './verifying.ts';

/** How much each part measures. */
export interface Size {
  readonly events: number;
  readonly growthEvents: number;
  readonly repeats: number;
  readonly memoryMb: readonly number[];
}

export const FULL: Size = { events: 300_000, growthEvents: 20_000, repeats: 20, memoryMb: [50, 500] };
export const QUICK: Size = { events: 20_000, growthEvents: 5_000, repeats: 4, memoryMb: [20, 60] };

export interface Growth {
  readonly rules: readonly [small: PipelineResult, large: PipelineResult];
  readonly actors: readonly [small: PipelineResult, large: PipelineResult];
}

/** What each part, run in a process of its own, finds. */
export interface Sections {
  pipeline: PipelineResult & { readonly query: QueryResult; readonly verify: VerifyResult };
  growth: Growth;
  memory: readonly MemoryResult[];
}

export type SectionName = keyof Sections;

const SEED = 1;
const ACTORS = 300;
const RULES = 300;

type Work = (size: Size, folder: string, onProgress: (share: number) => void) => Promise<unknown>;

export const SECTIONS: Readonly<Record<SectionName, Work>> = {
  pipeline: async (size, folder, onProgress) => {
    const options = { folder, events: size.events, actors: ACTORS, rules: RULES, seed: SEED };
    const pipeline = await measurePipeline({
      ...options,
      onProgress: (done) => onProgress((0.8 * done) / size.events),
    });
    const corpus = openCorpus({ seed: SEED, actors: ACTORS });
    const query = await measureQueries({ folder, corpus, events: size.events, repeats: size.repeats });
    onProgress(0.95);
    return { ...pipeline, query, verify: await measureVerify(folder) } satisfies Sections['pipeline'];
  },
  growth: async (size, folder, onProgress) => {
    const run = async (
      name: string,
      more: { readonly rules?: number; readonly actors?: number },
      from: number,
    ) => {
      const inner = join(folder, name);
      mkdirSync(inner, { recursive: true });
      const options = {
        folder: inner,
        events: size.growthEvents,
        actors: ACTORS,
        rules: 100,
        seed: SEED,
        ...more,
      };
      const result = await measurePipeline({
        ...options,
        onProgress: (done) => onProgress(from + (0.25 * done) / size.growthEvents),
      });
      rmSync(inner, { recursive: true, force: true });
      return result;
    };
    // The first run is the compiler's, and shown nowhere.
    await run('warm', {}, 0);
    const small = await run('small', {}, 0.25);
    return {
      rules: [small, await run('rules', { rules: 1000 }, 0.5)],
      actors: [small, await run('actors', { actors: 10 * ACTORS }, 0.75)],
    } satisfies Sections['growth'];
  },
  memory: async (size, folder, onProgress) => {
    const results: MemoryResult[] = [];
    for (const [n, mb] of size.memoryMb.entries()) {
      results.push(await measureMemory(folder, mb * 1_000_000));
      onProgress((n + 1) / size.memoryMb.length);
    }
    return results satisfies Sections['memory'];
  },
};
