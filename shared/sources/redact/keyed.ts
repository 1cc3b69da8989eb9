import { SPACED_MARK } from './marks.ts';
import { isSecretTextName } from './member-names.ts';
import { isIdentifier, isMask } from './placeholder.ts';
import type { SecretSpan } from './span.ts';

/**
 * Secrets that are told by the name before them: `password=...` and `&sig=...` in URLs, headers and command lines,
 * encoded or not; `\"client_secret\":\"...\"` in JSON that stands in a string; `scheme://user:password@host`.
 */
export function keyedSpans(text: string, marks: number): SecretSpan[] {
  const spans: SecretSpan[] = [];
  if (text.includes('=')) assigned(text, '=', spans);
  if (text.includes('%3D')) assigned(text, '%3D', spans);
  if (text.includes('%3d')) assigned(text, '%3d', spans);
  if (text.includes('\\u003d')) assigned(text, '\\u003d', spans);
  if (text.includes('\\"')) quoted(text, spans);
  if ((marks & SPACED_MARK) !== 0) spaced(text, spans);
  if (text.includes('@')) passwordsInUrls(text, spans);
  return spans;
}

/** Names by their letters and digits in lower case. What ends in one of these is a secret, */
const ENDINGS = [
  'password',
  'passwd',
  'passphrase',
  'secretaccesskey',
  'sessiontoken',
  'securitytoken',
  'clientsecret',
  'accesstoken',
  'refreshtoken',
  'privatetoken',
  'authtoken',
  'apikey',
  'accountkey',
  'sharedaccesskey',
  'privatekey',
  'secretkey',
];

/** and what is exactly one of these, too. */
const EXACT: ReadonlySet<string> = new Set([
  'sig',
  'signature',
  'xamzsignature',
  'xgoogsignature',
  'pwd',
  'secret',
  'token',
  'idtoken',
]);

const NAME_LENGTH_MAX = 64;

/** The separator of an encoded URL, which looks like the beginning of the name behind it. */
const SEPARATOR = /^(?:u00(?:26|3f)|(?:25)*(?:26|3f)|amp)/;

/** Whether a value behind this name is found and taken out wherever it stands, in JSON in a string too. */
export function isSecretName(written: string): boolean {
  const name = written.toLowerCase().replace(/[^a-z0-9]/g, '');
  const bare = name.replace(SEPARATOR, '');
  return EXACT.has(name) || EXACT.has(bare) || ENDINGS.some((ending) => name.endsWith(ending));
}

/** Values that say that there is none, or that somebody else has hidden it already. */
const HARMLESS = /^(?:true|false|null|none|undefined|\d{1,3}|arn:.*|\$.*|\*+|x+|hidden.*|.?redacted.*)$/i;

export function isHarmless(value: string): boolean {
  return value === '' || HARMLESS.test(value.slice(0, 40)) || isMask(value) || isIdentifier(value);
}

function assigned(text: string, sign: string, spans: SecretSpan[]): void {
  let from = 0;
  for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, from)) {
    const after = at + sign.length;
    const name = nameBefore(text, at, from);
    from = after;
    if (name === '' || !(isSecretName(name) || isOneTimeCode(text, at - name.length, name))) continue;
    const start = after + (OPEN_QUOTE.exec(text.slice(after, after + 8))?.[0].length ?? 0);
    const end = assignedEnd(text, start);
    if (!isHarmless(text.slice(start, end))) spans.push({ start, end, kind: 'assigned' });
    from = Math.max(from, end);
  }
}

