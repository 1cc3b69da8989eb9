import { type AttemptDependencies, type Attempted, attempt } from './deliver-attempt.ts';
import { type DeliverySink, jitterMs } from './deliver-sink.ts';
import { readDue } from './delivery-rows.ts';

export type { Described } from './deliver-attempt.ts';
export type { DeliverySink } from './deliver-sink.ts';

/** How a sink has been doing: handed from one pass to the next, and nothing is lost with it. */
export interface Pace {
  /** Nothing is sent before, ms. */
  readonly notBeforeMs: number;
  /** Failures since the last success. */
  readonly failures: number;
}

export const AT_EASE: Pace = { notBeforeMs: 0, failures: 0 };

export interface Pass {
  readonly pace: Pace;
  readonly delivered: number;
  readonly failed: number;
  readonly dead: number;
  /** When to come back, ms; undefined where nothing waits. */
  readonly nextMs: number | undefined;
}

export interface DeliverDependencies extends AttemptDependencies {
  /** Whether to begin nothing more. */
  isStopping?(): boolean;
}

/** Sends of one pass: then others get their turn. */
const ATTEMPTS_MAX = 100;
const PAGE = 200;
/** So many failures in a row are not the alert's fault: the sink is asked now and then, and not for each alert. */
const OUTAGE_FAILURES = 3;
const PROBE_BASE_MS = 500;
const PROBE_MAX_MS = 60_000;

/**
 * Sends a sink what is due to it, oldest first, until nothing is left or it has to wait. Each sink has passes of its
 * own, so that none waits for another. It may be ended anywhere and begun again by anybody: what was sent is not sent
 * again, or again under the same id.
 */
export async function deliver(
  dependencies: DeliverDependencies,
  sink: DeliverySink,
  before: Pace = AT_EASE,
): Promise<Pass> {
  const tally = { delivered: 0, failed: 0, dead: 0 };
  const round: Round = { pace: before, isBack: false, attempts: 0, nextMs: undefined };
  const done = (nextMs: number | undefined): Pass => ({ pace: round.pace, ...tally, nextMs });
  const seen = new Set<string>();
  for (let after: string | undefined; ; ) {
    const page = await readDue(dependencies.ports.table, sink.name, { after, limit: PAGE });
    let cameBack = false;
    for (const due of page) {
      if (seen.has(due.subject)) continue;
      seen.add(due.subject);
      const nowMs = dependencies.ports.clock().getTime();
      if (dependencies.isStopping?.() === true) return done(nowMs);
      if (nowMs < round.pace.notBeforeMs) return done(round.pace.notBeforeMs);
      const wasDown = round.pace.failures >= OUTAGE_FAILURES;
      const found = await attempt(dependencies, sink, { due, isBack: round.isBack });
      count(tally, found);
      takeIn(round, found, { sink, dependencies });
      if (round.attempts >= ATTEMPTS_MAX) return done(dependencies.ports.clock().getTime());
      cameBack = found.kind === 'delivered' && wasDown;
      if (cameBack) break;
    }
    if (cameBack) {
      // What waits for its own backoff waits for nothing any more.
      round.isBack = true;
      round.nextMs = undefined;
      seen.clear();
      after = undefined;
    } else {
      if (page.length < PAGE) return done(round.nextMs);
      after = page.at(-1)?.key;
    }
  }
}

interface Round {
  pace: Pace;
  /** The sink has just come back after an outage. */
  isBack: boolean;
  attempts: number;
  nextMs: number | undefined;
}

function takeIn(
  round: Round,
  found: Attempted,
  {
    sink,
    dependencies,
  }: { readonly sink: DeliverySink; readonly dependencies: Pick<AttemptDependencies, 'ports'> },
): void {
  const { ports } = dependencies;
  if (found.kind === 'waiting' || found.kind === 'failed') {
    round.nextMs = Math.min(round.nextMs ?? Number.POSITIVE_INFINITY, found.untilMs);
  }
  if (found.kind === 'waiting' || found.kind === 'nothing') return;
  round.attempts += 1;
  const nowMs = ports.clock().getTime();
  const rateMs = nowMs + sink.intervalMs;
  if (found.kind !== 'failed') {
    // Whoever refuses answers: that is no outage.
    round.pace = { notBeforeMs: sink.intervalMs === 0 ? 0 : rateMs, failures: 0 };
    return;
  }
  const failures = round.pace.failures + 1;
  const probeMs =
    failures >= OUTAGE_FAILURES
      ? jitterMs(ports.random, { baseMs: PROBE_BASE_MS, capMs: PROBE_MAX_MS, tries: failures })
      : 0;
  const pauseMs = Math.max(found.pauseMs, probeMs);
  round.pace = { notBeforeMs: Math.max(nowMs + pauseMs, rateMs), failures };
}

function count(tally: { delivered: number; failed: number; dead: number }, { kind }: Attempted): void {
  if (kind === 'delivered') tally.delivered += 1;
  if (kind === 'failed') tally.failed += 1;
  if (kind === 'dead') tally.dead += 1;
}
