import { list, moment, plural, shown, span, stretch, whole } from './baseline/words.ts';
import type { Explanation } from './memory.ts';
import type { Comparison, Correlation, Firing } from './sigma/correlation/index.ts';
import { tellExpression, titled } from './tell-expression.ts';

const DAY_MS = 86_400_000;

/** A firing in plain words, with the numbers that a person can count again. */
export function explainFiring(firing: Firing): Explanation {
  const { correlation, events, eventCount, joinedCount, group, end } = firing;
  const first = events[0] ?? end;
  const last = events.at(-1) ?? end;
  const seen = `${seenText(firing)} ${within(end.time - first.time)}`;
  const of = correlation.groupBy.map((field, i) => `${field} ${shown(group[i] ?? '')}`);
  const expected = expectedText(firing);
  const sentence = [
    `${of.length === 0 ? '' : `For ${list(of)}: `}${seen}, the last at ${moment(end.time)}.`,
    `Expected: ${expected}.`,
    ...(firing.kind === 'new'
      ? []
      : [`${plural(joinedCount, 'more event')} joined, the last at ${moment(firing.event.time)}.`]),
  ];
  return {
    sentence: sentence.join(' '),
    expected,
    seen,
    overEvents: eventCount,
    overDays: Math.round(((last.time - first.time) / DAY_MS) * 100) / 100,
    precedents: [first],
  };
}

function within(ms: number): string {
  return ms < 1_000 ? 'at once' : `within ${span(ms)}`;
}

/** How many events of which rules there were, and what they measure where that is something else. */
function seenText({ correlation, measured, stepCounts, stepTitles }: Firing): string {
  const told = stepTitles.flatMap((title, step) => {
    const count = stepCounts[step] ?? 0;
    return count === 0 ? [] : [`${whole(count)} × ${titled(title)}`];
  });
  const events = list(told);
  const number = Number.isInteger(measured) ? whole(measured) : String(Number(measured.toPrecision(6)));
  switch (correlation.type) {
    case 'event_count':
    case 'temporal':
      return events;
    case 'temporal_ordered':
      return `one after another ${events}`;
    case 'value_count':
      return `${number} different values of ${fieldsText(correlation)} in ${events}`;
    case 'value_sum':
    case 'value_avg':
    case 'value_median':
    case 'value_percentile':
      return `${noun(correlation)} is ${number} over ${events}`;
  }
}

/** What the condition would not have minded. */
function expectedText({ correlation, stepTitles }: Firing): string {
  const { condition, timespanMs, rules, type } = correlation;
  const window = `within ${stretch(timespanMs)}`;
  const order = type === 'temporal_ordered' ? ' in this order' : '';
  if (condition.kind === 'expression') {
    const titles = new Map(rules.map(({ reference }, i) => [reference, stepTitles[i] ?? reference]));
    return `never ${window}${order}: ${tellExpression(condition.expression, titles)}`;
  }
  // All of them, which is what a condition says that is not written.
  const [only] = condition.comparisons;
  const isAll = only?.operator === 'gte' && only.value === rules.length && condition.comparisons.length === 1;
  if (isAll && rules.length > 1 && type === 'temporal') {
    return `never together ${window}: ${list(stepTitles.map(titled))}`;
  }
  if (isAll && rules.length > 1 && type === 'temporal_ordered') {
    return `never ${window}${order}: ${list(stepTitles.map(titled))}`;
  }
  const limits = condition.comparisons.map(complement).join(' or ');
  switch (type) {
    case 'event_count':
      return `${limits} events ${window}`;
    case 'temporal':
      return `${limits} of its ${whole(rules.length)} rules ${window}`;
    case 'temporal_ordered':
      return `${limits} of its ${whole(rules.length)} rules ${window} in this order`;
    case 'value_count':
      return `${limits} different values of ${fieldsText(correlation)} ${window}`;
    case 'value_sum':
    case 'value_avg':
    case 'value_median':
    case 'value_percentile':
      return `${noun(correlation)} ${limits} ${window}`;
  }
}

function noun(correlation: Correlation): string {
  const field = fieldsText(correlation);
  const { condition } = correlation;
  const rank = condition.kind === 'measure' ? condition.percentile : undefined;
  switch (correlation.type) {
    case 'value_sum':
      return `the sum of ${field}`;
    case 'value_avg':
      return `the mean of ${field}`;
    case 'value_median':
      return `the median of ${field}`;
    default:
      return rank === undefined ? `the share of this ${field} in percent` : `percentile ${rank} of ${field}`;
  }
}

function fieldsText({ condition }: Correlation): string {
  return condition.kind === 'measure' ? list(condition.fields) : '';
}

function complement({ operator, value }: Comparison): string {
  const number = Number.isInteger(value) ? whole(value) : String(value);
  switch (operator) {
    case 'gte':
      return `fewer than ${number}`;
    case 'gt':
      return `at most ${number}`;
    case 'lte':
      return `more than ${number}`;
    case 'lt':
      return `at least ${number}`;
    case 'eq':
      return `other than ${number}`;
    case 'neq':
      return `exactly ${number}`;
  }
}
