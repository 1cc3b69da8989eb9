import { expect, test } from 'vitest';
import { githubWebhook } from '../../shared/sources/github-webhook.ts';

const TIME = '2026-05-04T10:00:00Z';
const shared = {
  repository: { id: 1, full_name: 'octo-org/shop', owner: { login: 'octo-org' } },
  sender: { login: 'alice', id: 2, type: 'User' },
};

function identity(event: string, members: object): unknown {
  const value = { ...shared, ...members };
  const attributes = { 'x-github-event': event, 'received-at': TIME };
  const mapped = githubWebhook.map({
    text: JSON.stringify(value),
    value: JSON.parse(JSON.stringify(value)),
    attributes,
  });
  return 'unmapped' in mapped ? undefined : [mapped.tenant, mapped.nativeId];
}

test('two fields changed within one second are two events', () => {
  const edit = (field: string) =>
    identity('projects_v2_item', {
      action: 'edited',
      projects_v2_item: { id: 5, updated_at: TIME },
      changes: { field_value: { field_name: field } },
    });
  expect(edit('status')).not.toEqual(edit('owner'));
  expect(edit('status')).toEqual(edit('status'));
});

test('two edits of a review without a time of its own are two events', () => {
  const edit = (from: string) =>
    identity('pull_request_review', {
      action: 'edited',
      review: { id: 7, state: 'commented', submitted_at: TIME, user: { login: 'bob' } },
      pull_request: { id: 3, number: 1 },
      changes: { body: { from } },
    });
  expect(edit('one')).not.toEqual(edit('two'));
  expect(edit('one')).toEqual(edit('one'));
});