const OPEN_QUOTE = /^(?:\\*["'`])/;

/** `?code=`: the key of an Azure function, or the code that a sign-in ends with. */
function isOneTimeCode(text: string, start: number, name: string): boolean {
  return name === 'code' && /[?&]/.test(text.charAt(start - 1));
}

/**
 * `aws_secret_access_key = "…"`, `password: …`, `--token …`: as people write in commit messages and scripts. Prose is
 * written so too, and so the value must look like a secret, not like a word or a path.
 */
const SPACED =
  /(?<![A-Za-z0-9_.-])([A-Za-z0-9_.-]{2,64})(?:\s{0,8}=\s{1,8}|\s{1,8}=\s{0,8}|:\s{1,8}|(?<=--[A-Za-z0-9_-]{2,64})\s{1,8})\\*["'`]?([^\s"'`\\,;<>()[\]{}]{8,512})/g;

const SPACED_HINT = /(?:pass(?:word|wd|phrase)|pwd|secret|token|key)(?:\s{0,8}[:=]|\s)/i;

function spaced(text: string, spans: SecretSpan[]): void {
  if (!SPACED_HINT.test(text)) return;
  for (const match of text.matchAll(SPACED)) {
    const [whole, name = '', value = ''] = match;
    if (!isSecretName(name) || isHarmless(value) || !LOOKS_SECRET.test(value) || PATH.test(value)) continue;
    const end = match.index + whole.length;
    spans.push({ start: end - value.length, end, kind: 'assigned' });
  }
}

/** Letters and digits, and either capitals and signs or a length that no name has. */
const LOOKS_SECRET = /^(?=[^a-zA-Z]*[a-zA-Z])(?=\D*\d)(?:[a-z0-9_.-]*[^a-z0-9_.-]|[^-]{20})/;
const PATH = /^(?:[a-z0-9._-]+\/)+[a-z0-9._-]*$|^[a-z0-9]+:/;

function nameBefore(text: string, end: number, from: number): string {
  let start = end;
  const first = Math.max(from, end - NAME_LENGTH_MAX);
  while (start > first && /[A-Za-z0-9_.-]/.test(text.charAt(start - 1))) start--;
  // The letter of an escaped line break is not of the name.
  if (text.charAt(start - 1) === '\\' && /[nrt]/.test(text.charAt(start))) start++;
  return text.slice(start, end);
}

/** Up to a separator: white space, a quote, `&`, `;`, `,`, a bracket, an escape, or one of them encoded. */
function assignedEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && !/[\s"'`&;,<>)\]}]/.test(text.charAt(end))) {
    if (text.charAt(end) === '\\' && !ESCAPED_BASE64.test(text.slice(end, end + 6))) break;
    if (text.charAt(end) === '%' && /^%(?:25)*(?:26|20|22|0A|3B|2C)/i.test(text.slice(end, end + 12))) break;
    end++;
  }
  return end;
}

/** `+`, `/` and `=`, which some writers of JSON escape, are characters of base64. */
const ESCAPED_BASE64 = /^\\(?:u002[bf]|u003d|\/)/i;

const ASSIGNED_QUOTE = /(\\+)"\s*:\s*\1"/y;

/** Members of JSON that stands in a string, however often it has been put in one. */
function quoted(text: string, spans: SecretSpan[]): void {
  let from = 0;
  for (let at = text.indexOf('\\"'); at !== -1; at = text.indexOf('\\"', Math.max(at + 2, from))) {
    let slashes = at;
    while (slashes > from && text.charAt(slashes - 1) === '\\') slashes--;
    ASSIGNED_QUOTE.lastIndex = slashes;
    const match = ASSIGNED_QUOTE.exec(text);
    const name = match === null ? '' : nameBefore(text, slashes, from);
    if (match === null || !(isSecretName(name) || isSecretTextName(name))) continue;
    const start = ASSIGNED_QUOTE.lastIndex;
    const end = quotedEnd(text, start, match[1]?.length ?? 1);
    if (!isHarmless(text.slice(start, end))) spans.push({ start, end, kind: 'member' });
    from = end;
  }
}

/** Up to the quote that has at most as many backslashes before it as the one that opened the value. */
function quotedEnd(text: string, from: number, depth: number): number {
  for (let quote = text.indexOf('"', from); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let slashes = quote;
    while (slashes > from && text.charAt(slashes - 1) === '\\') slashes--;
    if (quote - slashes <= depth) return slashes;
  }
  return text.length;
}

const LOOK_BACK_MAX = 400;

const USER_AND_PASSWORD = /:(?:\\?\/|%2[Ff]){2}[^\s"'\\/@:]{0,128}(?::|%3[Aa])([^\s"'\\/@:?#]{1,256})$/;

function passwordsInUrls(text: string, spans: SecretSpan[]): void {
  let from = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const password = USER_AND_PASSWORD.exec(text.slice(Math.max(from, at - LOOK_BACK_MAX), at))?.[1];
    if (password !== undefined && !isHarmless(password)) {
      spans.push({ start: at - password.length, end: at, kind: 'url-password' });
    }
    from = at + 1;
  }
}

const LOOSE_MEMBER = /(["'])([A-Za-z0-9_.-]{1,64})\1\s{0,8}:\s{0,8}(["'])((?:(?!\3)[^\\]|\\.){1,4096})/gs;

/** Members of text that only resembles JSON: with either quote, and with no end where the text was cut. */
export function looseSpans(text: string): SecretSpan[] {
  const spans: SecretSpan[] = [];
  for (const match of text.matchAll(LOOSE_MEMBER)) {
    const value = match[4] ?? '';
    const end = match.index + match[0].length;
    if (isSecretName(match[2] ?? '') && !isHarmless(value)) {
      spans.push({ start: end - value.length, end, kind: 'member' });
    }
  }
  return spans;
}
