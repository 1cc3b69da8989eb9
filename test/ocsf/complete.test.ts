import { expect, test } from 'vitest';
import { BODIES, completed } from './bodies.ts';

const byClass = (uid: number) => completed(BODIES.find(({ class_uid }) => class_uid === uid)!);

test('an event has its names, category, type and metadata', () => {
  expect(byClass(6003)).toMatchObject({
    category_uid: 6,
    category_name: 'Application Activity',
    class_name: 'API Activity',
    type_uid: 600399,
    type_name: 'API Activity: Other',
    activity_name: 'StopLogging',
    severity: 'Informational',
    status: 'Failure',
    action: 'Denied',
    disposition: 'Rejected',
    metadata: {
      version: '1.8.0',
      uid: 'a'.repeat(64),
      original_event_uid: 'native',
      product: { name: 'CloudTrail', vendor_name: 'AWS' },
    },
  });
  expect(byClass(3001)).toMatchObject({
    activity_name: 'Attach Policy',
    type_name: 'Account Change: Attach Policy',
  });
  expect(byClass(3002)).toMatchObject({ auth_protocol: 'SAML', logon_type: 'ConsoleLogin' });
  expect(byClass(0)).toMatchObject({ category_uid: 0, type_uid: 0, type_name: 'Base Event: Unknown' });
});

test('a finding has the status and product words of findings', () => {
  const product = { name: 'CloudTrail', vendor_name: 'AWS', feature: { name: 'rules' } };
  expect(byClass(2004)).toMatchObject({ status: 'New', confidence: 'High', metadata: { product } });
});

test('nothing empty is left, and the body is not changed', () => {
  const body = { ...BODIES[0]!, message: '', status: undefined, actor: { user: { name: '' } } };
  const event = completed(body);
  expect(Object.keys(event)).not.toContain('message');
  expect(Object.keys(event)).not.toContain('actor');
  expect(body.metadata).toEqual({});
});
