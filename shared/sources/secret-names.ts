import { isArray, isObject, type JsonObject, type JsonValue, member } from '../json/json.ts';
import { marksOf, NAME_MARK } from './redact/marks.ts';
import { isReferenceName, isSecretName, isSecretTextName } from './redact/member-names.ts';
import { isIdentifier, isMask } from './redact/placeholder.ts';
import type { SecretPath } from './source.ts';

export { isSecretName };

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
export function mayHoldSecrets(text: string, marks = marksOf(text)): boolean {
  return (marks & NAME_MARK) !== 0 && HINT.test(text);
}

const HINT =
  /pass(?:word|wd|phrase|code)|pwd"|secret|tokens?(?:value)?\\*"|credential|connection_?-?string|sas|[a-z][_-]?key(?:s|[_-]?data|[_-]?value|\d)?\\*"|privatekey|custom_?data|jwt|plaintext|kubeconfig|headers?\\*"|protectedSettings|stringData|secureParameters|appSettings|"env"|envVars|environment_?variables/i;

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
    if ((isSecret && value !== '' && !isMask(value) && !isIdentifier(value)) || holdsVault(value))
      found.push(path);
  } else if (isArray(value)) {
    for (const [place, element] of value.entries()) walk(element, [...path, String(place)], isSecret, found);
  } else if (isObject(value)) {
    const isLabelled = labelsOf(value).some(isSecretTextName);
    for (const key of Object.keys(value)) {
      const inner = member(value, key);
      const isOwn = isSecretMember(key, inner, path) || (isLabelled && LABELLED.test(key));
      walk(inner, [...path, key], isOwn || (isSecret && !isTold(key, value)), found);
    }
  }
}

function isSecretMember(key: string, inner: JsonValue | undefined, path: readonly string[]): boolean {
  if (typeof inner === 'string') return isSecretTextName(key) || isCredentialHeader(key, path);
  if (VAULT.test(key) || ENVIRONMENT.test(key)) return true;
  return isSecretName(key) && !(key === 'secrets' && path.at(-1) === 'permissions');
}

function isCredentialHeader(key: string, path: readonly string[]): boolean {
  return /headers?$/i.test(path.at(-1) ?? '') && /^(?:authorization|(?:set-)?cookie)$/i.test(key);
}

/** `{"name":"DB_PASSWORD","value":"…"}`: the name stands beside the secret, and so it does in tags. */
function labelsOf(value: JsonObject): readonly string[] {
  return LABELS.map((name) => member(value, name)).filter((label) => typeof label === 'string');
}

const LABELS = ['name', 'Name', 'key', 'Key', 'keyName', 'parameterKey', 'parameterName'] as const;
const LABELLED = /^(?:parameter)?value$/i;

/** Members below a secret that only tell of it; a mounted secret says which of its keys lies at which path. */
function isTold(key: string, holder: JsonObject): boolean {
  if (isReferenceName(key) || (key === 'key' && member(holder, 'path') !== undefined)) return true;
  return RUNNERS_OWN.test(key) && !isSecretName(key);
}

/** Variables that a build system sets itself: the commit, the run, the machine. */
const RUNNERS_OWN = /^(?:GITHUB|RUNNER|CI|GITLAB|BUILD|BUILDKITE|CIRCLE|JENKINS|CODEBUILD)_[A-Z_]{1,60}$/;

/**
 * Whether a text holds JSON with members that are secrets whatever they are called: then only the whole text can be
 * redacted. Behind the name of a secret the reader takes the value out itself, and leaves the rest.
 */
function holdsVault(value: string): boolean {
  return value.includes('"') && QUOTED_VAULT.test(value);
}

const QUOTED_VAULT =
  /"(?:protectedSettings|stringData|secureParameters|appSettings|connectionStrings)\\*"\s{0,10}:/i;
