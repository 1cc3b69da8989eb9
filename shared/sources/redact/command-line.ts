import { isHarmless, isSecretName } from './keyed.ts';
import type { SecretSpan } from './span.ts';

/**
 * Secrets that stand where a program expects one, with no name before them: `curl -u user:password`, `mysql -pSECRET`,
 * `sshpass -p SECRET`; and those between XML tags, `<password>SECRET</password>`.
 */
export function unnamedSpans(text: string): SecretSpan[] {
  const spans: SecretSpan[] = [];
  if (PROGRAM.test(text)) {
    for (const pattern of [USER_AND_PASSWORD, ATTACHED, SEPARATE]) collect(text, pattern, spans);
  }
  if (CLOSING_TAG.test(text)) {
    for (const match of text.matchAll(ELEMENT)) add(match, isSecretName(match[1] ?? ''), spans);
  }
  return spans;
}

const PROGRAM = /\b(?:curl|wget|mysql|mysqldump|mysqladmin|mariadb|sshpass|docker login|podman login)\b/;
const CLOSING_TAG = /<\\?\/[A-Za-z]/;

/** What may stand between a program and its option: no end of the command, and no more than a line of it. */
const USER_AND_PASSWORD =
  /\bcurl\b[^|;&\n]{0,300}?\s(?:-u|--user|--proxy-user)[ =]?\\*["']?[^\s:"'\\]{1,128}:([^\s"'\\]{1,256})/g;
const ATTACHED =
  /\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^|;&\n]{0,300}?\s-p\\*["']?([^\s"'\\-][^\s"'\\]{2,127})/g;
const SEPARATE =
  /\b(?:sshpass|docker login|podman login)\b[^|;&\n]{0,300}?\s-p ?\\*["']?([^\s"'\\-][^\s"'\\]{2,127})/g;
const ELEMENT = /<([A-Za-z][\w.:-]{0,63})>([^<"]{1,512})<\\?\/\1>/g;

function collect(text: string, pattern: RegExp, spans: SecretSpan[]): void {
  for (const match of text.matchAll(pattern)) add(match, true, spans);
}

/** The last group is the secret. */
function add(match: RegExpExecArray, isNamed: boolean, spans: SecretSpan[]): void {
  const secret = match.at(-1) ?? '';
  if (!isNamed || isHarmless(secret)) return;
  const start = match.index + match[0].lastIndexOf(secret);
  spans.push({ start, end: start + secret.length, kind: 'unnamed' });
}
