import { describe, expect, test } from 'vitest';
import { checkRules } from '../../shared/detect/check.ts';
import { openRuleBook } from '../../shared/detect/rule-book.ts';
import type { RuleFolder } from '../../shared/detect/rule-folder.ts';
import { formatFault } from '../../shared/detect/sigma/index.ts';
import { cloudTrail, logsources, readEvents, STOP_LOGGING } from './events.ts';

const RUNBOOK = `---
title: Logging was stopped
owner: security
severity: page
tested: 2026-01-02
---

## Is this real?

1. Ask {{ event.actor.user.name }}.

\`\`\`sh
npx trailproof query 'actor:{{ event.actor.user.name }}'
\`\`\`

## Contain

\`\`\`sh changes
aws iam delete-login-profile --user-name={{ record.userIdentity.userName }}
\`\`\`

## Recover

Turn it on.

## Tell

The owner.
`;

const RULE = STOP_LOGGING.replace('  - attack.t1562.008\n', '  - attack.t1562.008\n  - owasp.cicd-sec-10\n');

type Edit = (text: string) => string;
const same: Edit = (text) => text;

function folder({ rule = same, runbook = same }: { rule?: Edit; runbook?: Edit } = {}): RuleFolder {
  return {
    name: 'audit-logging-stopped',
    rule: { path: 'r/rule.yml', text: rule(RULE) },
    runbook: { path: 'r/runbook.md', text: runbook(RUNBOOK) },
    match: [{ path: 'r/match/stop.json', text: cloudTrail('StopLogging').raw }],
    ignore: [{ path: 'r/ignore/start.json', text: cloudTrail('StartLogging').raw }],
  };
}

const faults = (...folders: readonly RuleFolder[]) =>
  checkRules(folders, { logsources, read: readEvents }).faults.map(formatFault);

