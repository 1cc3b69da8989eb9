import { fail, ok, type Result } from '../../result.ts';
import { COST, type CompiledItem, type ItemContext, type Predicate } from './compiled-item.ts';
import { type Encoded, encode } from './encode.ts';
import type { EventView } from './event-view.ts';
import type { PlacedFault, Plan } from './modifier.ts';
import { compilePattern, type Pattern, type TextTest } from './pattern.ts';
import { isAscii } from './regex.ts';
import type { Item, ItemValue } from './rule.ts';
import { mapLiterals, parseSigmaString, plainText, type SigmaString } from './sigma-string.ts';
import { TextSet } from './text-set.ts';
import { dashVariants, foldDashes, foldDashesIn, withoutDashes } from './windash.ts';
import { everyOf, NO_WITNESS, someOf, type Witness, witnessOf } from './witness.ts';

/** What the values of an item ask for, gathered so that a field is tested against all of them in one pass. */
interface Wanted {
  readonly exact: TextSet;
  readonly tests: readonly TextTest[];
  readonly isNull: boolean;
  readonly isPresent: boolean;
}

/** Compiles plain values and those under string modifiers, of a field or as keywords. */
export function compileValues(
  item: Item,
  plan: Plan,
  context: ItemContext,
): Result<CompiledItem, PlacedFault> {
  const patterns: (readonly (Pattern | 'null')[])[] = [];
  for (const value of item.values) {
    const found = patternsOf(value, plan, item.field === undefined);
    if (!found.ok) return fail({ position: value.position, message: found.fault });
    patterns.push(found.value);
  }
  const slot = item.field === undefined ? undefined : context.slotOf(item.field);
  const groups = plan.all ? patterns : [patterns.flat()];
  const tests = groups.map((group) => {
    const wanted = gather(group, foldsDashes(plan));
    return slot === undefined ? keywordTest(wanted, plan.cased) : fieldTest(slot, wanted, plan.cased);
  });
  const [only] = tests;
  const isOne = only !== undefined && tests.length === 1;
  return ok({
    test: isOne ? only : (view) => tests.every((test) => test(view)),
    cost: slot === undefined ? COST.keyword : isOne ? COST.text : COST.texts,
    witness: everyOf(groups.map((group) => groupWitness(group, slot, plan))),
    // An event that lacks the field has no other way not to be null.
    refutation:
      slot !== undefined && groups.some((group) => group.includes('null'))
        ? witnessOf({ kind: 'present', slot })
        : NO_WITNESS,
  });
}

function groupWitness(
  patterns: readonly (Pattern | 'null')[],
  slot: number | undefined,
  plan: Plan,
): Witness {
  return someOf(patterns.map((pattern) => patternWitness(pattern, slot, plan)));
}

function patternWitness(pattern: Pattern | 'null', slot: number | undefined, plan: Plan): Witness {
  if (pattern === 'null') return NO_WITNESS;
  if (pattern.kind === 'present') return slot === undefined ? NO_WITNESS : present(slot);
  const isExact = pattern.kind === 'exact';
  const whole = isExact ? pattern.text : pattern.literal;
  // What is compared in its own case, or with other dashes, is found by the part of it that neither changes.
  const text = plan.cased && !isAscii(whole) ? '' : foldsDashes(plan) ? withoutDashes(whole) : whole;
  if (slot === undefined) return text === '' ? NO_WITNESS : witnessOf({ kind: 'keyword', text: lower(text) });
  if (isExact && !foldsDashes(plan) && (text !== '' || whole === ''))
    return witnessOf({ kind: 'exact', slot, text: lower(text) });
  return text === '' ? present(slot) : witnessOf({ kind: 'part', slot, text: lower(text) });
}

/** Before an encoding every variant was written out, and the encoded text may have a slash of its own. */
function foldsDashes({ windash, encodings }: Plan): boolean {
  return windash && encodings.length === 0;
}

function lower(text: string): string {
  return text.toLowerCase();
}

function present(slot: number): Witness {
  return witnessOf({ kind: 'present', slot });
}

function gather(patterns: readonly (Pattern | 'null')[], folds: boolean): Wanted {
  const exact = new Set<string>();
  const written: string[] = [];
  const tests: TextTest[] = [];
  for (const pattern of patterns) {
    if (pattern === 'null' || pattern.kind === 'present') continue;
    if (pattern.kind === 'test') tests.push(pattern.test);
    else {
      exact.add(pattern.text);
      written.push(pattern.written);
    }
  }
  const isNull = patterns.includes('null');
  const isPresent = patterns.some((pattern) => pattern !== 'null' && pattern.kind === 'present');
  if (!folds) return { exact: new TextSet(exact, written), tests, isNull, isPresent };
  const folded: TextTest = (text) => {
    const dashed = foldDashes(text);
    return exact.has(dashed) || tests.some((test) => test(dashed));
  };
  return { exact: new TextSet(new Set(), []), tests: [folded], isNull, isPresent };
}

