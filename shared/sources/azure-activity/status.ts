import { isObject, type JsonValue, member } from '../../json/json.ts';
import type { Api, OcsfBody } from '../../ocsf/event.ts';
import type { Activity } from './activity.ts';
import { clip, embedded, objectOf, textOf } from './fields.ts';
import { outcomeOf } from './outcome.ts';

type Status = Pick<OcsfBody, 'status_id' | 'status' | 'status_code' | 'status_detail'>;

/** Accepted and Started are neither success nor failure: 99 with the source's own word. */
export function statusOf(activity: Activity): Status {
  const error = errorOf(activity);
  const code = error.code ?? httpStatusOf(activity) ?? activity.subStatus;
  return {
    ...verdictOf(activity.outcome),
    status_code: code,
    status_detail: error.message ?? (activity.description && clip(activity.description, 1000)),
  };
}

function verdictOf(word: string | undefined): Pick<OcsfBody, 'status_id' | 'status'> {
  if (word === undefined) return { status_id: 0 };
  const outcome = outcomeOf(word);
  if (outcome === 'Success') return { status_id: 1 };
  return outcome === 'Failure' ? { status_id: 2 } : { status_id: 99, status: word };
}

/** The answer of the API: a status of HTTP as Azure names it, and the error behind a failure. */
export function responseOf(activity: Activity): Api['response'] {
  const error = errorOf(activity);
  const status = httpStatusOf(activity) ?? activity.subStatus;
  const code = status === undefined ? undefined : (CODES.get(status.toLowerCase()) ?? numberOf(status));
  if (code === undefined && error.code === undefined && error.message === undefined) return undefined;
  return { code, error: error.code, error_message: error.message };
}

function httpStatusOf(activity: Activity): string | undefined {
  return textOf(activity.properties, 'statusCode');
}

function numberOf(status: string): number | undefined {
  return /^[1-5]\d\d$/.test(status) ? Number(status) : undefined;
}

const CODES: ReadonlyMap<string, number> = new Map([
  ['ok', 200],
  ['created', 201],
  ['accepted', 202],
  ['nocontent', 204],
  ['badrequest', 400],
  ['unauthorized', 401],
  ['forbidden', 403],
  ['notfound', 404],
  ['conflict', 409],
  ['preconditionfailed', 412],
  ['toomanyrequests', 429],
  ['internalservererror', 500],
  ['serviceunavailable', 503],
]);

/** `statusMessage` is JSON in a string: `{"error":{"code":…,"message":…}}`, with or without the outer member. */
export function errorOf(activity: Activity): {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly info?: JsonValue | undefined;
} {
  const message = embedded(member(activity.properties, 'statusMessage'));
  if (!isObject(message)) return {};
  const error = objectOf(message, 'error') ?? message;
  const text = textOf(error, 'message');
  return {
    code: textOf(error, 'code'),
    message: text && clip(text, 1000),
    info: member(error, 'additionalInfo'),
  };
}
