import { stringEnd } from '../../json/scan.ts';

/** JSON text without the white space between its tokens; every other character stays as received. */
export function compactJson(text: string): string {
  if (!/\s/.test(text)) return text;
  let out = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '"') {
      i = stringEnd(text, i) - 1;
    } else if (character === ' ' || character === '\n' || character === '\t' || character === '\r') {
      out += text.slice(from, i);
      from = i + 1;
    }
  }
  return out + text.slice(from);
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Resolves the escapes of the strings in a JSON text; what is no escape stays. */
export function unescapeJson(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:u([\dA-Fa-f]{4})|(["\\/bfnrt]))/g, (_, hex: string | undefined, short: string) =>
    hex === undefined ? (ESCAPES[short] ?? short) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
