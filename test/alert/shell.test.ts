import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRunbook } from '../../shared/alert/check-runbook.ts';
import { fillBlock, fillRunbook } from '../../shared/alert/fill.ts';
import { parseRunbook } from '../../shared/alert/runbook.ts';
import { shellPlace } from '../../shared/alert/shell.ts';
import { inert } from '../../shared/inert.ts';
import { anyHostile, HOSTILE } from '../sinks/hostile.ts';

const command = (text: string) => ({ kind: 'command', text }) as const;
const situation = (a: string) => ({ source: 'aws.cloudtrail', event: {}, record: { a } });
const fill = (text: string, value: string) => fillBlock(command(text), situation(value));

describe('a place in a command is', () => {
  test.for([
    ['x --a=@', 'bare'],
    [`x '@'`, 'single'],
    [`x 'a'@`, 'bare'],
    [`x "@"`, 'double'],
    [`x "it's @"`, 'double'],
    [`x "'@'"`, 'double'],
    [`x 'say "@"'`, 'single'],
    [`x 'a' "b" @`, 'bare'],
    [`x \\'@`, 'bare'],
    [`x \\@`, 'other'],
    [`x $'@'`, 'other'],
    ['x `y @`', 'other'],
    ['x $(y --a=@)', 'bare'],
    ['x "$(y --a=@)"', 'bare'],
    ['x "$(y "@")"', 'double'],
    [`x 'first\nsecond @'`, 'single'],
    ['x <<END\n@\nEND', 'other'],
    ['x \\\n  --a=@', 'bare'],
  ] as const)('%s: %s', ([text, place]) => {
    expect(shellPlace(text.replace('@', ''), text.indexOf('@'))).toBe(place);
  });
});

describe('a value is never put', () => {
  test.for([
    [`x "{{ record.a }}"`],
    [`x "it's {{ record.a }}"`],
    ['x `y {{ record.a }}`'],
    [`x $'{{ record.a }}'`],
    ['x \\{{ record.a }}'],
    ['x <<END\n{{ record.a }}\nEND'],
    [`sh -c 'echo {{ record.a }}'`],
    [`kubectl exec pod -- bash -c 'echo {{ record.a }}'`],
    [`aws x | xargs -I@ sh -c 'y {{ record.a }}'`],
    [`aws x \\\n  | python3 -c 'print({{ record.a }})'`],
    [`eval --x={{ record.a }}`],
  ])('where a shell or another program would read it: %s', ([text = '']) => {
    const filled = fill(text, '$(reboot)');
    expect(filled).toEqual({ text, unresolved: ['{{ record.a }}'] });
  });

  test.for([
    ['aws cloudtrail get-trail-status --name={{ record.a }}', 'file:///home/me/.ssh/id_ed25519'],
    ['aws cloudtrail get-trail-status --name={{ record.a }}', 'fileb://x'],
    ['aws cloudtrail get-trail-status --name={{ record.a }}', 'https://169.254.169.254/latest'],
    ['az ad user show --id={{ record.a }}', '@/home/me/.azure/token'],
    ['gh api --method=DELETE orgs/{{ record.a }}/memberships/x', '../repos/acme/shop'],
    ['gh api --method=DELETE orgs/acme/memberships/{{ record.a }}', 'x/../../../repos/acme/shop'],
    ['gh api --method=DELETE orgs/acme/memberships/{{ record.a }}', '..'],
    ['gh api repos/{{ record.a }}/keys', 'a/b/c'],
    ['curl https://api.example.com/users/{{ record.a }}', '/etc'],
  ] as const)('where it would be a file, or another resource: %s %s', ([text, value]) => {
    expect(fill(text, value)).toEqual({ text, unresolved: ['{{ record.a }}'] });
  });

  test('as half of a path that it ends', () => {
    const words = (text: string, value: string) => fill(text, value).text;
    expect(words('gh api repos/{{ record.a }}/keys', 'acme/shop')).toBe(`gh api repos/'acme/shop'/keys`);
    expect(words('gh api orgs/x/memberships/{{ record.a }}', 'y?role=admin#z')).toBe(
      `gh api orgs/x/memberships/'y%3Frole%3Dadmin%23z'`,
    );
    expect(words('gh api repos/acme/shop/commits/{{ record.a }}', 'refs/heads/main')).toBe(
      `gh api repos/acme/shop/commits/'refs%2Fheads%2Fmain'`,
    );
    expect(words('gh api repos/acme/shop/git/{{ record.a }}', 'refs/tags/v1 x')).toBe(
      `gh api repos/acme/shop/git/'refs/tags/v1%20x'`,
    );
    expect(words('gh run list --repo={{ record.a }}', 'acme/shop')).toBe(`gh run list --repo='acme/shop'`);
    expect(words('gh run watch -- {{ record.a }}', '7')).toBe(`gh run watch -- '7'`);
  });
});