describe('checking rules', () => {
  test('says nothing of a rule that is well made', () => {
    expect(faults(folder())).toEqual([]);
  });

  test.for([
    ['author: Alice Example\n', '', 'expected author'],
    ['id: 6e6f1e5e-6d3b-4a7e-9a53-0d6d6c1f2a01', 'id: rule-1', 'expected id to be a random UUID'],
    ['title: Logging', 'title: logging', 'expected a title that begins with a capital'],
    ['date: 2026-01-02', 'date: 2026/01/02', 'expected dates as YYYY-MM-DD'],
    ['attack.t1562.008', 'attack.nonsense', 'unknown tag attack.nonsense'],
    ['  - owasp.cicd-sec-10\n', '', 'expected a tag owasp.cicd-sec'],
    ['owasp.cicd-sec-10', 'owasp.cicd-sec-11', 'unknown tag owasp.cicd-sec-11'],
    ['fields: [userIdentity.arn, requestParameters.name, absent]\n', '', 'expected fields'],
    ['stage: live', 'stage: loud', "expected trailproof.stage to be 'staged' or 'live'"],
    ['window: 30m', 'window: 8d', 'expected trailproof.window to be a time'],
    ['family: audit-logging-stopped', 'family: other', "expected trailproof.family to be the folder's name"],
    ['group-by:', 'group_by:', 'unknown member trailproof.group_by'],
    ['group-by: [actor.user.name]', 'group-by: actor', 'expected trailproof.group-by to be a list'],
    ['level: high\n', '', 'expected level'],
    ['{product: aws, service: cloudtrail}', '{}', 'expected logsource with a product'],
  ] as const)('lints: %j -> %j is %s', ([from, to, message]) => {
    const found = faults(folder({ rule: (text) => text.replace(from, to) }));
    expect(found.join('\n')).toContain(message);
    expect(found[0]).toMatch(/^r\/rule\.yml:1:1: error: /);
  });

  test.for([
    [{ match: [] }, 'r/rule.yml:1:1: error: expected events that match, under match/'],
    [{ ignore: [] }, 'r/rule.yml:1:1: error: expected events that must not match, under ignore/'],
    [{ runbook: undefined }, 'r/rule.yml:1:1: error: expected a runbook.md beside the rule'],
    [
      { match: [{ path: 'r/match/x.json', text: cloudTrail('StartLogging').raw }] },
      'r/match/x.json:1:1: error: expected a rule of audit-logging-stopped to match, and none does',
    ],
    [
      { ignore: [{ path: 'r/ignore/x.json', text: cloudTrail('StopLogging').raw }] },
      "r/ignore/x.json:1:1: error: expected no rule to match, and 'Logging Stopped' does",
    ],
    [
      { ignore: [{ path: 'r/ignore/x.json', text: '{"a":1}' }] },
      'r/ignore/x.json:1:1: error: expected an event that a source can read, found none',
    ],
  ] as const)('tests: %#', ([change, message]) => {
    expect(faults({ ...folder(), ...(change as Partial<RuleFolder>) })).toContain(message);
  });

  test('every rule of a folder needs an event that shows it', () => {
    const second = RULE.replace('6e6f1e5e', '7e6f1e5e')
      .replace('StopLogging', 'DeleteTrail')
      .replace('Logging Stopped', 'Trail Deleted');
    const line = RULE.split('\n').length + 1;
    expect(faults(folder({ rule: (text) => `${text}---\n${second}` }))).toEqual([
      `r/rule.yml:${line}:1: error: no event under match/ shows that 'Trail Deleted' matches`,
    ]);
  });

  test('an id is taken once over all folders, and a broken rule is told with its place', () => {
    expect(faults(folder(), folder()).join('\n')).toContain('is taken by r/rule.yml:1');
    expect(
      faults(
        folder({ rule: (text) => text.replace('{eventName: StopLogging}', "{'eventName|re': '['}") }),
      )[0],
    ).toMatch(/^r\/rule\.yml:16:\d+: error: not a regular expression/);
  });

  test.for([
    ['owner: security\n', '', 'expected owner in the front matter'],
    ['## Tell', '## Say', 'expected the sections Is this real?, Contain, Recover, Tell'],
    [
      '{{ event.actor.user.name }}.',
      '{{ event.actor.user.shoe }}.',
      '{{ event.actor.user.shoe }} has no value in stop.json',
    ],
    ['{{ event.actor.user.name }}.', '{{ user }}.', 'expected {{ event.… }}'],
    ["query 'actor:{{ event.actor.user.name }}'", 'doctor', "expected a 'trailproof query' command"],
    ["'actor:{{ event.actor.user.name }}'", "'product:github'", 'unknown field "product"'],
    [
      'actor:{{ event.actor.user.name }}',
      '{{ event.actor.user.name }} AND (',
      'the question cannot be asked',
    ],
    ['--user-name={{', '--user-name {{', 'could be read as an option'],
    [
      '--user-name={{ record.userIdentity.userName }}',
      '--user-name="{{ record.userIdentity.userName }}"',
      'inside double quotes',
    ],
    ['```sh\nnpx', '```sh changes\nnpx', 'never the first step'],
  ] as const)('checks the runbook: %j -> %j is %s', ([from, to, message]) => {
    const found = faults(folder({ runbook: (text) => text.replace(from, to) }));
    expect(found.join('\n')).toContain(message);
    expect(found[0]).toMatch(/^r\/runbook\.md:\d+:\d+: error: /);
  });

  test('a fault in a runbook is told with line and column', () => {
    const [fault] = faults(
      folder({ runbook: (text) => text.replace('Ask {{ event.actor.user.name }}', 'Ask {{ event.shoe }}') }),
    );
    expect(fault).toMatch(/^r\/runbook\.md:10:8: /);
  });
});

test('a rule book has the rules at work, each with the runbook beside it', () => {
  const loose = { path: 'loose.yml', text: RULE.replace('6e6f1e5e', '8e6f1e5e') };
  const book = openRuleBook(
    { folders: [folder()], files: [loose, { path: 'bad.yml', text: 'title: x' }] },
    { logsources },
  );
  expect(book.detector.rules.map((rule) => rule.id?.slice(0, 8))).toEqual(['6e6f1e5e', '8e6f1e5e']);
  expect([...book.runbooks].map(([id, runbook]) => [id.slice(0, 8), runbook.title])).toEqual([
    ['6e6f1e5e', 'Logging was stopped'],
  ]);
  expect(book.faults.map(({ file }) => file)).toEqual(['bad.yml']);
});
