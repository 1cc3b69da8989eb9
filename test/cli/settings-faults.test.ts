import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { chooseSettings, parseSettings } from '../../cli/settings.ts';
import { SETTINGS_SCHEMA } from '../../cli/settings-schema.ts';

const WHOLE = `
sinks:
  oncall: {type: pagerduty, routingKey: env:PAGERDUTY_KEY, region: eu}
  ops:
    type: slack
    token: file:/run/secrets/slack
    channel: '#security'
    signingSecret: env:SLACK_SIGNING
  siem: {type: webhook, url: 'https://siem.example.com/hook', signingSecrets: [env:SIEM_SECRET]}
routes:
  - match: {severity: [critical, high], environment: production}
    sinks: [oncall, ops]
    continue: true
  - sinks: [siem]
environments:
  production: {accounts: ['111122223333', 'shop-prod*'], resources: ['example-org/payments']}
  staging: {accounts: ['*-staging']}
links: {base: 'https://audit.example.com/'}
pagerdutySecrets: [env:PAGERDUTY_HOOK]
`;

test('sinks, routes and environments are read as they are used', () => {
  const { settings } = chooseSettings(parseSettings(WHOLE, 'trailproof.yaml'), {});
  expect(settings.alerts).toEqual({
    sinks: expect.objectContaining({
      oncall: { type: 'pagerduty', routingKey: 'env:PAGERDUTY_KEY', region: 'eu' },
    }),
    routes: [
      {
        match: { severity: ['critical', 'high'], environment: ['production'] },
        sinks: ['oncall', 'ops'],
        continue: true,
      },
      { match: {}, sinks: ['siem'], continue: undefined },
    ],
    places: [
      {
        environment: 'production',
        accounts: ['111122223333', 'shop-prod*'],
        resources: ['example-org/payments'],
      },
      { environment: 'staging', accounts: ['*-staging'], resources: [] },
    ],
    pagerdutySecrets: ['env:PAGERDUTY_HOOK'],
    linkBase: 'https://audit.example.com',
  });
});

const slack = (more: string) => `sinks:\n  ops: {type: slack, ${more}}\n`;

/** Each line ten times the one before. */
const BOMB = ['a: &a [x,x]', ...['b', 'c', 'd', 'e', 'f'].map(tenfold)].join('\n');

function tenfold(name: string): string {
  const before = `*${String.fromCharCode(name.charCodeAt(0) - 1)}`;
  return `${name}: &${name} [${Array(10).fill(before).join(',')}]`;
}

test.each([
  [
    slack('token: env:T, chanel: "#a"'),
    '2:36: unknown member "chanel" of sinks.ops; did you mean "channel"?',
  ],
  [slack('token: env:T'), '2:8: sinks.ops needs token and channel, or webhook; found type and token.'],
  [
    'sinks:\n  ops: {type: slak}\n',
    '2:15: sinks.ops.type is one of slack, pagerduty, webhook (did you mean "slack"?); found "slak".',
  ],
  ['sinks:\n  ops: {}\n', '2:8: sinks.ops needs type; found an empty map.'],
  [
    'sinks:\n  Ops Team: {type: slack}\n',
    '2:3: sinks are named in lower-case letters, digits, dots, hyphens and underscores; found "Ops Team".',
  ],
  ['routes:\n  - sinks: [ops]\n', '2:13: there is no sink "ops" under sinks; there are none'],
  [
    `${slack('webhook: env:W')}routes:\n  - sinks: [op]\n`,
    '4:13: there is no sink "op" under sinks; did you mean "ops"?',
  ],
  [
    'routes:\n  - match: {severity: hihg}\n    sinks: []\n',
    '2:23: routes[0].match.severity is one or a list of informational, low, medium, unknown, high, critical; found "hihg".',
  ],
  [
    'routes:\n  - match: {seveirty: high}\n    sinks: []\n',
    '2:13: unknown member "seveirty" of routes[0].match; did you mean "severity"?',
  ],
  ['routes:\n  - match: {}\n', '2:5: routes[0] needs sinks; found match.'],
  [
    'environments:\n  production: {account: [a]}\n',
    '2:16: unknown member "account" of environments.production; did you mean "accounts"?',
  ],
  [
    'links: {base: ftp://x}\n',
    '1:15: links.base does not fit (address of the console, such as https://trail.example.com); found "ftp://x".',
  ],
  [slack('token: env:T, channel: security'), '2:45: sinks.ops.channel does not fit (channel that the bot'],
  [
    'sinks:\n  w: {type: webhook, signingSecrets: [env:S], url: "http://x.example"}\n',
    '2:52: sinks.w.url: expected https:// (http:// only to 127.0.0.1, [::1] or localhost).',
  ],
  [slack('token: env:T, channel: "#a", api: x'), '2:56: sinks.ops.api: expected a URL such as https://'],
  [
    'sinks:\n  w: {type: webhook, url: "https://x.example", signingSecrets: []}\n',
    '2:64: sinks.w.signingSecrets needs at least 1; found an empty list.',
  ],
  ['sinks:\n  ops:\n', '2:7: sinks.ops is a map; found null.'],
  [
    'environments:\n  production: {accounts: [111122223333]}\n',
    '2:27: environments.production.accounts[0] is a text (in quotes, where it could be a number); found 111122223333.',
  ],
  ['port: 1\nsinks: {a: {type: slack', '2:24: '],
  ['sinks:\n\tteam: {}\n', '2:1: Tabs are not allowed as indentation.'],
  ['port: 1\n---\nport: 2\n', '2:1: expected one document, found another after ---.'],
  [`${BOMB}\n`, '1:1: expected settings, found aliases of aliases that stand for too much.'],
  ['- a\n', '1:1: expected settings such as "data: .trailproof", found no mapping.'],
  ['links: https://x.example.com\n', '1:8: links is a map; found "https://x.example.com".'],
])('%j is refused with its place, what was expected and what was found', (text, message) => {
  expect(() => parseSettings(text, 'trailproof.yaml')).toThrow(`trailproof.yaml:${message}`);
});