describe('the lint of runbooks', () => {
  const bookOf = (line: string) => `---
title: T
owner: O
severity: s
tested: 2026-01-02
---

## Is this real?

\`\`\`sh
npx trailproof query 'actor:x'
\`\`\`

\`\`\`sh
${line}
\`\`\`

## Contain
## Recover
## Tell
`;
  const faults = (line: string, value = 'alice') =>
    checkRunbook(bookOf(line), 'runbook.md', [{ ...situation(value), name: 'match/one.json' }]).map(
      ({ message }) => message,
    );

  test.for([
    ['x --a={{ record.a }}', []],
    ['x -- {{ record.a }}', []],
    [
      'x {{ record.a }}',
      ['{{ record.a }} could be read as an option: write --name={{ … }}, or -- before it'],
    ],
    [`x "it's {{ record.a }}"`, ['{{ record.a }} cannot be quoted inside double quotes']],
    [
      'x `y --a={{ record.a }}`',
      ["{{ record.a }} cannot be quoted there: write it without backquotes, backslashes, $'…' and <<"],
    ],
    [
      `bash -c 'x {{ record.a }}'`,
      [
        '{{ record.a }} would be read again by another shell or interpreter on its line: write a command without one',
      ],
    ],
  ] as const)('%s', ([line, expected]) => {
    expect(faults(line)).toEqual(expected);
  });

  test('finds a match event whose value could not be filled in', () => {
    expect(faults('az x --id={{ record.a }}', '@file')).toEqual([
      '{{ record.a }} has a value in match/one.json that cannot stand in this command',
    ]);
  });

  test('a command that lacks a value is a comment, so that nobody runs the half of it', () => {
    const { runbook } = parseRunbook(bookOf('x --a={{ record.b | record.c }}\ny'), 'runbook.md');
    const { sections, unresolved } = fillRunbook(runbook, situation('v'));
    expect(sections[0]?.blocks.map(({ text }) => text)).toEqual([
      "npx trailproof query 'actor:x'",
      '# x --a={{ record.b | record.c }}\n# y',
    ]);
    expect(unresolved).toEqual(['{{ record.b | record.c }}']);
  });
});

/** Where placeholders may stand, each with what the shell makes of the word. */
const FORMS: readonly (readonly [text: string, word: (value: string) => string])[] = [
  ['--name={{ record.a }}', (value) => `--name=${value}`],
  ['-- {{ record.a }}', (value) => value],
  ['prefix:{{ record.a }}:suffix', (value) => `prefix:${value}:suffix`],
  [
    `'actor:{{ record.a }} AND x:1'`,
    (value) => `actor:"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}" AND x:1`,
  ],
  ['"$(printf %s --a={{ record.a }})"', (value) => `--a=${value}`],
];

describe.each(['sh', 'bash'])('%s', (shell) => {
  test.skipIf(spawnSync(shell, ['-c', 'true']).status !== 0)(
    'reads every value as one word, byte for byte, whatever is in it',
    () => {
      const sampled = fc.sample(fc.oneof(anyHostile, fc.string({ unit: 'binary' })), {
        numRuns: 300,
        seed: 42,
      });
      const values = [...HOSTILE, ...sampled].filter((value) => value !== '' && value.length <= 512);
      const lines: string[] = [];
      const expected: string[] = [];
      for (const value of values) {
        for (const [form, word] of FORMS) {
          const { text, unresolved } = fill(`printf '%s\\0' ${form}`, value);
          if (unresolved.length > 0) continue;
          lines.push(text);
          // `--` is printed too; a substitution takes the line breaks off its end, of which a value has none.
          if (form.startsWith('-- ')) expected.push('--');
          expected.push(word(inert(value, value.length)));
        }
      }
      const { stdout, stderr, status } = spawnSync(shell, ['-s'], {
        input: `PATH=/nonexistent\n${lines.join('\n')}\n`,
        maxBuffer: 64_000_000,
      });
      expect([status, stderr.toString('utf8')]).toEqual([0, '']);
      expect(stdout.equals(Buffer.from(expected.map((each) => `${each}\0`).join('')))).toBe(true);
      expect(lines.length).toBeGreaterThan(1_000);
    },
  );
});
