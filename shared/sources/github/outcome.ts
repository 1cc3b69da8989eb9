import type { OcsfBody } from '../../ocsf/event.ts';

export type Outcome = Pick<OcsfBody, 'status_id' | 'status' | 'status_code' | 'status_detail'>;

/** What an audit trail records as done, unless it says otherwise. */
export const DONE: Outcome = { status_id: 1 };

/**
 * The outcome behind GitHub's word for it: a run's or check's `conclusion`, a deployment's or status's `state`. What
 * neither succeeded nor failed (in progress, cancelled, skipped, neutral) keeps GitHub's own word.
 * @see https://docs.github.com/en/rest/checks/runs
 */
export function outcomeOf(word: string | undefined): Outcome {
  if (word === undefined) return { status_id: 0 };
  if (SUCCESSES.has(word)) return { status_id: 1, status_code: word };
  if (FAILURES.has(word)) return { status_id: 2, status_code: word };
  return { status_id: 99, status: word, status_code: word };
}

const SUCCESSES: ReadonlySet<string> = new Set(['success']);

const FAILURES: ReadonlySet<string> = new Set(['failure', 'failed', 'error', 'timed_out', 'startup_failure']);
