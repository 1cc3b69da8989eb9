import { expect, test } from 'vitest';
import { slack } from '../shared/sinks/slack.ts';
import { slackPage } from '../tools/slack/page.ts';
import { alertWith, HOSTILE } from './sinks/hostile.ts';
import { messages, NOW_MS } from './sinks/messages.ts';

const settings = { token: 'xoxb-example', channel: '#alerts', signingSecret: 'example' };

function pageOf(message: (typeof messages)['opened']): string {
  const [request] = slack.render(message, { settings, deliveryId: 'd', nowMs: NOW_MS });
  const { blocks } = JSON.parse(request?.body ?? '{}') as { blocks: readonly Record<string, unknown>[] };
  return slackPage({ blocks, channel: 'alerts', time: '2:17 AM', fonts: [] });
}

test('the picture of a message draws every block of it', () => {
  for (const message of Object.values(messages)) {
    const page = pageOf(message as (typeof messages)['opened']);
    expect(page).toContain(`<h1>`);
    expect(page).toContain('class="context"');
  }
  expect(pageOf(messages.opened)).toContain('Acknowledge</span>');
  expect(pageOf(messages.opened)).toContain('<p>WHO\nalice from 203.0.113.9</p>');
});

test('the picture of a message shows markup of a value as text', () => {
  const elements = (page: string) => [...page.matchAll(/<([a-z][a-z0-9]*)/gi)].map(([, name]) => name);
  const known = new Set(elements(pageOf(messages.opened)));
  const page = pageOf(alertWith(HOSTILE.slice(0, 17).join(' ')) as (typeof messages)['opened']);
  expect(elements(page).filter((name) => !known.has(name))).toEqual([]);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});
