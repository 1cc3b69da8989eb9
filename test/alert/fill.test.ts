import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillBlock, fillRunbook } from '../../shared/alert/fill.ts';
import { parseRunbook } from '../../shared/alert/runbook.ts';
import { quoteForShell } from '../../shared/alert/shell.ts';

const situation = (event: Record<string, string>, record: Record<string, string> = {}) => ({
  source: 'aws.cloudtrail',
  event: { actor: { user: event } },
  record,
});

const command = (text: string) => ({ kind: 'command', text }) as const;

describe('filling', () => {
  test('takes values of the event and of the record, the first alternative that has one', () => {
    const filled = fillBlock(
      {
        kind: 'prose',
        text: '{{ event.actor.user.name }}, {{ record.absent | record.a.b }} and {{event.actor.user.uid}}',
      },
      situation({ name: 'alice', uid: 'u1' }, { 'a.b': 'dotted' }),
    );
    expect(filled).toEqual({ text: 'alice, dotted and u1', unresolved: [] });
  });

  test('leaves what has no value as it stands, and says so', () => {
    const filled = fillBlock(command('x --a={{ event.shoe }} --b={{ record.b }}'), situation({}, { b: '' }));
    expect(filled).toEqual({
      text: 'x --a={{ event.shoe }} --b={{ record.b }}',
      unresolved: ['{{ event.shoe }}', '{{ record.b }}'],
    });
  });

  test('does not cut a value that is too long: a cut name is another name', () => {
    const filled = fillBlock(command('x --a={{ record.long }}'), situation({}, { long: 'x'.repeat(513) }));
    expect(filled.unresolved).toHaveLength(1);
  });

  test('a value is never filled again', () => {
    const filled = fillBlock(
      { kind: 'prose', text: '{{ record.a }}' },
      situation({}, { a: '{{ record.b }}', b: 'no' }),
    );
    expect(filled.text).toBe('{{ record.b }}');
  });

  test('names of the language are no values', () => {
    expect(
      fillBlock({ kind: 'prose', text: '{{ record.constructor.name }}' }, situation({})).unresolved,
    ).toHaveLength(1);
  });

  test('makes control and bidi characters of a value visible', () => {
    const filled = fillBlock(
      { kind: 'prose', text: '{{ record.a }}' },
      situation({}, { a: 'x\u001b[2J\n\u202ey' }),
    );
    expect(filled.text).toBe('x\\u{1b}[2J\\u{a}\\u{202e}y');
  });

  test('inside single quotes a value becomes a string of the query language', () => {
    const filled = fillBlock(
      command("q 'actor:{{ record.a }} AND x:1'"),
      situation({}, { a: `o'brien "x" \\` }),
    );
    expect(filled.text).toBe(`q 'actor:"o'\\''brien \\"x\\" \\\\" AND x:1'`);
  });
});

const HOSTILE = [
  `$(reboot)`,
  '`reboot`',
  `'; reboot #`,
  `" ; reboot`,
  '-rf /',
  '\\',
  '*',
  '!!',
  '$HOME',
  "''",
  '\ud83d\ude00',
];

describe.skipIf(spawnSync('sh', ['-c', 'true']).status !== 0)('a shell', () => {
  test('reads each quoted value as one word, whatever is in it', () => {
    const script = HOSTILE.map((value) => `printf '%s\\0' ${quoteForShell(value)}`).join('\n');
    const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    expect(stdout.split('\0').slice(0, -1)).toEqual(HOSTILE);
  });

  test('reads a query in single quotes as one word, whatever is in its values', () => {
    const script = HOSTILE.map(
      (value) =>
        fillBlock(command(`printf '%s\\0' 'actor:{{ record.a }} AND y'`), situation({}, { a: value })).text,
    ).join('\n');
    const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    const expected = HOSTILE.map(
      (value) => `actor:"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}" AND y`,
    );
    expect(stdout.split('\0').slice(0, -1)).toEqual(expected);
  });
});

test('a quoted value can never end its quotes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const word = quoteForShell(value);
      // Outside of quotes there is nothing but escaped quotes.
      expect(word.replaceAll(/'[^']*'/g, '').replaceAll("\\'", '')).toBe('');
      expect(word).not.toMatch(/[\p{Cc}]/u);
    }),
  );
});

const RUNBOOK = `---
title: T
owner: O
severity: s
tested: 2026-01-02
---

## Is this real?

First {{ event.actor.user.name }}
goes on.

1. One
2. Two

\`\`\`sh
plain
\`\`\`

\`\`\`sh changes source=aws.cloudtrail
for aws
\`\`\`

\`\`\`sh source=gcp.audit
for gcp
\`\`\`

\`\`\`sh needs=record.role
role --name={{ record.role }}
\`\`\`

## Contain
## Recover
## Tell
`;

describe('a runbook', () => {
  test('is filled with the blocks that are for such an event', () => {
    const { runbook, faults } = parseRunbook(RUNBOOK, 'runbook.md');
    expect(faults).toEqual([]);
    const texts = (source: string, record: Record<string, string>) =>
      fillRunbook(runbook, { ...situation({ name: 'alice' }, record), source }).sections[0]?.blocks.map(
        ({ text }) => text,
      );
    const prose = ['First alice goes on.', '1. One', '2. Two', 'plain'];
    expect(texts('aws.cloudtrail', {})).toEqual([...prose, 'for aws']);
    expect(texts('gcp.audit', { role: 'r' })).toEqual([...prose, 'for gcp', "role --name='r'"]);
  });

  test('marks the commands that change something', () => {
    const { runbook } = parseRunbook(RUNBOOK, 'runbook.md');
    const filled = fillRunbook(runbook, situation({ name: 'alice' }));
    expect(filled.sections[0]?.blocks.filter(({ changes }) => changes).map(({ text }) => text)).toEqual([
      'for aws',
    ]);
    expect([filled.title, filled.owner, filled.unresolved]).toEqual(['T', 'O', []]);
  });

  test('names the folder of a trail that is not in the default one, in our own commands only', () => {
    const text = `${RUNBOOK.replace('plain\n', "npx trailproof show -- {{ record.a }}\n  npx trailproof query 'x' | npx trailproof y\naws npx trailproof z\n")}`;
    const lines = (dataFolder: string | undefined) =>
      fillRunbook(parseRunbook(text, 'x.md').runbook, situation({}, { a: 'npx trailproof' }), {
        dataFolder,
      }).sections[0]?.blocks[3]?.text.split('\n');
    const rest = ["'x' | npx trailproof y", 'aws npx trailproof z'];
    expect(lines(undefined)).toEqual([
      "npx trailproof show -- 'npx trailproof'",
      `  npx trailproof query ${rest[0]}`,
      rest[1],
    ]);
    expect(lines("/srv/o'neill's trail")).toEqual([
      `npx trailproof show --data '/srv/o'\\''neill'\\''s trail' -- 'npx trailproof'`,
      `  npx trailproof query --data '/srv/o'\\''neill'\\''s trail' ${rest[0]}`,
      rest[1],
    ]);
    expect(lines('/srv/trail-2')?.[0]).toBe("npx trailproof show --data /srv/trail-2 -- 'npx trailproof'");
  });

  test('that is no runbook is told from its first line', () => {
    expect(parseRunbook('# Hello', 'x.md').faults.map(({ message }) => message)).toContain(
      'expected a front matter between two lines of ---',
    );
  });
});
