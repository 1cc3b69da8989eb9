/** Sigma correlations: parse, find the rules they refer to, and take events in, one by one. */
export { adoptAbsent } from './adopt.ts';
export { BOUNDS, type Bounds } from './bounds.ts';
export {
  type Comparison,
  type Correlation,
  type CorrelationType,
  compare,
  type FieldAlias,
  type RuleReference,
} from './correlation.ts';
export type { CorrelatedEvent } from './entry.ts';
export type { Firing } from './firing.ts';
export { parseCorrelation } from './parse-correlation.ts';
export { type CorrelationSet, compileCorrelations, onlyPlans, silentRules } from './plan.ts';
export { findRule, refersTo } from './reference.ts';
export { decodeState, encodeState } from './snapshot.ts';
export { type CorrelationState, emptyState, type Reference } from './state.ts';
export { take, waitsForMs } from './take.ts';
export { readTimespan } from './timespan.ts';
