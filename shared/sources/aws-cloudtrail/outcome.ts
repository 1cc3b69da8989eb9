import { type CloudTrailRecord, INSIGHT, text } from './record.ts';

export interface Outcome {
  readonly status_id: 0 | 1 | 2;
  readonly status_code: string | undefined;
  readonly status_detail: string | undefined;
}

/**
 * A call succeeded unless the record says otherwise: by an error, by the word that sign-in events keep under their
 * own name (`responseElements.ConsoleLogin: "Failure"`), or by the name of a service event.
 */
export function readOutcome(record: CloudTrailRecord): Outcome {
  const { errorCode, errorMessage, eventName } = record;
  const word = text(record.response, eventName) ?? text(record.serviceDetails, eventName);
  // What an Insight found is no outcome of anything; its error code is that of the calls it counted.
  if (record.eventType === INSIGHT) return { status_id: 0, status_code: undefined, status_detail: undefined };
  const failed =
    errorCode !== undefined ||
    errorMessage !== undefined ||
    word?.toLowerCase().startsWith('fail') === true ||
    (record.eventType === 'AwsServiceEvent' && /Fail(?:ed|ure)$/.test(eventName));
  return {
    status_id: failed ? 2 : 1,
    status_code: errorCode ?? (failed ? word : undefined),
    status_detail: errorMessage,
  };
}