test.each([
  'sinks: s3cret\n',
  'sinks: [s3cret]\n',
  'sinks: {team: s3cret}\n',
  'sinks: {team: {token: s3cret}}\n',
  'sinks: {team: {type: slack, tokn: s3cret}}\n',
  'sinks: {team: {type: slak, token: s3cret}}\n',
  'sinks: {w: {type: webhook, signingSecrets: [env:S], url: "https://u:s3cret@x.example"}}\n',
  'pagerdutySecrets: s3cret\n',
  'githubSecrets: {a: s3cret}\n',
  'pagerdutySecrets: [{a: s3cret}]\n',
])('what stands where a secret could be is not repeated: %j', (text) => {
  expect(() => parseSettings(text, 'trailproof.yaml')).toThrow(/^trailproof\.yaml:1:\d+: (?!.*s3cret)/s);
});

test.each([
  [slack('token: xoxb-s3cret, channel: "#a"'), '2:29: sinks.ops.token'],
  [slack('webhook: "https://hooks.slack.com/services/s3cret"'), '2:31: sinks.ops.webhook'],
  ['sinks:\n  p: {type: pagerduty, routingKey: s3cret}\n', '2:36: sinks.p.routingKey'],
  [
    'sinks:\n  w: {type: webhook, url: "https://x.example.com", signingSecrets: [whsec_s3cret]}\n',
    '2:69: sinks.w.signingSecrets[0]',
  ],
  [
    'sinks:\n  w: {type: webhook, url: "https://x.example.com", signingSecrets: s3cret}\n',
    '2:68: sinks.w.signingSecrets',
  ],
  ['githubSecrets: [s3cret]\n', '1:17: githubSecrets[0]'],
])('a secret itself is refused, and not repeated: %j', (text, place) => {
  let message = '';
  try {
    parseSettings(text, 'trailproof.yaml');
  } catch (error) {
    message = String(error);
  }
  expect(message).toContain(`trailproof.yaml:${place} is a reference to a secret, env:NAME or file:PATH`);
  expect(message).not.toContain('s3cret');
});

test('the published schema is the one that settings are checked by', () => {
  const file = fileURLToPath(new URL('../../docs/schemas/trailproof.schema.json', import.meta.url));
  const text = `${JSON.stringify(SETTINGS_SCHEMA, null, 2)}\n`;
  if (process.env['UPDATE'] === '1') writeFileSync(file, text);
  expect(existsSync(file) ? readFileSync(file, 'utf8') : 'nothing').toBe(text);
});
