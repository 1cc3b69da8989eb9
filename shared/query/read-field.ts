import { inert } from '../inert.ts';
import { shortField } from './fields.ts';
import { rootNames } from './roots.ts';
import { isSpace, refuse, type Scanner } from './scan.ts';
import { suggestFields } from './suggest.ts';
import type { FieldName } from './syntax.ts';

/** Deeper than any path of OCSF, and than what `unmapped` holds in practice. */
const SEGMENTS_MAX = 32;

/**
 * Reads `name:` where one stands at the cursor; undefined (and no fault) where a bare word stands there. `*:*` is
 * Lucene's way to ask for everything.
 */
export function readField(scanner: Scanner): FieldName | 'everything' | undefined {
  const { text } = scanner;
  const start = scanner.at;
  if (text.startsWith('*:*', start)) {
    scanner.at += 3;
    return 'everything';
  }
  const found = segmentsAt(text, start);
  if (found === undefined) return undefined;
  const { segments, colon } = found;
  const length = colon - start;
  if (length === 0) return refuse(scanner, start, 1, 'expected a field name before this colon');
  if (segments.includes('') || segments.length > SEGMENTS_MAX) {
    return refuse(
      scanner,
      start,
      length,
      `expected names with single dots between them, at most ${SEGMENTS_MAX}`,
    );
  }
  scanner.at = colon + 1;
  const [root = '', ...inner] = segments;
  const name = root.toLowerCase();
  if (inner.length === 0 && shortField(name) !== undefined) return { kind: 'short', name };
  if (ROOTS.has(name)) return { kind: 'path', segments: [name, ...inner] };
  const near = suggestFields(segments.join('.')).concat(suggestFields(root));
  const hint =
    near.length === 0
      ? 'To look for these words anywhere, put them in quotes.'
      : `Did you mean ${[...new Set(near)].slice(0, 3).join(' or ')}? To look for the words themselves, put them in quotes.`;
  return refuse(scanner, start, length, `unknown field "${inert(text.slice(start, colon), 64)}"`, hint);
}

const ROOTS: ReadonlySet<string> = new Set(rootNames);

/** The segments of a name up to its colon; undefined where no colon follows. A backslash makes the next one ordinary. */
function segmentsAt(
  text: string,
  start: number,
): { readonly segments: readonly string[]; readonly colon: number } | undefined {
  const segments = [''];
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] as string;
    if (character === ':') return { segments: segments.map(withoutBrackets), colon: at };
    if (isSpace(character) || '()"'.includes(character)) return undefined;
    if (character === '.') {
      segments.push('');
      continue;
    }
    if (character === '\\') at += 1;
    segments[segments.length - 1] += text[at] ?? '';
  }
  return undefined;
}

/** `resources[].name` is the same as `resources.name`. */
function withoutBrackets(segment: string): string {
  return segment.endsWith('[]') ? segment.slice(0, -2) : segment;
}
