import { type JsonDocument, type JsonValue, member } from '../../json/json.ts';
import { mayHoldSecrets, secretsBelow, textsBelow } from '../secret-names.ts';
import type { SecretPath } from '../source.ts';
import { textOf } from './fields.ts';

/** A shared access signature opens storage to whoever reads it. */
export const SECRET_PATHS: readonly SecretPath[] = [
  ['properties', 'accessSAS'],
  ['properties', 'responseBody', 'accessSAS'],
];

/** Where the shapes keep what was sent and answered; a hub and Log Analytics may write it all as one text. */
const BODIES: readonly (readonly string[])[] = [
  ['properties'],
  ['Properties'],
  ['Properties_d'],
  ['data', 'properties'],
];

/** Operations whose bodies are secrets from end to end: they read, write or renew one. */
const SECRET_OPERATIONS =
  /\/(?:list(?:account)?keys|listsecrets|listconnectionstrings|listcredentials?|listadminkeys|listclusteradmincredential|listclusterusercredential|listaccountsas|listservicesas|sharedkeys|regeneratekeys?|getsecret|begingetaccess|publishxml)\/action$|\/secrets\/(?:write|setsecret\/action)$|\/config\/(?:write|list\/action)$/i;

const SETS_SECRET = /\/(?:write|setsecret\/action|publishxml\/action)$/i;

const ANSWER_NAMES = ['responseBody', 'responsebody'];
const BODY_NAMES = ['requestbody', 'requestBody', ...ANSWER_NAMES];

/** The secrets of one entry: all of a body where the operation is about secrets, else what bears a secret's name. */
export function secretsIn({ text, value }: JsonDocument, marks?: number): readonly SecretPath[] {
  const isSecretOperation = SECRET_OPERATIONS.test(operationOf(value) ?? '');
  if (!isSecretOperation && !mayHoldSecrets(text, marks)) return [];
  return BODIES.flatMap((path) => {
    const held = path.reduce<JsonValue | undefined>((inner, key) => member(inner, key), value);
    if (held === undefined) return [];
    if (!isSecretOperation) return secretsBelow(held, path);
    // Log Analytics writes all properties as one text, bodies and all.
    if (typeof held === 'string') return BODY_NAMES.some((name) => held.includes(name)) ? [path] : [];
    // What is sent to read or renew a secret only says which.
    const names = SETS_SECRET.test(operationOf(value) ?? '') ? BODY_NAMES : ANSWER_NAMES;
    const bodies = names.filter((name) => member(held, name) !== undefined);
    return [...secretsBelow(held, path), ...bodies.flatMap((name) => textsBelow([...path, name]))];
  });
}

function operationOf(value: JsonValue): string | undefined {
  return (
    textOf(value, 'operationName', 'OperationNameValue') ??
    textOf(member(value, 'operationName'), 'value') ??
    textOf(member(value, 'data'), 'operationName')
  );
}
