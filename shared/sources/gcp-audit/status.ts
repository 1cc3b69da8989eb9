import { idAt, type JsonObject, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { Api, OcsfBody } from '../../ocsf/event.ts';
import { clip } from './text.ts';

/** @see https://cloud.google.com/apis/design/errors#handling_errors */
const CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

/** How a call ended. */
export interface Outcome {
  /** Of google.rpc.Code; 0 is success, and what protocol buffers leave out. */
  readonly code: number;
  readonly name: string;
  readonly message: string | undefined;
  /** Kubernetes answers in HTTP. */
  readonly httpCode: number | undefined;
}

export function outcomeOf(payload: JsonObject): Outcome {
  const status = member(payload, 'status');
  const response = member(payload, 'response');
  const written = Number(idAt(status, 'code') ?? 0);
  const code = Number.isSafeInteger(written) ? written : 2;
  const failed = code === 0 && isKubernetesFailure(response);
  const name = failed ? (stringAt(response, 'reason') ?? 'Failure') : (CODES[code] ?? String(code));
  const message =
    stringAt(status, 'message') ?? (failed || code !== 0 ? stringAt(response, 'message') : undefined);
  const httpCode = member(response, 'code');
  return {
    code: failed ? 2 : code,
    name,
    message: message && clip(message, 2000),
    httpCode: typeof httpCode === 'number' && httpCode >= 100 && httpCode < 600 ? httpCode : undefined,
  };
}

/** Where the status was lost, a response of kind Status tells. */
function isKubernetesFailure(response: JsonValue | undefined): boolean {
  return member(response, 'status') === 'Failure';
}

export function statusOf(outcome: Outcome): Pick<OcsfBody, 'status_id' | 'status_code' | 'status_detail'> {
  return {
    status_id: outcome.code === 0 ? 1 : 2,
    status_code: outcome.name,
    status_detail: outcome.message,
  };
}

export function responseOf(outcome: Outcome): Api['response'] {
  if (outcome.code === 0) return undefined;
  return { code: outcome.code, error: outcome.name, error_message: outcome.message };
}
