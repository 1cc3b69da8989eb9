import type { Detector } from '../detect/detector.ts';
import { findingOf } from '../detect/finding.ts';
import type { PendingEntry } from '../trail/pending.ts';
import type { Fold } from './fold.ts';

export interface DetectDependencies {
  readonly detector: Detector;
  /** Leaves findings to be appended; durable when it returns. */
  enqueue(findings: readonly PendingEntry[]): Promise<unknown>;
  /** 128 fresh random bits in hex, for each finding. */
  nonce(): string;
}

/** Findings that go into one batch. */
const BATCH_COUNT_MAX = 200;

/**
 * Runs the rules over the trail and leaves findings to be appended to it. The same events give the same findings with
 * the same uids, so that a span that is applied again adds nothing: the sequencer knows them.
 */
export function detectFold({ detector, enqueue, nonce }: DetectDependencies): Fold {
  return {
    id: 'detect',
    spanSize: 1,
    async apply(events) {
      const findings = events.flatMap((event) =>
        detector.detect(event).map((rule) => findingOf(rule, event, nonce())),
      );
      for (let from = 0; from < findings.length; from += BATCH_COUNT_MAX) {
        await enqueue(findings.slice(from, from + BATCH_COUNT_MAX));
      }
    },
  };
}
