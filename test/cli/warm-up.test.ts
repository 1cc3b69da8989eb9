import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolders } from '../temporary-folder.ts';
import { cloudTrailRecord } from './support/roads.ts';
import { call } from './support/trailproof.ts';

const folders = temporaryFolders();
const START = Date.parse('2026-03-02T09:00:00Z');

const RULE = `title: Odd Call
id: odd-call
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: OddCallOfThisTest}, condition: s}
level: low
`;

const BASELINE = `---
title: Odd Call From Elsewhere
id: odd-call-from-elsewhere
level: high
baseline: {type: new_value, rules: [odd-call], group-by: [], field: [sourceIPAddress], learning: 1d, min-events: 3}
`;

test('a baseline that is added to a trail with a history knows at once what is usual, and says so', async () => {
  const folder = folders();
  const data = join(folder, 'data');
  const rules = join(folder, 'odd.yml');
  const config = join(folder, 'settings.yaml');
  mkdirSync(folder, { recursive: true });
  writeFileSync(config, `rules: [${rules}]\n`);
  const ingest = async (days: readonly number[], address: string) => {
    const records = days.map((day) =>
      cloudTrailRecord(day, {
        eventName: 'OddCallOfThisTest',
        eventTime: new Date(START + day * 86_400_000).toISOString(),
        sourceIPAddress: address,
      }),
    );
    const file = join(folder, `${days[0]}.json`);
    writeFileSync(file, JSON.stringify({ Records: records }));
    return call(['ingest', file, '--data', data, '--config', config]);
  };
  const found = async () => {
    const { out } = await call(['findings', '--data', data, '--config', config, '--output', 'json']);
    return (JSON.parse(out) as { rule: string; staged?: boolean }[]).filter(({ rule }) =>
      JSON.stringify(rule).includes('Elsewhere'),
    );
  };
  writeFileSync(rules, RULE);
  expect((await ingest([1, 2, 3, 4], '203.0.113.1')).err).toBe('');
  // Had the baseline been there, this would have been a finding.
  await ingest([5], '203.0.113.2');

  writeFileSync(rules, RULE + BASELINE);
  const first = await ingest([6], '203.0.113.2');
  expect(first.err.replaceAll(/\s+/g, ' ')).toMatch(
    /1 rule that remembers is new or changed: Odd Call From Elsewhere\. It has learnt from \d+ entries on the trail/,
  );
  expect(await found()).toEqual([]);
  expect((await ingest([7], '203.0.113.3')).err).toBe('');
  expect(await found()).toHaveLength(1);
});
