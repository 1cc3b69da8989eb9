import { isArray, isObject, type JsonValue, member } from '../../json/json.ts';
import { elementSpans, memberSpan, type Span, skipSpace } from '../../json/scan.ts';
import type { SecretPath } from '../source.ts';

/** A source's secret paths as a tree, so that a record is walked once for all of them. */
export interface SecretTree {
  readonly children: Map<string, SecretTree>;
  isSecret: boolean;
}

const ANY = '*';

export function buildSecretTree(paths: readonly SecretPath[]): SecretTree {
  const root: SecretTree = { children: new Map(), isSecret: false };
  for (const path of paths) {
    let node = root;
    for (const key of path) {
      const next = node.children.get(key) ?? { children: new Map(), isSecret: false };
      node.children.set(key, next);
      node = next;
    }
    node.isSecret = true;
  }
  return root;
}

/** The spans, quotes included, of every string of a JSON text that the tree names. */
export function secretMembers(text: string, value: JsonValue, tree: SecretTree): Span[] {
  const spans: Span[] = [];
  // The text is only looked at when there is something to find: most records hold no secret.
  if (hasSecret(value, tree)) collect(text, skipSpace(text, 0), value, tree, spans);
  return spans;
}

function hasSecret(value: JsonValue | undefined, tree: SecretTree): boolean {
  if (typeof value === 'string') return tree.isSecret && value !== '';
  if (tree.children.size === 0) return false;
  if (isArray(value))
    return value.some((each, index) => branches(tree, String(index)).some((b) => hasSecret(each, b)));
  if (!isObject(value)) return false;
  for (const key of Object.keys(value)) {
    if (branches(tree, key).some((branch) => hasSecret(value[key], branch))) return true;
  }
  return false;
}

const NONE: readonly SecretTree[] = [];

function branches(tree: SecretTree, key: string): readonly SecretTree[] {
  const named = tree.children.get(key);
  const any = tree.children.get(ANY);
  if (named === undefined) return any === undefined ? NONE : [any];
  return any === undefined ? [named] : [named, any];
}

function collect(text: string, at: number, value: JsonValue, tree: SecretTree, spans: Span[]): void {
  if (isArray(value)) {
    const elements = elementSpans(text, at);
    for (const [index, element] of value.entries()) {
      const span = elements[index];
      if (span !== undefined) visit(text, span, element, branches(tree, String(index)), spans);
    }
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      const found = branches(tree, key).filter((branch) => hasSecret(value[key], branch));
      const span = found.length === 0 ? undefined : memberSpan(text, at, key);
      const inner = member(value, key);
      if (span !== undefined && inner !== undefined) visit(text, span, inner, found, spans);
    }
  }
}

function visit(
  text: string,
  span: Span,
  value: JsonValue,
  found: readonly SecretTree[],
  spans: Span[],
): void {
  for (const branch of found) {
    if (typeof value !== 'string') collect(text, span.start, value, branch, spans);
    else if (branch.isSecret && value !== '') spans.push(span);
  }
}
