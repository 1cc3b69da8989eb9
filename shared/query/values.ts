import { isObject } from '../json/json.ts';
import type { ShortField } from './field.ts';
import { type HexIds, hexIds } from './hex-ids.ts';
import { someInside } from './paths.ts';
import type { Subject } from './subject.ts';

/** Reads the values that an event has in each of some fields, in their order. */
export type ReadValues = (subject: Subject) => readonly (readonly string[])[];

/** One walk over an event for all paths of all fields: what it does not have costs nothing. */
export function valuesReader(fields: readonly ShortField[]): ReadValues {
  const tree = treeOf(fields);
  return (subject) => {
    const found: string[][] = fields.map(() => []);
    walk(subject.event, tree, found);
    let ids: HexIds | undefined;
    const idsOf = (): HexIds => {
      ids ??= hexIds(subject.event, subject.raw);
      return ids;
    };
    return fields.map((field, n) => field.values(found[n] ?? [], subject, idsOf));
  };
}

/** The paths of all fields, joined where they begin alike. */
interface PathTree {
  readonly steps: Map<string, PathTree>;
  /** What is below only in objects whose `type` is that. */
  readonly types: Map<string, PathTree>;
  /** Fields, by position, whose path ends here. */
  readonly ends: number[];
}

function treeOf(fields: readonly ShortField[]): PathTree {
  const root = emptyTree();
  for (const [n, { paths, hexPrefix }] of fields.entries()) {
    if (!hexPrefix) for (const path of paths) addPath(root, path, n);
  }
  return root;
}

function emptyTree(): PathTree {
  return { steps: new Map(), types: new Map(), ends: [] };
}

/** Adds `resources[type=repository].name`: only for paths written in this repository. */
function addPath(root: PathTree, path: string, field: number): void {
  let node = root;
  for (const step of path.split('.')) {
    const [key = '', type] = step.replace(']', '').split('[type=', 2);
    node = childOf(node.steps, key);
    if (type !== undefined) node = childOf(node.types, type);
  }
  node.ends.push(field);
}

function childOf(children: Map<string, PathTree>, key: string): PathTree {
  const child = children.get(key) ?? emptyTree();
  children.set(key, child);
  return child;
}

function walk(value: unknown, tree: PathTree, found: readonly string[][]): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    for (const element of value) walk(element, tree, found);
    return;
  }
  if (tree.ends.length > 0) addEnds(value, tree.ends, found);
  if (!isObject(value)) return;
  for (const [key, child] of tree.steps) if (Object.hasOwn(value, key)) walk(value[key], child, found);
  if (tree.types.size === 0) return;
  const type = Object.hasOwn(value, 'type') ? value['type'] : undefined;
  const child = typeof type === 'string' ? tree.types.get(type.toLowerCase()) : undefined;
  if (child !== undefined) walk(value, child, found);
}

/** A scalar, or everything inside an object that the path ends at. */
function addEnds(value: unknown, ends: readonly number[], found: readonly string[][]): void {
  if (typeof value === 'string') {
    if (value !== '') add(value.toLowerCase(), ends, found);
    return;
  }
  someInside(value, (scalar) => {
    if (scalar !== '') add(String(scalar).toLowerCase(), ends, found);
    return false;
  });
}

function add(text: string, ends: readonly number[], found: readonly string[][]): void {
  for (const end of ends) found[end]?.push(text);
}
