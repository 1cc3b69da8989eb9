import {
  BOUNDS,
  type Bounds,
  type CorrelatedEvent,
  type Correlation,
  type CorrelationSet,
  type CorrelationState,
  compileCorrelations,
  decodeState,
  emptyState,
  encodeState,
  type Firing,
  parseCorrelation,
  take,
} from '../../../../shared/detect/sigma/correlation/index.ts';
import { fieldTexts } from '../../../../shared/detect/sigma/field-texts.ts';
import {
  collect,
  compileRules,
  type Fault,
  parseRules,
  type RuleHeader,
  type RuleSet,
} from '../../../../shared/detect/sigma/index.ts';
import type { JsonValue } from '../../../../shared/json/json.ts';

/** Everything in one text of rules and correlations. */
export interface Loaded {
  readonly ruleSet: RuleSet;
  readonly correlations: readonly Correlation[];
  readonly set: CorrelationSet;
  readonly faults: readonly Fault[];
}

export function load(text: string): Loaded {
  const parsed = parseRules(text, 'rules.yml', { kinds: ['correlation'] });
  const faults: Fault[] = [...parsed.faults];
  const correlations = parsed.others.flatMap((document) => {
    const own: Fault[] = [];
    const correlation = parseCorrelation(document, collect(own));
    faults.push(...own);
    return correlation === undefined || own.some(({ severity }) => severity === 'error') ? [] : [correlation];
  });
  const compiled = compileRules(parsed.rules, { filters: parsed.filters });
  const planned = compileCorrelations(correlations, compiled.ruleSet.rules);
  faults.push(...compiled.faults, ...planned.faults);
  return { ruleSet: compiled.ruleSet, correlations, set: planned.set, faults };
}

/** A text of which nothing is wrong. */
export function loadSound(text: string): Loaded {
  const loaded = load(text);
  if (loaded.faults.length > 0) throw new Error(JSON.stringify(loaded.faults));
  return loaded;
}

export interface TestEvent {
  /** ms. */
  readonly time: number;
  readonly event: JsonValue;
  readonly watermark?: number;
  /** Follows from its place unless given. */
  readonly uid?: string;
}

/** Runs an engine event by event; each watermark is the latest time so far unless an event says another. */
export class Run {
  readonly loaded: Loaded;
  readonly bounds: Bounds;
  state: CorrelationState;
  watermark = Number.NEGATIVE_INFINITY;
  #index = 0;

  constructor(loaded: Loaded, bounds: Bounds = BOUNDS) {
    this.loaded = loaded;
    this.bounds = bounds;
    this.state = emptyState(loaded.set);
  }

  take({ time, event, watermark, uid }: TestEvent): readonly Firing[] {
    this.watermark = Math.max(this.watermark, watermark ?? time);
    const matched = this.loaded.ruleSet.match({ record: event });
    const own: CorrelatedEvent = {
      uid: uid ?? `uid-${this.#index}`,
      index: this.#index++,
      time,
      read: (_: RuleHeader, field) => fieldTexts(event, field),
    };
    return take(
      { set: this.loaded.set, state: this.state, bounds: this.bounds },
      own,
      matched,
      this.watermark,
    );
  }

  advance(watermark: number): readonly Firing[] {
    this.watermark = Math.max(this.watermark, watermark);
    return take(
      { set: this.loaded.set, state: this.state, bounds: this.bounds },
      undefined,
      [],
      this.watermark,
    );
  }

  /** Through bytes and back. */
  restart(loaded = this.loaded): void {
    this.state = decodeState(loaded.set, encodeState(this.loaded.set, this.state));
  }
}
