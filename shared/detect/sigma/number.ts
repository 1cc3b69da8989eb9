import { parseTime } from '../../ocsf/time.ts';
import { fail, ok, type Result } from '../../result.ts';
import { COST, type CompiledItem, type ItemContext, needingField } from './compiled-item.ts';
import { quote } from './fault.ts';
import type { PlacedFault, Plan } from './modifier.ts';
import type { Item } from './rule.ts';
import { type TimePart, timePart } from './time-part.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

type NumberTest = (found: number) => boolean;

/** Compiles `lt lte gt gte` and the parts of a time: a number of the field against numbers of the rule. */
export function compileNumbers(
  item: Item,
  plan: Plan,
  context: ItemContext,
): Result<CompiledItem, PlacedFault> {
  const tests: NumberTest[] = [];
  for (const { value, source, position } of item.values) {
    const wanted = typeof value === 'number' ? value : numberOf(typeof value === 'string' ? value : '');
    if (wanted === undefined || !Number.isFinite(wanted)) {
      return fail({ position, message: `expected a number, found ${quote(source)}` });
    }
    tests.push(testOf(plan.comparison, wanted));
  }
  const slot = context.slotOf(item.field ?? '');
  const read = plan.timePart === undefined ? numberOf : partReader(plan.timePart);
  return ok(
    needingField(
      slot,
      (view) => {
        const numbers = view.field(slot).texts().map(read);
        const matches = (test: NumberTest) => numbers.some((found) => found !== undefined && test(found));
        return plan.all ? tests.every(matches) : tests.some(matches);
      },
      COST.number,
    ),
  );
}

function testOf(comparison: Plan['comparison'], wanted: number): NumberTest {
  switch (comparison) {
    case 'lt':
      return (found) => found < wanted;
    case 'lte':
      return (found) => found <= wanted;
    case 'gt':
      return (found) => found > wanted;
    case 'gte':
      return (found) => found >= wanted;
    case undefined:
      return (found) => found === wanted;
  }
}

function numberOf(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined;
}

function partReader(part: TimePart): (text: string) => number | undefined {
  return (text) => {
    const time = parseTime(text);
    return time === undefined ? undefined : timePart(time.ms, part);
  };
}
