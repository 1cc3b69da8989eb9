import { fail, ok, type Result } from '../../result.ts';
import type { ItemContext, Predicate } from './compile-item.ts';
import { type Encoded, encode } from './encode.ts';
import type { PlacedFault, Plan } from './modifier.ts';
import { compilePattern, type Pattern, type TextTest } from './pattern.ts';
import type { Item, ItemValue } from './rule.ts';
import { mapLiterals, parseSigmaString, plainText, type SigmaString } from './sigma-string.ts';
import { dashVariants, foldDashes, foldDashesIn } from './windash.ts';

/** What the values of an item ask for, gathered so that a field is tested against all of them in one pass. */
interface Wanted {
  readonly exact: ReadonlySet<string>;
  readonly tests: readonly TextTest[];
  readonly isNull: boolean;
  readonly isPresent: boolean;
}

/** Compiles plain values and those under string modifiers, of a field or as keywords. */
export function compileValues(item: Item, plan: Plan, context: ItemContext): Result<Predicate, PlacedFault> {
  const patterns: (readonly (Pattern | 'null')[])[] = [];
  for (const value of item.values) {
    const found = patternsOf(value, plan, item.field === undefined);
    if (!found.ok) return fail({ position: value.position, message: found.fault });
    patterns.push(found.value);
  }
  const slot = item.field === undefined ? undefined : context.slotOf(item.field);
  const groups = plan.all ? patterns : [patterns.flat()];
  const predicates = groups.map((group) => {
    const wanted = gather(group, plan.windash);
    return slot === undefined
      ? keywordPredicate(wanted, plan.cased)
      : fieldPredicate(slot, wanted, plan.cased);
  });
  const [only] = predicates;
  return ok(
    only !== undefined && predicates.length === 1
      ? only
      : (view) => predicates.every((predicate) => predicate(view)),
  );
}

function gather(patterns: readonly (Pattern | 'null')[], windash: boolean): Wanted {
  const exact = new Set<string>();
  const tests: TextTest[] = [];
  for (const pattern of patterns) {
    if (pattern === 'null' || pattern.kind === 'present') continue;
    if (pattern.kind === 'exact') exact.add(pattern.text);
    else tests.push(pattern.test);
  }
  const isNull = patterns.includes('null');
  const isPresent = patterns.some((pattern) => pattern !== 'null' && pattern.kind === 'present');
  if (!windash) return { exact, tests, isNull, isPresent };
  const folded: TextTest = (text) => {
    const dashed = foldDashes(text);
    return exact.has(dashed) || tests.some((test) => test(dashed));
  };
  return { exact: new Set(), tests: [folded], isNull, isPresent };
}

function fieldPredicate(slot: number, wanted: Wanted, cased: boolean): Predicate {
  const { exact, tests, isNull, isPresent } = wanted;
  const [onlyTest] = tests;
  const needsTexts = exact.size > 0 || tests.length > 0;
  return (view) => {
    const field = view.field(slot);
    if (!field.present) return isNull;
    if ((isNull && field.hasNull) || (isPresent && field.hasValue)) return true;
    if (!needsTexts) return false;
    for (const text of cased ? field.texts() : field.lowers()) {
      if (exact.has(text) || onlyTest?.(text)) return true;
      if (tests.length > 1 && tests.some((test) => test(text))) return true;
    }
    return false;
  };
}

/** Keywords are compiled as `contains`, so that none of them is exact; `*` alone finds any record. */
function keywordPredicate(wanted: Wanted, cased: boolean): Predicate {
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
