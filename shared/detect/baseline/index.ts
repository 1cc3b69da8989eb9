/** Baselines: rules that know what is usual for each of many groups, and say when something is not. */
export type { Baseline, BaselineType } from './baseline.ts';
export { type Bound, type BoundBaseline, bindBaselines } from './bind.ts';
export { type BaselineMemoryOptions, baselineMemory } from './memory.ts';
export { BASELINE_KIND, parseBaseline } from './parse.ts';
