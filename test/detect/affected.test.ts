import { describe, expect, test } from 'vitest';
import { affectedBy } from '../../shared/detect/affected.ts';
import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import { alertOf, findingAt } from '../alert/alerts.ts';
import { cloudTrail } from './events.ts';

function of(more: Partial<OcsfEvent>): OcsfEvent {
  return { ...cloudTrail('StopLogging').event, resources: undefined, ...more } as OcsfEvent;
}

describe('what an event was done to', () => {
  test('is its resources, without what is in them', () => {
    const resources = [{ name: 'a', uid: 'arn:a', type: 'T', data: { secret: 1 } }];
    expect(affectedBy(of({ resources, user: { name: 'bob' } }))).toEqual([
      { name: 'a', uid: 'arn:a', type: 'T' },
    ]);
  });

  test('is at most twenty of them', () => {
    const resources = Array.from({ length: 10_000 }, (_, i) => ({ name: `r${i}` }));
    expect(affectedBy(of({ resources }))).toHaveLength(20);
  });

  test('is whom or what the class names where it has no resources', () => {
    expect(affectedBy(of({ group: { name: 'admins' }, user: { name: 'bob', uid: 'u1' } }))).toEqual([
      { type: 'group', name: 'admins', uid: undefined },
      { type: 'user', name: 'bob', uid: 'u1' },
    ]);
    expect(affectedBy(of({ databucket: { name: 'invoices', type_id: 1 } }))).toMatchObject([
      { name: 'invoices' },
    ]);
    expect(affectedBy(of({ user: {} }))).toEqual([]);
  });
});

test('an alert on an access key says for whom it was made', () => {
  const rule = `title: Key
id: 6e6f1e5e-6d3b-4a7e-9a53-0d6d6c1f2a09
logsource: {product: aws}
detection: {s: {eventName: CreateAccessKey}, condition: s}
`;
  const finding = findingAt(
    5,
    {
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateAccessKey',
      requestParameters: { userName: 'ci-deployer' },
    },
    rule,
  );
  expect(alertOf(finding)).toMatchObject({ who: 'alice', where: 'ci-deployer' });
});
