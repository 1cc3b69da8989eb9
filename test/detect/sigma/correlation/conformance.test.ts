import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { silentRules } from '../../../../shared/detect/sigma/correlation/index.ts';
import type { JsonValue } from '../../../../shared/json/json.ts';
import { sharedFile } from '../../../shared-data.ts';
import { load, Run } from './engine.ts';

interface Row {
  readonly source: string;
  readonly rules: string;
  readonly events: readonly {
    /** Seconds. */
    readonly t: number;
    readonly event: JsonValue;
    /** null: the test does not say. */
    readonly expectCorrelations: number | null;
  }[];
  readonly ref: readonly number[];
}

/**
 * Where the numbers of a row need a reading of their own. They count every correlation that fires at an event, those
 * that others refer to among them, which without `generate` make no findings; and they were written for an engine that
 * fires again at each event while the condition holds, where we fire once until the window has passed.
 */
const READINGS: Readonly<Record<string, string>> = {
  test_chaining_event_count_to_temporal:
    'the inner correlation fires at the third event and is counted, though only the outer one makes a finding',
};

const file = sharedFile('sigma/conformance-correlation.jsonl');

describe.skipIf(file === undefined)('the correlation cases of another engine', () => {
  const rows =
    file === undefined
      ? []
      : readFileSync(file, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Row);

  test.for(rows)('$source', (row) => {
    const loaded = load(row.rules);
    expect(loaded.faults.filter(({ severity }) => severity === 'error')).toEqual([]);
    const run = new Run(loaded);
    const fired = row.events.map(({ t, event }) => run.take({ time: t * 1000, event }).length);
    const wanted = row.events.map(({ expectCorrelations }, i) => expectCorrelations ?? fired[i]);
    expect(fired).toEqual(wanted);
  });

  test('no row needs us to fire twice in one window', () => {
    const twice = rows.filter(({ events }) => {
      const counts = events.map(({ expectCorrelations }) => expectCorrelations ?? 0);
      return counts.reduce((sum, count) => sum + count, 0) > 1;
    });
    expect(twice).toEqual([]);
  });

  test('only the rows that are said to count a correlation that makes no finding do so', () => {
    const silent = rows.filter(({ rules }) => {
      const { correlations, set } = load(rules);
      const unheard = silentRules(set.references);
      return correlations.some((correlation) => unheard.has(correlation));
    });
    expect(silent.map(({ source }) => source.split(' ').at(-1))).toEqual(Object.keys(READINGS));
  });
});
