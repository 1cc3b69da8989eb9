/**
 * The one word for an outcome. Each road has its own: `Success` in a hub is `Succeeded` in REST; `Start` is `Started`.
 * Undefined where the word is none of an outcome.
 */
export function outcomeOf(word: string | undefined): Outcome | undefined {
  return word === undefined ? undefined : WORDS.get(word.trim().replace(/\.$/, '').toLowerCase());
}

export type Outcome =
  | 'Success'
  | 'Failure'
  | 'Cancel'
  | 'Start'
  | 'Accept'
  | 'Progress'
  | 'Active'
  | 'Resolved'
  | 'Updated';

const WORDS: ReadonlyMap<string, Outcome> = new Map([
  ['success', 'Success'],
  ['succeed', 'Success'],
  ['succeeded', 'Success'],
  ['fail', 'Failure'],
  ['failed', 'Failure'],
  ['failure', 'Failure'],
  ['cancel', 'Cancel'],
  ['canceled', 'Cancel'],
  ['cancelled', 'Cancel'],
  ['start', 'Start'],
  ['started', 'Start'],
  ['accept', 'Accept'],
  ['accepted', 'Accept'],
  ['in progress', 'Progress'],
  ['inprogress', 'Progress'],
  ['active', 'Active'],
  ['resolved', 'Resolved'],
  ['updated', 'Updated'],
]);

/** The outcomes that Event Grid sends, which carries no sub-status: only the end of an operation. */
export function isFinal(outcome: Outcome | undefined): boolean {
  return outcome === 'Success' || outcome === 'Failure' || outcome === 'Cancel';
}

/** The outcome as a sentence ends with it. */
export function toldOutcome(word: string | undefined): string {
  const outcome = outcomeOf(word);
  return (outcome && TOLD[outcome]) ?? word ?? 'outcome unknown';
}

const TOLD: Readonly<Record<Outcome, string>> = {
  Success: 'success',
  Failure: 'failure',
  Cancel: 'cancelled',
  Start: 'started',
  Accept: 'accepted',
  Progress: 'in progress',
  Active: 'active',
  Resolved: 'resolved',
  Updated: 'updated',
};
