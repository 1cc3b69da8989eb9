import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fillBlock, PLACEHOLDER } from '../../shared/alert/fill.ts';
import { parseRunbook } from '../../shared/alert/runbook.ts';
import { inert } from '../../shared/inert.ts';
import type { JsonObject } from '../../shared/json/json.ts';
import { HOSTILE } from '../sinks/hostile.ts';

const RULES = new URL('../../rules/', import.meta.url);

/** Every command of our own runbooks. */
const commands = readdirSync(RULES)
  .map((name) => new URL(`${name}/runbook.md`, RULES))
  .filter((file) => existsSync(file))
  .flatMap((file) => parseRunbook(readFileSync(file, 'utf8'), file.pathname).runbook.sections)
  .flatMap(({ blocks }) => blocks)
  .filter(({ kind }) => kind === 'command');

/** An event in which every path that a command asks for has this value. */
function situationOf(text: string, value: string) {
  const roots: Record<string, Record<string, unknown>> = { event: {}, record: {}, finding: {} };
  for (const [, paths = ''] of text.matchAll(PLACEHOLDER)) {
    const [root = '', ...rest] = (paths.split('|')[0] ?? '').trim().split('.');
    let at = roots[root] ?? {};
    for (const name of rest.slice(0, -1)) {
      const next = (at[name] ?? {}) as Record<string, unknown>;
      at[name] = next;
      at = next;
    }
    at[rest.at(-1) ?? ''] = value;
  }
  return {
    source: 'any',
    event: roots['event'] as JsonObject,
    record: roots['record'] as JsonObject,
    finding: roots['finding'] as JsonObject,
  };
}

/** Words that a shell gives to each program, which stands in for itself: it says its name and its words. */
function wordsOf(shell: string, lines: readonly string[]): readonly (readonly string[])[] {
  const programs = new Set(
    lines.flatMap((line) =>
      [...line.matchAll(/(?:^|[|;&]\s*)([a-z][a-z0-9_]*)/gm)].map(([, name = '']) => name),
    ),
  );
  const stubs = [...programs].map((name) => `${name}() { printf '%s\\0' "$#" ${name} "$@"; }`);
  const { stdout, stderr, status } = spawnSync(shell, ['-s'], {
    input: `${['PATH=/nonexistent', ...stubs, ...lines].join('\n')}\n`,
    maxBuffer: 64_000_000,
  });
  expect([status, stderr.toString('utf8')]).toEqual([0, '']);
  const words = stdout.toString('utf8').split('\0').slice(0, -1);
  const calls: string[][] = [];
  for (let i = 0; i < words.length; i += Number(words[i]) + 2) {
    calls.push(words.slice(i + 1, i + 2 + Number(words[i])));
  }
  return calls;
}

const TOKEN = 'v4lu3';

/** What a word has to be when the value stands in it for the token: in a question a string, in a path a segment. */
function expectedWord(word: string, call: readonly string[], value: string): string {
  const text = inert(value, value.length);
  if (word.includes(`"${TOKEN}"`)) {
    return word.replaceAll(TOKEN, () => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"'));
  }
  const isPath = call[0] === 'gh' && call[1] === 'api' && word.includes('/') && !word.startsWith('-');
  if (!isPath) return word.replaceAll(TOKEN, () => text);
  const segment = encodeURIComponent(text);
  return word
    .replaceAll(`repos/${TOKEN}`, () => `repos/${segment.replaceAll('%2F', '/')}`)
    .replaceAll(TOKEN, () => segment);
}

describe.each(['sh', 'bash'])('%s', (shell) => {
  test.skipIf(spawnSync(shell, ['-c', 'true']).status !== 0)(
    'gives the programs of our own runbooks the words that they mean, whatever values the event has',
    () => {
      const values = [...HOSTILE, '/subscriptions/x', 'a/b', '--help', '-rf'].filter(
        (value) => value !== '' && value.length <= 512,
      );
      const harmless = commands.map(({ text }) =>
        fillBlock({ kind: 'command', text }, situationOf(text, TOKEN)),
      );
      expect(harmless.flatMap(({ unresolved }) => unresolved)).toEqual([]);
      const meant = harmless.map(({ text }) => wordsOf(shell, [text]));
      const lines: string[] = [];
      const expected: (readonly string[])[] = [];
      let refused = 0;
      for (const [n, { text }] of commands.entries()) {
        for (const value of values) {
          const filled = fillBlock({ kind: 'command', text }, situationOf(text, value));
          if (filled.unresolved.length > 0) {
            refused += 1;
            continue;
          }
          lines.push(filled.text);
          for (const call of meant[n] ?? [])
            expected.push(call.map((word) => expectedWord(word, call, value)));
        }
      }
      const found = wordsOf(shell, lines);
      const wrong = found.findIndex((call, n) => call.join('\0') !== expected[n]?.join('\0'));
      expect(found[wrong]).toEqual(expected[wrong]);
      expect([found.length, wrong]).toEqual([expected.length, -1]);
      expect(refused).toBeLessThan(lines.length / 3);
    },
  );
});
