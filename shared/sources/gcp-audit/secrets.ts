import { at, type JsonDocument, type JsonValue, stringAt } from '../../json/json.ts';
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
export function secretsIn({ text, value }: JsonDocument): readonly SecretPath[] {
  if (!mayHoldSecrets(text)) return [];
  const name = ['protoPayload', 'protopayload', 'protopayload_auditlog'].find(
    (key) => at(value, key) !== undefined,
  );
  if (name === undefined) return [];
  const always = name === 'protoPayload' ? [] : ALWAYS.map((path) => [name, ...path]);
  const bodies = ['request', 'response', 'metadata', 'serviceData'].flatMap((side) => {
    const body = at(value, name, side);
    return [...secretsBelow(body, [name, side]), ...kubernetesSecret(body, [name, side])];
  });
  return [...always, ...bodies];
}

/** What a Kubernetes Secret holds, alone or in a list. */
function kubernetesSecret(body: JsonValue | undefined, base: readonly string[]): readonly SecretPath[] {
  const type = stringAt(body, '@type') ?? '';
  if (type.endsWith('.SecretList')) return [[...base, 'items', '*', 'data', '*']];
  const isSecret = type.endsWith('.Secret') || stringAt(body, 'kind') === 'Secret';
  return isSecret ? [[...base, 'data', '*']] : [];
}
