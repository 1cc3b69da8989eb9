/**
 * Secrets that are told by their shape, wherever they stand in a text. The text is JSON, which may hold JSON, URLs and
 * headers in its strings; every search is linear in its length, and nearly free where there is nothing.
 */
import type { SecretSpan } from './span.ts';

/** A token with a mark of its own. A first group, where there is one, is the secret in it. */
interface Token {
  readonly kind: string;
  /** Global; every repetition is bounded or cannot begin again within itself. */
  readonly pattern: RegExp;
  readonly isSecret?: (secret: string) => boolean;
}

/** Every token below has one of these marks, which the engine can skip ahead to; the last only beside an underscore. */
const MARKS: readonly RegExp[] = [
  /\.eyJ|\.slack\.|xox[a-z]-|xapp-|-----BEGIN|gl(?:pat|ptt|dt|rt|cbt)-/,
  /AIza|ya29\.|hvs\.|LS0tLS1CRUdJTi|GOCSPX-|SG\.|sk-|pypi-|atlasv1|dapi|\/webhooks\/|SECRET-KEY-/,
  /[Bb]earer|BEARER|[Bb]asic |[Tt]oken /,
];
const UNDERSCORE_MARK = /gh[pousr]_|_pat_|npm_|_live_|_test_|do[opr]_v1_|shp[a-z]{2}_/;

function hasMark(text: string): boolean {
  return MARKS.some((mark) => mark.test(text)) || (text.includes('_') && UNDERSCORE_MARK.test(text));
}

