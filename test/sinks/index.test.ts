import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parseSettings } from '../../cli/settings.ts';
import { sinks } from '../../shared/sinks/index.ts';

const docs = readFileSync(new URL('../../docs/sinks.md', import.meta.url), 'utf8');

const GOOD: Readonly<Record<string, readonly object[]>> = {
  slack: [
    { token: 'env:SLACK_TOKEN', channel: '#alerts' },
    { token: 'env:SLACK_TOKEN', channel: 'C0123456789', signingSecret: 'file:/run/secrets/slack' },
    { webhook: 'env:SLACK_WEBHOOK' },
  ],
  pagerduty: [{ routingKey: 'env:PAGERDUTY_KEY' }, { routingKey: 'env:PAGERDUTY_KEY', region: 'eu' }],
  webhook: [{ url: 'https://example.com/hook', signingSecrets: ['env:NEW', 'env:OLD'], source: '/eu' }],
};

const BAD: Readonly<Record<string, readonly object[]>> = {
  slack: [
    {},
    { token: 'env:SLACK_TOKEN' },
    { token: 'env:SLACK_TOKEN', channel: 'two words' },
    { token: 'env:T', channel: '#a', webhook: 'env:W' },
    { webhook: 'env:W', colour: 'red' },
  ],
  pagerduty: [{}, { routingKey: 'env:PAGERDUTY_KEY', region: 'mars' }, { routingKey: 1 }],
  webhook: [{ url: 'https://example.com' }, { url: 'https://example.com', signingSecrets: [] }],
};

describe.for(sinks.map((sink) => [sink.id, sink] as const))('%s', ([id, sink]) => {
  const isValid = new Ajv2020({ strict: true, formats: { uri: true } }).compile(sink.schema);

  test('has a schema that takes its settings and no others', () => {
    for (const settings of GOOD[id] ?? []) expect([settings, isValid(settings)]).toEqual([settings, true]);
    for (const settings of BAD[id] ?? []) expect([settings, isValid(settings)]).toEqual([settings, false]);
    expect(GOOD[id]?.length).toBeGreaterThan(0);
  });

  test('names secrets that are settings of it', () => {
    const { properties } = sink.schema as { properties: object };
    expect(Object.keys(properties)).toEqual(expect.arrayContaining([...sink.secrets]));
  });

  test('has a row and a section in the documentation, with each of its settings', () => {
    const { properties } = sink.schema as { properties: object };
    expect(docs).toMatch(new RegExp(`^\\| \\[${id}\\]`, 'm'));
    for (const name of Object.keys(properties)) expect(docs).toContain(`\`${name}\``);
  });
});

test('the example of the documentation is a file of settings that is taken', () => {
  const [, example = ''] = /```yaml\n(sinks:\n[\s\S]*?)```/.exec(docs) ?? [];
  const { sinks: named = {}, routes = [] } = parseSettings(example, 'docs/sinks.md');
  expect(Object.values(named).map(({ type }) => type)).toEqual(sinks.map(({ id }) => id));
  expect(routes).toHaveLength(3);
});

test('sinks have names of their own', () => {
  expect(sinks.map(({ id }) => id)).toEqual(['slack', 'pagerduty', 'webhook']);
});
