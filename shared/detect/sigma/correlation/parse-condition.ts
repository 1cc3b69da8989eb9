import { parseCondition } from '../condition.ts';
import { further, quote, type Report } from '../fault.ts';
import { stringList } from '../parse-attribute.ts';
import { describe, entryOf, type YamlEntry, type YamlMap, type YamlScalar } from '../yaml.ts';
import { COUNT_MAX } from './bounds.ts';
import {
  type Comparison,
  type CorrelationCondition,
  type CorrelationType,
  OPERATORS,
  type RuleReference,
} from './correlation.ts';
import { canBe, canHold } from './possible.ts';

interface Context {
  readonly type: CorrelationType;
  readonly rules: readonly RuleReference[];
  readonly report: Report;
}

const FIELD_COUNT_MAX = 8;
/** An expression over an order is judged over every combination of its rules. */
const ORDERED_EXPRESSION_RULE_COUNT_MAX = 10;

/** Reads the `condition` of a correlation; undefined after a fault was reported. */
export function readCondition(
  map: YamlMap,
  body: YamlEntry,
  context: Context,
): CorrelationCondition | undefined {
  const entry = entryOf(map, 'condition');
  if (entry === undefined) {
    if (isTemporal(context.type)) return allOf(context.rules);
    context.report.error(body.position, 'expected a condition, such as {gte: 10}');
    return undefined;
  }
  const { value } = entry;
  if (value.kind === 'map') return readMeasure(value, entry, context);
  if (isTemporal(context.type) && value.kind === 'scalar' && typeof value.value === 'string') {
    return readExpression(value, context);
  }
  const also = isTemporal(context.type) ? ', or an expression over its rules' : '';
  context.report.error(
    entry.position,
    `expected a map with one of ${OPERATORS.join(', ')}${also}, found ${describe(value)}`,
  );
  return undefined;
}

/** Without a condition every rule must have matched. */
function allOf(rules: readonly RuleReference[]): CorrelationCondition {
  const comparisons = [{ operator: 'gte', value: rules.length } as const];
  return { kind: 'measure', comparisons, fields: [], percentile: undefined };
}

function readExpression(
  node: YamlScalar,
  { type, rules, report }: Context,
): CorrelationCondition | undefined {
  const position = further(node.position, node.textOffset);
  if (type === 'temporal_ordered' && rules.length > ORDERED_EXPRESSION_RULE_COUNT_MAX) {
    report.error(
      position,
      `expected at most ${ORDERED_EXPRESSION_RULE_COUNT_MAX} rules beside an expression`,
    );
    return undefined;
  }
  const names = rules.map(({ reference }) => reference);
  const text = String(node.value);
  const expression = parseCondition(text, names, { position, report });
  if (expression === undefined) return undefined;
  if (names.length <= ORDERED_EXPRESSION_RULE_COUNT_MAX && !canHold(expression, names)) {
    report.error(
      position,
      'expected a condition that can become true: it is judged when one of its rules matches',
    );
    return undefined;
  }
  return { kind: 'expression', expression, text };
}

function readMeasure(map: YamlMap, entry: YamlEntry, context: Context): CorrelationCondition | undefined {
  const { type, report } = context;
  const comparisons = map.entries.flatMap((each) => readComparison(each, context));
  if (comparisons.length === 0) {
    report.error(entry.position, `expected a condition with one of ${OPERATORS.join(', ')}`);
    return undefined;
  }
  const fields = stringList(map, 'field', report);
  const wanted = fieldCount(type);
  if (fields.length < wanted.min || fields.length > wanted.max) {
    const at = entryOf(map, 'field')?.position ?? entry.position;
    report.error(at, `expected ${wanted.says} in a ${type} condition, found ${fields.length || 'none'}`);
    return undefined;
  }
  const most = isTemporal(type) ? context.rules.length : COUNT_MAX + 1;
  if (!canBe(comparisons, isCounted(type) ? { from: 1, to: most } : undefined)) {
    const range = isTemporal(type) ? `: it is about 1 to ${most} rules` : ': there is always one event';
    const why = isCounted(type) ? range : '';
    report.error(entry.position, `expected a condition that can become true${why}`);
    return undefined;
  }
  const percentile = readPercentile(map, context);
  if (type === 'value_percentile' && entryOf(map, 'percentile') === undefined) {
    report.warning(
      entry.position,
      'without a percentile, what is compared is the share of the events that have the same value, in percent',
    );
  }
  return { kind: 'measure', comparisons, fields, percentile };
}

function isTemporal(type: CorrelationType): boolean {
  return type === 'temporal' || type === 'temporal_ordered';
}

/** Whether what is measured is a whole number from 1 on. */
function isCounted(type: CorrelationType): boolean {
  return fieldCount(type).max !== 1;
}

function fieldCount(type: CorrelationType): { min: number; max: number; says: string } {
  switch (type) {
    case 'event_count':
    case 'temporal':
    case 'temporal_ordered':
      return { min: 0, max: 0, says: 'no field' };
    case 'value_count':
      return { min: 1, max: FIELD_COUNT_MAX, says: `1 to ${FIELD_COUNT_MAX} fields` };
    case 'value_sum':
    case 'value_avg':
    case 'value_percentile':
    case 'value_median':
      return { min: 1, max: 1, says: 'one field' };
  }
}

function readComparison({ key, position, value }: YamlEntry, { type, report }: Context): Comparison[] {
  if (key === 'field' || key === 'percentile') return [];
  const operator = OPERATORS.find((each) => each === key);
  if (operator === undefined) {
    report.error(
      position,
      `expected one of ${OPERATORS.join(', ')}, field or percentile, found ${quote(key)}`,
    );
    return [];
  }
  if (value.kind !== 'scalar' || typeof value.value !== 'number' || !Number.isFinite(value.value)) {
    report.error(value.position, `expected ${key} to be a number, found ${describe(value)}`);
    return [];
  }
  if (isCounted(type) && value.value > COUNT_MAX) {
    report.error(value.position, `expected at most ${COUNT_MAX}, which are remembered of a group`);
    return [];
  }
  return [{ operator, value: value.value }];
}

function readPercentile(map: YamlMap, { type, report }: Context): number | undefined {
  const entry = entryOf(map, 'percentile');
  if (entry === undefined) return type === 'value_median' ? 50 : undefined;
  const value = entry.value.kind === 'scalar' ? entry.value.value : undefined;
  if (type !== 'value_percentile') {
    report.error(entry.position, `expected no percentile in a ${type} condition`);
  } else if (typeof value !== 'number' || !(value >= 0 && value <= 100)) {
    report.error(entry.value.position, `expected a percentile from 0 to 100, found ${describe(entry.value)}`);
  } else {
    return value;
  }
  return undefined;
}
