import { isArray, isObject, type JsonValue, member } from '../json/json.ts';
import { isSecretName as isFoundInText } from './redact/keyed.ts';
import type { SecretPath } from './source.ts';

/**
 * Names whose values are secrets, in requests and responses of any API: what a source cannot list one by one. A name
 * that only refers to a secret (`secretName`, `keyVaultSecretId`, `tokenType`) is none.
 */
export function isSecretName(name: string): boolean {
  return name.length <= 200 && SECRET.test(name) && !REFERENCE.test(name);
}

const SECRET =
  /pass(?:word|wd|phrase|code)|pwd$|secret|token$|tokens?(?:value)?$|credentials?$|connection_?-?string|accesssas|sas(?:token|uri|url)$|(?:access|account|shared|primary|secondary|storage|private|api|encryption|master|admin|client|signing|host|function)[_-]?key(?:s|data|value|\d)?$|privatekey|customdata|^signedjwt$|^jwt$|^plaintext$|kubeconfigs?$/i;

const REFERENCE =
  /(?:name|names|id|ids|type|version|versions|ref|refs|reference|arn|class|provider|path|expiry|expiration|length|policy|policies|enabled|disabled|count|from|ttl|lifetime|validity|time|nextpagetoken|pagetoken|continuationtoken|synctoken|resumetoken)$/i;

/** Members under which every text is a secret, whatever it is called. */
const VAULT = /^(?:protectedSettings|stringData|secureParameters|appSettings|connectionStrings)$/i;

/** Lists and objects of variables: who sets them puts in what they like. */
const ENVIRONMENT = /^(?:env|envVars|environment_?variables)$/i;

/** How many texts of one body are named one by one, before all of its texts are. */
const LEAVES_MAX = 200;

/** How deep a body is covered when it has more secrets than can be named. */
const COVER_DEPTH = 8;

/**
 * Whether a record's text may hold what `secretsBelow` would find: most hold nothing of the kind, and one search of
 * their text is cheaper than a walk over their members.
 */
export function mayHoldSecrets(text: string): boolean {
  return HINT.test(text);
}

const HINT =
  /pass(?:word|wd|phrase|code)|pwd"|secret|tokens?(?:value)?\\*"|credential|connection_?-?string|sas|[a-z][_-]?key(?:s|data|value|\d)?\\*"|privatekey|customdata|jwt|plaintext|kubeconfig|protectedSettings|stringData|secureParameters|appSettings|"env"|envVars|environment_?variables/i;

/** The paths of all secrets below a value, told by their names; the value itself lies at `base`. */
export function secretsBelow(value: JsonValue | undefined, base: readonly string[]): readonly SecretPath[] {
  const found: SecretPath[] = [];
  walk(value, base, false, found);
  return found.length > LEAVES_MAX ? textsBelow(base) : found;
}

/** The paths of all texts below a value, to a depth that bodies do not pass. */
export function textsBelow(base: readonly string[]): readonly SecretPath[] {
  return Array.from({ length: COVER_DEPTH }, (_, depth) => [...base, ...Array<'*'>(depth).fill('*')]);
}

function walk(
  value: JsonValue | undefined,
  path: readonly string[],
  isSecret: boolean,
  found: SecretPath[],
): void {
  if (found.length > LEAVES_MAX) return;
  if (typeof value === 'string') {
    if (value !== '' && (isSecret || quotesSecret(value))) found.push(path);
  } else if (isArray(value)) {
    for (const [place, element] of value.entries()) walk(element, [...path, String(place)], isSecret, found);
  } else if (isObject(value)) {
    // `{"name":"DB_PASSWORD","value":"…"}`: the name stands beside the secret.
    const label = member(value, 'name') ?? member(value, 'keyName');
    const isLabelled = typeof label === 'string' && isSecretName(label);
    for (const key of Object.keys(value)) {
      const isNamed = isSecretName(key) && !(key === 'secrets' && path.at(-1) === 'permissions');
      const inner = member(value, key);
      const isVault = VAULT.test(key) || (typeof inner === 'object' && ENVIRONMENT.test(key));
      const inherits = isSecret && !REFERENCE.test(key);
      walk(inner, [...path, key], inherits || isNamed || isVault || (isLabelled && key === 'value'), found);
    }
  }
}

/** A member with a text, in JSON that a text holds, however often its quotes were escaped. */
const QUOTED = /([A-Za-z0-9_.-]{1,80})\\*"\s{0,10}:\s{0,10}\\*"(?!\\*")/g;

/**
 * Whether a text holds JSON with a secret that only the whole text can be redacted for. The reader itself takes the
 * value out behind the plainest names, and leaves the rest of the text.
 */
function quotesSecret(text: string): boolean {
  if (!text.includes('"')) return false;
  for (const [, name = ''] of text.matchAll(QUOTED)) {
    if (VAULT.test(name) || (isSecretName(name) && !isFoundInText(name))) return true;
  }
  return QUOTED_VAULT.test(text);
}

const QUOTED_VAULT =
  /"(?:protectedSettings|stringData|secureParameters|appSettings|connectionStrings)\\*"\s{0,10}:/i;
