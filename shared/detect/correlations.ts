import { decodeUtf8 } from '../json/text.ts';
import { type FieldReader, fieldReader } from './baseline/read-fields.ts';
import { explainFiring } from './explain-firing.ts';
import type { Memory, Newcomers, Notice, Observation } from './memory.ts';
import {
  adoptAbsent,
  BOUNDS,
  type Bounds,
  type CorrelatedEvent,
  type CorrelationSet,
  type CorrelationState,
  decodeState,
  emptyState,
  encodeState,
  type Firing,
  onlyPlans,
  silentRules,
  take,
  waitsForMs,
} from './sigma/correlation/index.ts';
import type { Rule, RuleHeader } from './sigma/index.ts';

/**
 * Sigma correlations at work over the trail: fields are read from what the rule that matched looks at. A correlation
 * that only others refer to makes nothing known.
 */
export function correlationMemory(
  set: CorrelationSet,
  { bounds = BOUNDS }: { readonly bounds?: Bounds } = {},
): Memory {
  return memoryOver({ set, bounds, state: emptyState(set) });
}

interface AtWork {
  readonly set: CorrelationSet;
  readonly bounds: Bounds;
  state: CorrelationState;
}

function memoryOver(own: AtWork): Memory {
  const { set } = own;
  const silent = silentRules(set.references);
  const readers = new Map<RuleHeader, Map<string, FieldReader>>();
  const noticesOf = (firings: readonly Firing[]) =>
    firings.flatMap((firing) => (silent.has(firing.correlation) ? [] : [noticeOf(firing)]));
  return {
    id: 'correlations',
    observe(observation, watermarkMs) {
      const event = correlated(observation, readers);
      return noticesOf(take(own, event, observation.matched, watermarkMs));
    },
    advance: (watermarkMs) => noticesOf(take(own, undefined, [], watermarkMs)),
    waitsForMs: (untilMs) => waitsForMs(own, untilMs),
    snapshot: () => Buffer.from(encodeState(set, own.state)),
    restore(bytes) {
      own.state = decodeState(set, bytes === undefined ? '' : (decodeUtf8(bytes) ?? ''));
    },
    newcomers: () => newcomersTo(own),
  };
}

/** Correlations below them run along, because those fire into them, and are forgotten: they have a memory. */
function newcomersTo(own: AtWork): Newcomers | undefined {
  const { set, bounds, state } = own;
  const { absent } = state;
  if (absent.size === 0) return undefined;
  const alone: AtWork = { set: onlyPlans(set, absent), bounds, state: emptyState(set) };
  return {
    rules: set.plans.flatMap(({ slot, correlation }) => (absent.has(slot) ? [correlation] : [])),
    memory: memoryOver(alone),
    join() {
      own.state = adoptAbsent(set, own.state, alone.state);
    },
  };
}

function correlated(
  observation: Observation,
  readers: Map<RuleHeader, Map<string, FieldReader>>,
): CorrelatedEvent {
  return {
    uid: observation.event.metadata.uid,
    index: observation.index,
    time: observation.event.time,
    read(rule, field) {
      const own = readers.get(rule) ?? new Map<string, FieldReader>();
      readers.set(rule, own);
      // Only rules without a memory match events, and those have a logsource.
      const reader = own.get(field) ?? fieldReader([field], rule as Rule);
      own.set(field, reader);
      return reader(observation);
    },
  };
}

function noticeOf(firing: Firing): Notice {
  const { correlation, kind, key, group, event, events, eventCount, isAtLeast } = firing;
  return {
    rule: correlation,
    kind,
    key,
    event,
    group: correlation.groupBy.map((field, i) => ({ field, value: group[i] ?? '' })),
    events,
    eventCount,
    isAtLeast,
    isStaged: false,
    explanation: explainFiring(firing),
  };
}
