/**
 * Names whose values are secrets, in requests and responses of any API: what a source cannot list one by one. A name
 * that only refers to a secret (`secretName`, `keyVaultSecretId`, `tokenType`) or tells about one (`passwordLastUsed`)
 * is none.
 */
export function isSecretName(name: string): boolean {
  return name.length <= 200 && SECRET.test(name) && !isReferenceName(name);
}

/** The same for a member that holds a text: names that hold evidence where they are objects. */
export function isSecretTextName(name: string): boolean {
  return isSecretName(name) || (name.length <= 200 && SECRET_TEXT.test(name));
}

/** Names that say where a secret is, of what kind, or since when, or that count requests and pages. */
export function isReferenceName(name: string): boolean {
  return REFERENCE.test(name) || EVIDENCE.test(name);
}

const SECRET =
  /pass(?:word|wd|phrase|code)|pwd$|secret|token$|tokens?(?:value)?$|credentials?$|connection_?-?string|accesssas|sas(?:token|uri|url)$|(?:access|account|shared|primary|secondary|storage|private|api|encryption|master|admin|client|signing|host|function)[_-]?key(?:s|[_-]?data|[_-]?value|\d)?$|private_?key|kubeconfigs?$/i;

/** Not `plainText`, which is a way to write titles. */
const SECRET_TEXT = /custom_?[Dd]ata$|^(?:[Ss]igned[Jj]wt|jwt|JWT|plaintext|Plaintext)$/;

const REFERENCE =
  /(?:name|names|id|ids|type|version|versions|ref|refs|reference|arn|class|provider|path|expiry|expiration|length|policy|policies|enabled|disabled|count|from|ttl|lifetime|validity|time|status|state|stages|mode|date|used|changed|rotated|created|updated)$/i;

/**
 * Marks of paging and of repeated requests; who a token was given to, which lineage joins on; whether an instance
 * demands IMDSv2; what can be compared but not used.
 */
const EVIDENCE =
  /^(?:next|next_?page|page|sync|resume|client|client_?request|idempotency|request|creation|continuation)_?tokens?$|^subjectFromWebIdentityToken$|^httpTokens$|^hashed|(?:next|page|sync|resume|continuation)Token$/i;
