import { list, moment, plural, shown, span, stretch, whole } from './baseline/words.ts';
import type { Explanation } from './memory.ts';
import type { Comparison, Correlation, Firing } from './sigma/correlation/index.ts';

const DAY_MS = 86_400_000;

/** A firing in plain words, with the numbers that a person can count again. */
export function explainFiring(firing: Firing): Explanation {
  const { correlation, events, eventCount, joinedCount, group } = firing;
  const first = events[0] ?? firing.end;
  const last = events.at(-1) ?? firing.end;
  const seen = `${measuredText(firing)} ${within(firing.end.time - first.time)}`;
  const of = correlation.groupBy.map((field, i) => `${field} ${shown(group[i] ?? '')}`);
  const about = of.length === 0 ? '' : ` for ${list(of)}`;
  const expected = expectedText(correlation);
  const parts = [
    `Seen${about}: ${seen}, up to ${moment(firing.end.time)}; expected: ${expected}.`,
    ...stepsText(firing),
    ...(firing.kind === 'new'
      ? []
      : [`${plural(joinedCount, 'more event')} joined since, the last at ${moment(firing.event.time)}.`]),
  ];
  return {
    sentence: parts.join(' '),
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

function measuredText({ correlation, measured, eventCount, joinedCount }: Firing): string {
  const count = eventCount - joinedCount;
  if (correlation.condition.kind === 'expression') return plural(count, 'event');
  const number = Number.isInteger(measured) ? whole(measured) : String(Number(measured.toPrecision(6)));
  const over = `over ${plural(count, 'event')}`;
  switch (correlation.type) {
    case 'event_count':
      return plural(measured, 'event');
    case 'temporal':
      return `${number} of ${plural(correlation.rules.length, 'rule')} matched`;
    case 'temporal_ordered':
      return `${number} of ${plural(correlation.rules.length, 'rule')} matched one after another`;
    case 'value_count':
      return `${number} different values of ${fieldsText(correlation)} in ${plural(count, 'event')}`;
    case 'value_sum':
    case 'value_avg':
    case 'value_median':
    case 'value_percentile':
      return `${noun(correlation)} is ${number} ${over}`;
  }
}

/** What the condition would not have minded. */
function expectedText(correlation: Correlation): string {
  const { condition, timespanMs } = correlation;
  const window = `within ${stretch(timespanMs)}`;
  if (condition.kind === 'expression') return `not what the condition asks for ${window}`;
  const limits = condition.comparisons.map(complement).join(' or ');
  switch (correlation.type) {
    case 'event_count':
      return `${limits} events ${window}`;
    case 'temporal':
    case 'temporal_ordered':
      return `${limits} of its rules ${window}`;
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

/** Of which rules the events were, where there are several. */
function stepsText({ correlation: { rules }, stepCounts, stepTitles }: Firing): readonly string[] {
  if (rules.length < 2) return [];
  const told = stepTitles.flatMap((title, step) => {
    const count = stepCounts[step] ?? 0;
    return count === 0 ? [] : [`${whole(count)} of "${title.replaceAll('"', "'")}"`];
  });
  return [`There were ${list(told)}.`];
}
