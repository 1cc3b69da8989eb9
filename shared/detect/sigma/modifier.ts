import { fail, ok, type Result } from '../../result.ts';
import type { Encoding } from './encode.ts';
import { type Position, quote } from './fault.ts';
import type { Anchor } from './pattern.ts';
import type { Item } from './rule.ts';
import type { TimePart } from './time-part.ts';

export type Comparison = 'lt' | 'lte' | 'gt' | 'gte';

/** What the modifiers of an item mean together. */
export interface Plan {
  /** How values are compared; `string` is Sigma's default. */
  readonly type: 'string' | 're' | 'cidr' | 'exists' | 'fieldref' | 'number';
  readonly anchor: Anchor;
  /** In the order written. */
  readonly encodings: readonly Encoding[];
  readonly comparison: Comparison | undefined;
  readonly timePart: TimePart | undefined;
  readonly regexFlags: string;
  readonly windash: boolean;
  readonly expand: boolean;
  readonly cased: boolean;
  readonly all: boolean;
  readonly neq: boolean;
}

export interface PlacedFault {
  readonly position: Position;
  readonly message: string;
}

const ANCHORS = ['contains', 'startswith', 'endswith'] as const;
const ENCODINGS = ['base64', 'base64offset', 'utf16', 'utf16le', 'utf16be', 'wide'] as const;
const COMPARISONS = ['lt', 'lte', 'gt', 'gte'] as const;
const TIME_PARTS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
const TYPES = ['re', 'cidr', 'exists', 'fieldref'] as const;
const REGEX_FLAGS = ['i', 'm', 's'] as const;
const FLAGS = ['all', 'cased', 'neq', 'windash', 'expand'] as const;
const KNOWN: readonly string[] = [
  ...ANCHORS,
  ...ENCODINGS,
  ...COMPARISONS,
  ...TIME_PARTS,
  ...TYPES,
  ...REGEX_FLAGS,
  ...FLAGS,
];

/** Reads the modifiers of an item: every one known, none twice, and together they mean something. */
export function planOf(item: Item): Result<Plan, PlacedFault> {
  const names = item.modifiers.map((modifier) => modifier.name);
  for (const [i, { name, position }] of item.modifiers.entries()) {
    const message = faultOf(names, i) ?? (item.field === undefined ? keywordFault(name) : undefined);
    if (message !== undefined) return fail({ position, message });
  }
  const timePart = TIME_PARTS.find((part) => names.includes(part));
  const comparison = COMPARISONS.find((each) => names.includes(each));
  const isNumber = timePart !== undefined || comparison !== undefined;
  return ok({
    type: isNumber ? 'number' : (TYPES.find((type) => names.includes(type)) ?? 'string'),
    anchor:
      ANCHORS.find((anchor) => names.includes(anchor)) ?? (item.field === undefined ? 'contains' : 'whole'),
    encodings: names.flatMap((name) => ENCODINGS.find((encoding) => encoding === name) ?? []),
    comparison,
    timePart,
    regexFlags: REGEX_FLAGS.filter((each) => names.includes(each)).join(''),
    windash: names.includes('windash'),
    expand: names.includes('expand'),
    cased: names.includes('cased'),
    all: names.includes('all'),
    neq: names.includes('neq'),
  });
}

/** Modifiers that cannot stand together, either way round. */
const EXCLUSIVE: readonly (readonly [readonly string[], readonly string[]])[] = [
  [ANCHORS, ANCHORS],
  [COMPARISONS, COMPARISONS],
  [TIME_PARTS, TIME_PARTS],
  [TYPES, TYPES],
  [TYPES, [...COMPARISONS, ...TIME_PARTS, ...ENCODINGS, 'windash']],
  [
    [...COMPARISONS, ...TIME_PARTS],
    [...ANCHORS, ...ENCODINGS, 'windash', 'cased'],
  ],
  [['exists'], [...ANCHORS, 'all', 'cased', 'neq', 'expand']],
  [['cidr'], [...ANCHORS, 'cased']],
  [['re', 'fieldref'], ['expand']],
  [['all'], ['neq', ...COMPARISONS]],
  [['i'], ['cased']],
];

function faultOf(names: readonly string[], i: number): string | undefined {
  const name = names[i] ?? '';
  if (!KNOWN.includes(name)) return `unknown modifier ${quote(name)}; known are ${KNOWN.join(', ')}`;
  const before = names.slice(0, i);
  if (before.includes(name)) return `modifier '${name}' is given twice`;
  if (REGEX_FLAGS.some((each) => each === name) && !before.includes('re')) {
    return `'${name}' is a sub-modifier of 're' and must follow it`;
  }
  for (const [some, others] of EXCLUSIVE) {
    const pool = some.includes(name) ? others : others.includes(name) ? some : [];
    const clash = before.find((other) => pool.includes(other));
    if (clash !== undefined) return `modifiers '${clash}' and '${name}' cannot be combined`;
  }
  return orderFault(name, before);
}

/** Modifiers apply in the order written: wildcards and placeholders cannot be put into encoded text. */
function orderFault(name: string, before: readonly string[]): string | undefined {
  const isEncoding = ENCODINGS.some((encoding) => encoding === name);
  const wildcards = before.find((other) => ANCHORS.some((anchor) => anchor === other));
  if (isEncoding && wildcards !== undefined) return `write '${name}' before '${wildcards}'`;
  const encoding = before.find((other) => ENCODINGS.some((each) => each === other));
  if ((name === 'expand' || name === 'windash') && encoding !== undefined) {
    return `write '${name}' before '${encoding}'`;
  }
  return undefined;
}

/** Keywords are looked for anywhere in the record, as text. */
function keywordFault(name: string): string | undefined {
  const fits = ['contains', 're', ...REGEX_FLAGS, ...FLAGS, ...ENCODINGS].includes(name);
  return fits ? undefined : `modifier '${name}' needs a field`;
}
