import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseAllDocuments } from 'yaml';
import type { JsonValue } from '../../json/json.ts';
import { type Position, quote, type Report } from './fault.ts';

const TEXT_LENGTH_MAX = 1_048_576;
const NODE_COUNT_MAX = 100_000;
const DEPTH_MAX = 32;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written, without quotes: `012` stays `012` where the value is 12. */
  readonly source: string;
  readonly position: Position;
  /** Characters between the position and the first character of the text: 1 for a quoted scalar on one line. */
  readonly textOffset: number;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly position: Position;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly position: Position;
}

export interface YamlEntry {
  readonly key: string;
  /** Where the text of the key begins. */
  readonly position: Position;
  readonly value: YamlNode;
}

export type YamlNode = YamlScalar | YamlList | YamlMap;

/**
 * The documents of a YAML 1.2 file (core schema: `yes` and dates are strings), with the position of every node. A
 * document that is not a map, or not YAML, is reported and left out; an empty one is skipped.
 */
export function readYaml(text: string, file: string, report: Report): readonly YamlMap[] {
  const start: Position = { file, line: 1, column: 1 };
  if (text.length > TEXT_LENGTH_MAX) {
    report.error(start, `expected at most ${TEXT_LENGTH_MAX} characters, found ${text.length}`);
    return [];
  }
  const lines = new LineCounter();
  const reader = new Reader(file, lines, report);
  const documents: YamlMap[] = [];
  const options = { lineCounter: lines, version: '1.2', schema: 'core', prettyErrors: false } as const;
  for (const document of parseAllDocuments(text, options)) {
    for (const error of [...document.errors, ...document.warnings]) {
      report.error(reader.positionAt(error.pos[0]), `not valid YAML: ${error.message}`);
    }
    if (document.errors.length + document.warnings.length > 0 || document.contents === null) continue;
    reader.resolve = (node) => (isAlias(node) ? node.resolve(document) : undefined);
    const node = reader.read(document.contents, 0);
    if (node === undefined || (node.kind === 'scalar' && node.value === null)) continue;
    if (node.kind === 'map') documents.push(node);
    else report.error(node.position, `expected a map (title, logsource, detection), found ${describe(node)}`);
  }
  return documents;
}

/** What a node is, in words for a message. */
export function describe(node: YamlNode): string {
  if (node.kind === 'map') return 'a map';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'nothing';
  if (typeof node.value === 'string') return `the string ${quote(node.value)}`;
  return `the ${typeof node.value} ${node.source}`;
}

/** The entry of a map with that key. */
export function entryOf(map: YamlMap, key: string): YamlEntry | undefined {
  return map.entries.find((entry) => entry.key === key);
}

/** A node as plain JSON, for attributes that the engine only hands through. */
export function toJson(node: YamlNode): JsonValue {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toJson);
  return Object.fromEntries(node.entries.map((entry) => [entry.key, toJson(entry.value)]));
}

/** Walks what the parser made; holds the file's line table and the budget that aliases may spend. */
class Reader {
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #report: Report;
  #nodeCount = 0;
  resolve: (node: unknown) => Node | undefined = () => undefined;

  constructor(file: string, lines: LineCounter, report: Report) {
    this.#file = file;
    this.#lines = lines;
    this.#report = report;
  }

  positionAt(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line, column: col };
  }

  read(node: unknown, depth: number): YamlNode | undefined {
    const position = this.positionAt((node as Node | null)?.range?.[0] ?? 0);
    this.#nodeCount += 1;
    if (depth > DEPTH_MAX || this.#nodeCount > NODE_COUNT_MAX) {
      if (this.#nodeCount <= NODE_COUNT_MAX + 1)
        this.#report.error(position, 'nested or repeated too deeply');
      this.#nodeCount = NODE_COUNT_MAX + 1;
      return undefined;
    }
    if (isAlias(node)) {
      const target = this.resolve(node);
      if (target !== undefined) return this.read(target, depth + 1);
      this.#report.error(position, `expected an anchor above: nothing is called &${node.source}`);
      return undefined;
    }
    if (isScalar(node)) return this.#scalar(node, position);
    if (isSeq(node)) {
      return { kind: 'list', items: this.#readAll(node.items, depth), position };
    }
    if (isMap(node)) {
      const entries = node.items.flatMap((pair) => this.#entry(pair, depth) ?? []);
      return { kind: 'map', entries, position };
    }
    return { kind: 'scalar', value: null, source: '', position, textOffset: 0 };
  }

  #readAll(items: readonly unknown[], depth: number): readonly YamlNode[] {
    return items.flatMap((item) => this.read(item, depth + 1) ?? []);
  }

  #scalar(
    node: { value: unknown; source?: string; type?: string },
    position: Position,
  ): YamlNode | undefined {
    const { value } = node;
    if (
      value !== null &&
      typeof value !== 'string' &&
      typeof value !== 'number' &&
      typeof value !== 'boolean'
    ) {
      this.#report.error(position, 'expected a string, a number, a boolean or null, found another YAML type');
      return undefined;
    }
    const quoted = node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE';
    const source = node.source ?? String(value);
    return { kind: 'scalar', value, source, position, textOffset: quoted ? 1 : 0 };
  }

  #entry(pair: Pair, depth: number): YamlEntry | undefined {
    const key = this.read(pair.key, depth + 1);
    // Said already: why there is none.
    if (key === undefined) return undefined;
    if (key.kind !== 'scalar' || key.value === null) {
      this.#report.error(key.position, 'expected a key that is a string');
      return undefined;
    }
    if (key.source === '<<' && key.textOffset === 0) {
      this.#report.error(key.position, 'merge keys (<<) are not part of YAML 1.2');
      return undefined;
    }
    const value =
      pair.value === null || pair.value === undefined
        ? ({ kind: 'scalar', value: null, source: '', position: key.position, textOffset: 0 } as const)
        : this.read(pair.value, depth + 1);
    if (value === undefined) return undefined;
    const { file, line, column } = key.position;
    return { key: keyText(key), position: { file, line, column: column + key.textOffset }, value };
  }
}

/** A field may be called `3` or `43.44`: what was written counts, not the number. */
function keyText(key: YamlScalar): string {
  return typeof key.value === 'string' ? key.value : key.source;
}
