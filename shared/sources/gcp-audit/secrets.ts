import {
  at,
  isArray,
  isObject,
  type JsonDocument,
  type JsonValue,
  member,
  stringAt,
} from '../../json/json.ts';
import { mayHoldSecrets, secretsBelow } from '../secret-names.ts';
import type { SecretPath } from '../source.ts';

/** Tokens, keys and payloads that Google leaves out of audit logs, should one of its services forget to. */
const ALWAYS: readonly (readonly string[])[] = [
  ['request', 'payload', 'data'],
  ['response', 'payload', 'data'],
  ['request', 'subjectToken'],
  ['response', 'access_token'],
  ['response', 'accessToken'],
  ['response', 'token'],
  ['response', 'signedJwt'],
  ['response', 'privateKeyData'],
  ['request', 'plaintext'],
  ['response', 'plaintext'],
];

export const SECRET_PATHS: readonly SecretPath[] = ALWAYS.map((path) => ['protoPayload', ...path]);

/** The secrets of one entry: what bears a secret's name in its bodies, and the data of Kubernetes secrets. */
export function secretsIn({ text, value }: JsonDocument, marks?: number): readonly SecretPath[] {
  if (!mayHoldSecrets(text, marks)) return [];
  const name = ['protoPayload', 'protopayload', 'protopayload_auditlog'].find(
    (key) => at(value, key) !== undefined,
  );
  if (name === undefined) return [];
  const always = name === 'protoPayload' ? [] : ALWAYS.map((path) => [name, ...path]);
  const isOfSecrets = /^io\.k8s\.core\.v1\.secrets\./.test(stringAt(value, name, 'methodName') ?? '');
  const bodies = ['request', 'response', 'metadata', 'serviceData'].flatMap((side) => {
    const body = at(value, name, side);
    return [...secretsBelow(body, [name, side]), ...kubernetesSecret(body, [name, side], isOfSecrets)];
  });
  return [...always, ...bodies];
}

/**
 * What a Kubernetes Secret holds, alone or in a list; a patch or a list says what it is only by the method. The whole
 * manifest that was last applied is repeated in an annotation.
 */
function kubernetesSecret(
  body: JsonValue | undefined,
  base: readonly string[],
  isOfSecrets: boolean,
): readonly SecretPath[] {
  if (!isObject(body)) return [];
  const type = stringAt(body, '@type') ?? '';
  // A refusal answers with a Status.
  const isOf = isOfSecrets && stringAt(body, 'status') === undefined;
  const isSecret = isOf || /\.Secret(?:List)?$/.test(type) || stringAt(body, 'kind') === 'Secret';
  if (!isSecret) return [];
  const holders = isArray(member(body, 'items')) ? [[...base, 'items', '*']] : [base];
  return holders.flatMap((holder) => [
    [...holder, 'data', '*'],
    [...holder, 'stringData', '*'],
    [...holder, 'metadata', 'annotations', LAST_APPLIED],
  ]);
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
