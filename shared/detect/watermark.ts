import { isArray } from '../json/json.ts';
import type { OcsfEvent } from '../ocsf/event.ts';

/** How many events must have told of a time before it counts. */
const WITNESS_COUNT = 3;

/**
 * How far time has come in the trail: the third-latest time that an event told of, each no later than what the event
 * itself says of when it was received (`metadata.logged_time`) and than when it was appended. So neither one event from
 * the future, nor one act that two records tell of with the same wrong clock, moves it; and it follows from the trail
 * alone. It never falls.
 */
export class Watermark {
  /** The latest times, the latest first. */
  #latest: number[] = [];
  /** What an entry of ours said. */
  #told = Number.NEGATIVE_INFINITY;

  get ms(): number {
    const witnessed = this.#latest[WITNESS_COUNT - 1] ?? Number.NEGATIVE_INFINITY;
    return Math.max(this.#told, witnessed);
  }

  observe({ time, metadata }: OcsfEvent, appendedMs = Number.POSITIVE_INFINITY): void {
    const bounded = Math.min(time, metadata.logged_time ?? time, appendedMs);
    const latest = this.#latest;
    const last = latest[WITNESS_COUNT - 1];
    if (last !== undefined && bounded <= last) return;
    let at = latest.length;
    while (at > 0 && (latest[at - 1] ?? 0) < bounded) at -= 1;
    latest.splice(at, 0, bounded);
    if (latest.length > WITNESS_COUNT) latest.pop();
  }

  /** Time passes though no event tells of it. */
  tell(ms: number): void {
    this.#told = Math.max(this.#told, ms);
  }

  /** As JSON; `restore` takes it back. */
  snapshot(): readonly (readonly number[])[] {
    return [this.#latest, Number.isFinite(this.#told) ? [this.#told] : []];
  }

  restore(state: unknown): void {
    const [latest, told] = isArray(state) ? state : [];
    this.#latest = numbersOf(latest).slice(0, WITNESS_COUNT);
    this.#told = numbersOf(told)[0] ?? Number.NEGATIVE_INFINITY;
  }
}

function numbersOf(value: unknown): number[] {
  return isArray(value) ? value.filter((each) => typeof each === 'number') : [];
}
