import type {
  ConditionExplanation,
  DetectionExplanation,
  ItemExplanation,
  SearchExplanation,
} from '../../shared/detect/sigma/index.ts';
import { inert } from '../../shared/inert.ts';
import type { Style } from './style.ts';
import { wrap } from './wrap.ts';

export interface TreeOptions {
  readonly style: Style;
  readonly width: number;
}

/** Values of a rule and of an event that are shown before the rest is only counted. */
const VALUES_SHOWN = 6;
const VALUE_LENGTH_MAX = 160;

/** A detection as its author wrote it, each part with a mark, and beside what was wanted what the event has. */
export function detectionLines(
  detection: DetectionExplanation,
  title: string,
  options: TreeOptions,
): readonly string[] {
  const { style } = options;
  const start = `${mark(detection.holds, style)} ${style.bold(title)}`;
  const condition = wrapWords(conditionText(detection.condition), options.width - MARK_WIDTH - 2);
  return [
    start,
    ...condition.map((line) => `${style.dim('│')}     ${paintMarks(line, style)}`),
    ...detection.selections.flatMap(({ name, holds, search }, i) => {
      const isLast = i === detection.selections.length - 1;
      const [stem, below] = isLast ? ['└─ ', '   '] : ['├─ ', '│  '];
      const how = search.kind === 'any' ? style.dim('  one of these') : '';
      return [
        `${style.dim(stem)}${mark(holds, style)} ${style.bold(inert(name))}${how}`,
        ...searchLines(search, style.dim(below), below.length, options),
      ];
    }),
  ];
}

/** By shape and word, never by colour alone. */
export function mark(holds: boolean, style: Style): string {
  return holds ? style.green('✔ yes') : style.red('✘ no ');
}

function conditionText(condition: ConditionExplanation): string {
  switch (condition.kind) {
    case 'selection':
      // The mark stays with its name where the line breaks.
      return `${condition.holds ? '✔' : '✘'}\u00a0${inert(condition.name)}`;
    case 'not':
      return `not\u00a0${grouped(condition.operand)}`;
    case 'and':
    case 'or':
      return condition.operands.map(grouped).join(` ${condition.kind} `);
  }
}

function grouped(condition: ConditionExplanation): string {
  const text = conditionText(condition);
  return condition.kind === 'and' || condition.kind === 'or' ? `(${text})` : text;
}

function wrapWords(text: string, width: number): readonly string[] {
  return wrap(text, Math.max(30, width)).map((line) => line.replaceAll('\u00a0', ' '));
}

function paintMarks(line: string, style: Style): string {
  return line.replace(/✔ [\w-]+/g, style.green).replace(/✘ [\w-]+/g, style.red);
}

function searchLines(
  search: SearchExplanation,
  indent: string,
  indentWidth: number,
  options: TreeOptions,
): readonly string[] {
  if (search.kind === 'item')
    return itemLines(search, { indent, indentWidth, stem: '└─ ', below: '   ' }, options);
  const { style } = options;
  return search.parts.map(single).flatMap((part, i) => {
    const [stem, below] = i === search.parts.length - 1 ? ['└─ ', '   '] : ['├─ ', '│  '];
    if (part.kind === 'item') return itemLines(part, { indent, indentWidth, stem, below }, options);
    const title = part.kind === 'all' ? 'all of these' : 'one of these';
    return [
      `${indent}${style.dim(stem)}${mark(part.holds, style)} ${style.dim(title)}`,
      ...searchLines(part, `${indent}${style.dim(below)}`, indentWidth + below.length, options),
    ];
  });
}

/** A part that has only one part is no more than that. */
function single(search: SearchExplanation): SearchExplanation {
  const [only, ...rest] = search.kind === 'item' ? [] : search.parts;
  return only !== undefined && rest.length === 0 ? single(only) : search;
}

interface Place {
  readonly indent: string;
  readonly indentWidth: number;
  readonly stem: string;
  readonly below: string;
}

const MARK_WIDTH = 6;

function itemLines(item: ItemExplanation, place: Place, { style, width }: TreeOptions): readonly string[] {
  const room = Math.max(30, width - place.indentWidth - place.stem.length - MARK_WIDTH - 1);
  const wanted = wrap(
    `${item.field === undefined ? 'the record' : inert(item.field)} ${wantedText(item)}`,
    room,
  );
  const seen = wrap(foundText(item), room - 2);
  const first = `${place.indent}${style.dim(place.stem)}${mark(item.holds, style)} `;
  const rest = `${place.indent}${style.dim(place.below)}${' '.repeat(MARK_WIDTH)}`;
  return [
    ...wanted.map((line, i) => (i === 0 ? first : rest) + line),
    ...seen.map((line) => `${rest}  ${style.dim(line)}`),
  ];
}

const WORDS: Readonly<Record<string, string>> = {
  contains: 'contains',
  startswith: 'begins with',
  endswith: 'ends with',
  re: 'matches',
  cidr: 'is in',
  lt: 'is less than',
  lte: 'is at most',
  gt: 'is more than',
  gte: 'is at least',
  fieldref: 'is the value of',
};
/** Said by the verb, or by how the values are listed. */
const UNSAID = new Set([...Object.keys(WORDS), 'neq', 'all', 'exists']);

/** `begins with one of "a", "b"`. */
function wantedText({ field, modifiers, expected }: ItemExplanation): string {
  if (modifiers.includes('exists')) return expected[0] === 'true' ? 'is there' : 'is not there';
  if (field !== undefined && modifiers.length === 0 && expected.every((text) => text === '*'))
    return 'has a value';
  const verbs = modifiers.flatMap((name) => WORDS[name] ?? []);
  const verb = verbs.length > 0 ? verbs.join(', ') : field === undefined ? 'contains' : 'is';
  const notes = modifiers.filter((name) => !UNSAID.has(name)).map((name) => NOTES[name] ?? name);
  const list = expected.slice(0, VALUES_SHOWN).map(quoted).join(', ');
  const more = expected.length > VALUES_SHOWN ? ` and ${expected.length - VALUES_SHOWN} more` : '';
  const of = expected.length < 2 ? '' : modifiers.includes('all') ? 'all of ' : 'one of ';
  const negation = modifiers.includes('neq') ? 'not: ' : '';
  return `${negation}${verb} ${of}${list}${more}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}

const NOTES: Readonly<Record<string, string>> = {
  cased: 'case counts',
  windash: 'any dash',
  i: 'case does not count',
  m: 'line by line',
  s: 'dot is any character',
  expand: 'placeholders filled in',
};

function foundText(item: ItemExplanation): string {
  if (item.fault !== undefined) return `cannot be asked: ${inert(item.fault)}`;
  if (item.field === undefined) return 'looked for in the whole record';
  const own = !item.isPresent
    ? 'the event has no such field'
    : `the event has ${valuesText(item.found, item.foundCount)}`;
  const others = item.references.map(
    ({ field, found }) =>
      `${inert(field)} has ${found.length === 0 ? 'nothing' : valuesText(found, found.length)}`,
  );
  return [own, ...others].join('; ');
}

function valuesText(found: readonly string[], count: number): string {
  if (count === 0) return 'an empty list there';
  const list = found.slice(0, VALUES_SHOWN).map(quoted).join(', ');
  return count > VALUES_SHOWN ? `${list} and ${count - VALUES_SHOWN} more` : list;
}

function quoted(text: string): string {
  return text === 'null' ? 'null' : `"${inert(text, VALUE_LENGTH_MAX)}"`;
}