const TOKENS: readonly Token[] = [
  { kind: 'github-token', pattern: /gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{22,255}/g },
  { kind: 'gitlab-token', pattern: /gl(?:pat|ptt|dt|rt|cbt)-[A-Za-z0-9_-]{20,255}/g },
  { kind: 'slack-token', pattern: /xox[a-z]-[A-Za-z0-9-]{10,255}|xapp-[0-9]-[A-Za-z0-9-]{10,255}/g },
  {
    kind: 'slack-webhook',
    pattern:
      /hooks\.slack\.com\\?\/(?:services|workflows)\\?\/(T[A-Za-z0-9]{1,20}\\?\/[A-Za-z0-9/\\]{8,100}\w)/g,
  },
  // `\npm_...` is a newline and no npm token.
  { kind: 'npm-token', pattern: /(?<!(?<!\\)\\)npm_[A-Za-z0-9]{36,255}/g },
  { kind: 'docker-token', pattern: /dckr_pat_[A-Za-z0-9_-]{20,255}/g },
  { kind: 'stripe-key', pattern: /[rs]k_(?:live|test)_[A-Za-z0-9]{20,255}/g },
  {
    kind: 'openai-key',
    pattern: /(?<!(?<!\\)[A-Za-z0-9])sk-(?:(?:proj|svcacct|ant)-[A-Za-z0-9_-]{20,255}|[A-Za-z0-9]{48})/g,
  },
  { kind: 'sendgrid-key', pattern: /(?<!(?<!\\)[A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}/g },
  { kind: 'pypi-token', pattern: /pypi-AgE[A-Za-z0-9_-]{50,255}/g },
  {
    kind: 'terraform-token',
    pattern: /(?<!(?<!\\)[A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}/g,
  },
  { kind: 'databricks-token', pattern: /(?<!(?<!\\)[A-Za-z0-9])dapi[0-9a-f]{32}(?:-\d)?/g },
  { kind: 'digitalocean-token', pattern: /do[opr]_v1_[0-9a-f]{64}/g },
  { kind: 'shopify-token', pattern: /shp(?:at|ca|pa|ss)_[0-9A-Fa-f]{32}/g },
  { kind: 'age-key', pattern: /AGE-SECRET-KEY-1[A-Z0-9]{58}/g },
  { kind: 'google-client-secret', pattern: /GOCSPX-[A-Za-z0-9_-]{28}/g },
  {
    kind: 'discord-webhook',
    pattern: /discord(?:app)?\.com\\?\/api\\?\/webhooks\\?\/\d{17,20}\\?\/([A-Za-z0-9_-]{60,80})/g,
  },
  {
    kind: 'private-key',
    pattern: /LS0tLS1CRUdJTi(?:[A-Za-z0-9+=]|\\?\/){40,20000}/g,
    isSecret: (secret) =>
      Buffer.from(secret.slice(0, 80).replaceAll('\\', ''), 'base64').includes('PRIVATE KEY'),
  },
  {
    kind: 'token-header',
    pattern:
      /[Aa]uthorization(?:\\*["']){0,1}\s{0,4}[:=]\s{0,4}(?:\\*["']){0,1}[Tt]oken ([A-Za-z0-9._~+=-]{16,512})/g,
  },
  { kind: 'google-api-key', pattern: /AIza[A-Za-z0-9_-]{35}/g },
  { kind: 'google-access-token', pattern: /ya29\.[A-Za-z0-9_-]{20,2048}/g },
  { kind: 'vault-token', pattern: /hvs\.[A-Za-z0-9_-]{24,255}/g },
  {
    kind: 'bearer',
    pattern: /(?:[Bb]earer|BEARER)(?: |%20|\+)((?:[A-Za-z0-9._~+=-]|\\?\/){16,8192})/g,
    isSecret: (secret) => /\d/.test(secret),
  },
  {
    kind: 'basic',
    pattern: /[Bb]asic(?: |%20|\+)((?:[A-Za-z0-9+_=-]|\\?\/){8,1024})/g,
    isSecret: (secret) => Buffer.from(secret.replaceAll('\\', ''), 'base64').includes(0x3a),
  },
];

/** Everything in a text that looks like a secret by itself. */
export function tokenSpans(text: string): SecretSpan[] {
  if (!hasMark(text)) return [];
  const spans: SecretSpan[] = [];
  for (const { kind, pattern, isSecret } of TOKENS) {
    for (const match of text.matchAll(pattern)) {
      const secret = match[1] ?? match[0];
      const start = match.index + match[0].length - secret.length;
      if (isSecret?.(secret) ?? true) spans.push({ start, end: start + secret.length, kind });
    }
  }
  return [...spans, ...jsonWebTokens(text), ...privateKeys(text)];
}

/** RFC 7519: header and payload are JSON objects in base64url, and so both begin with eyJ. */
function jsonWebTokens(text: string): SecretSpan[] {
  const spans: SecretSpan[] = [];
  let from = 0;
  for (let dot = text.indexOf('.eyJ'); dot !== -1; dot = text.indexOf('.eyJ', Math.max(dot + 4, from))) {
    let start = dot;
    while (start > from && isBase64Url(text.charCodeAt(start - 1))) start--;
    const header = text.slice(start, dot).indexOf('eyJ');
    let end = runEnd(text, dot + 1);
    const isLongEnough = header !== -1 && dot - start - header >= 10 && end - dot > 10;
    if (isLongEnough && text[end] === '.') end = runEnd(text, end + 1);
    if (isLongEnough) spans.push({ start: start + header, end, kind: 'jwt' });
    from = end;
  }
  return spans;
}

function runEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && isBase64Url(text.charCodeAt(end))) end++;
  return end;
}

function isBase64Url(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x5f
  );
}

const KEY_BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;

/** RFC 7468 blocks, with newlines as such or escaped at any depth; a block without an end goes as far as it reads. */
function privateKeys(text: string): SecretSpan[] {
  const spans: SecretSpan[] = [];
  for (const match of text.matchAll(KEY_BEGIN)) {
    const end = keyEnd(text, match.index + match[0].length);
    spans.push({ start: match.index, end, kind: 'private-key' });
  }
  return spans;
}

const KEY_BODY = /(?:[A-Za-z0-9+/=:,. \t\r\n]|-(?!----)|\\+(?:[nrt/]|u00[0-9A-Fa-f]{2}))+/y;

function keyEnd(text: string, from: number): number {
  KEY_BODY.lastIndex = from;
  const body = KEY_BODY.test(text) ? KEY_BODY.lastIndex : from;
  KEY_END.lastIndex = body;
  return KEY_END.test(text) ? KEY_END.lastIndex : body;
}