/** From so many texts on, each wanted value is looked up among them, instead of each of them among the wanted. */
const TEXT_COUNT_MANY = 16;

function fieldTest(slot: number, wanted: Wanted, cased: boolean): Predicate {
  const { exact, tests, isNull, isPresent } = wanted;
  const needsTexts = exact.size > 0 || tests.length > 0;
  return (view) => {
    const only = cased || !needsTexts ? null : view.onlyText(slot);
    if (only !== null) return isPresent || passes(only, slot, { exact, tests }, view);
    const field = view.field(slot);
    if (!field.present) return isNull;
    if ((isNull && field.hasNull) || (isPresent && field.hasValue)) return true;
    if (!needsTexts) return false;
    const texts = cased ? field.texts() : field.lowers();
    const isMany = texts.length > TEXT_COUNT_MANY;
    if (isMany && isAny(exact, field.textSet(cased))) return true;
    return texts.some((text) => (!isMany && exact.hasLower(text)) || tests.some((test) => test(text)));
  };
}

/** The only text of a field against what is wanted of it. */
function passes(
  text: string,
  slot: number,
  { exact, tests }: Pick<Wanted, 'exact' | 'tests'>,
  view: EventView,
): boolean {
  if (exact.hasWritten(text)) return true;
  if (tests.length === 0 && !exact.mayHave(text)) return false;
  const lower = view.onlyLower(slot, text);
  if (exact.hasLower(lower)) return true;
  for (let i = 0; i < tests.length; i++) if ((tests[i] as TextTest)(lower)) return true;
  return false;
}

function isAny(wanted: TextSet, found: ReadonlySet<string>): boolean {
  for (const text of wanted) if (found.has(text)) return true;
  return false;
}

/** Keywords are compiled as `contains`, so that none of them is exact; `*` alone finds any record. */
function keywordTest(wanted: Wanted, cased: boolean): Predicate {
  return (view) => {
    if (wanted.isPresent) return true;
    const text = cased ? view.searchText() : view.searchLower();
    return wanted.tests.some((test) => test(text));
  };
}

function patternsOf(item: ItemValue, plan: Plan, isKeyword: boolean): Result<readonly (Pattern | 'null')[]> {
  const { value } = item;
  const isPlain = plan.anchor === 'whole' && plan.encodings.length === 0 && !plan.windash;
  if (value === null) {
    return isPlain && !isKeyword
      ? ok(['null'])
      : fail("expected a string, found null: it goes with no modifier but 'neq'");
  }
  if (typeof value === 'string') return stringPatterns(value, plan);
  if (plan.encodings.length > 0)
    return fail(`expected a string for '${plan.encodings[0]}', found ${item.source}`);
  // A number counts by its canonical text, and as it was written: 012345678901 is an account before it is a number.
  const texts = new Set([String(value), item.source]);
  return ok([...texts].map((text) => compilePattern([text], plan.anchor, plan.cased)));
}

function stringPatterns(text: string, plan: Plan): Result<readonly Pattern[]> {
  const value = parseSigmaString(text, plan.expand ? '%' : '');
  const dashed = plan.windash ? withDashes(value, plan.encodings.length > 0) : ok([value]);
  if (!dashed.ok) return dashed;
  let encoded: readonly Encoded[] = dashed.value.map((each) => ({ value: each, bytes: false }));
  for (const encoding of plan.encodings) {
    const next: Encoded[] = [];
    for (const each of encoded) {
      const made = encode(each, encoding);
      if (typeof made === 'string') return fail(made);
      next.push(...made);
    }
    encoded = next;
  }
  return ok(encoded.map((each) => compilePattern(each.value, plan.anchor, plan.cased)));
}

/** Texts are compared with their dashes made equal; before an encoding every variant must be written out. */
function withDashes(value: SigmaString, isEncoded: boolean): Result<readonly SigmaString[]> {
  if (!isEncoded) return ok([foldDashesIn(value)]);
  const text = plainText(value);
  if (text === undefined) return fail('a value for an encoding cannot have wildcards: escape them');
  const variants = dashVariants(text);
  if (variants === undefined)
    return fail("a value with more than four dashes cannot be encoded after 'windash'");
  return ok(variants.map((variant) => mapLiterals([variant], (literal) => literal)));
}
