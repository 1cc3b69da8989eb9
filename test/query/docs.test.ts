import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileFilter } from '../../shared/query/compile.ts';
import { renderFault } from '../../shared/query/fault.ts';
import { shortFields } from '../../shared/query/fields.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { type EventParts, subjectOf } from './events.ts';

const nowMs = Date.UTC(2026, 4, 1, 12);
const text = readFileSync(new URL('../../docs/query.md', import.meta.url), 'utf8');
const quiet: EventParts = { src_endpoint: { ip: '10.1.2.3' }, time: Date.UTC(2026, 3, 1), status_id: 1 };

/** For each question of the table of examples, an event that it finds. */
const found: Readonly<Record<string, EventParts>> = {
  'Who switched off an audit log?': { api: { operation: 'google.logging.v2.ConfigServiceV2.DeleteSink' } },
  'What failed for alice in the last day?': {
    actor: { user: { name: 'alice@example.com' } },
    status_id: 2,
    time: Date.UTC(2026, 4, 1, 10),
  },
  'What came from outside our network?': { src_endpoint: { ip: '203.0.113.9' } },
  'Everything about one image': {
    record: { image: `registry.example.com/shop@sha256:fedcba9${'0'.repeat(57)}` },
  },
  'Everything about one commit, by a short id': { record: { head_sha: `abcdef0${'1'.repeat(33)}` } },
  'Sign-ins without success': { class_uid: 3002, status_id: 2 },
  'Changes to one bucket, on any cloud': {
    resources: [{ uid: 'arn:aws:s3:::example-bucket' }],
    api: { operation: 'PutBucketPolicy' },
  },
  'Deployments to production of one repository': {
    resources: [
      { type: 'repository', name: 'example-org/shop' },
      { type: 'environment', name: 'production' },
    ],
  },
  'Use of the root user': { record: { userIdentity: { type: 'Root' } } },
  'What a rule found': { finding_info: { uid: 'f', analytic: { uid: 'audit-log-disabled', type_id: 1 } } },
  'Large requests': { unmapped: { sizeBytes: 1_000_001 } },
  'A morning': { time: Date.UTC(2026, 4, 1, 9) },
  'A word, wherever it stands': { record: { description: 'The customer master key of the shop' } },
};

function filterOf(expression: string) {
  const parsed = parseQuery(expression, { nowMs });
  if (!parsed.ok) throw new Error(renderFault(parsed.fault));
  return compileFilter(parsed.value);
}

const examples = [...text.matchAll(/^\| ([^|`]+) \| `([^`]+)` \|$/gm)].map(
  ([, question = '', expression = '']) => ({
    question,
    expression,
  }),
);

test('every question of the table has an event to find', () => {
  expect(examples.map(({ question }) => question)).toEqual(Object.keys(found));
});

test.each(examples)('$question', ({ question, expression }) => {
  const filter = filterOf(expression);
  expect(filter(subjectOf(found[question]))).toBe(true);
  expect(filter(subjectOf(quiet, 1))).toBe(false);
});

test('every expression in the text can be read', () => {
  const blocks = [...text.matchAll(/```query\n([^`]+)\n```/g)].map(([, expression = '']) => expression);
  const inline = [...text.matchAll(/`((?:[a-z_.[\]]+):[^`\s][^`]*|"[^`]+")`/g)].map(
    ([, expression = '']) => expression,
  );
  expect(blocks.length + inline.length).toBeGreaterThan(20);
  for (const expression of [...blocks, ...inline]) {
    if (!/^(field|arn):/.test(expression)) filterOf(expression);
  }
});

test('the fault in the text is the fault that is shown', () => {
  const [, expression = '', shown = ''] = /```fault\n([^`]+)\n```\n\n```text\n([^`]+)\n```/.exec(text) ?? [];
  const parsed = parseQuery(expression, { nowMs });
  expect(parsed.ok ? '' : renderFault(parsed.fault)).toBe(shown);
});

test('the table of short names is the table of the code', () => {
  for (const { name, summary, paths } of shortFields) {
    expect(text).toContain(`| \`${name}\` | ${summary} | ${paths.map((path) => `\`${path}\``).join(', ')} |`);
  }
});
