import { complete } from '../../shared/ocsf/complete.ts';
import type { OcsfBody, OcsfEvent } from '../../shared/ocsf/event.ts';

const TIME = Date.UTC(2026, 4, 4, 10);

/** One body of each class that Trailproof emits, with every object in it at least once. */
const common = {
  time: TIME,
  severity_id: 1,
  metadata: { profiles: ['cloud'] },
  cloud: { provider: 'AWS' },
} as const;
const actor = {
  user: {
    name: 'alice',
    uid: 'arn:aws:iam::123456789012:user/alice',
    type_id: 1,
    account: { uid: '123456789012', type_id: 10 },
    org: { uid: 'o-1' },
    groups: [{ name: 'admins', privileges: ['x'] }],
    programmatic_credentials: [{ uid: 'AKIAIOSFODNN7EXAMPLE', type: 'access key' }],
  },
  session: { uid: 's', created_time: TIME, is_mfa: true },
  idp: { name: 'GitHub', uid: 'token.actions.githubusercontent.com' },
} as const;
const src_endpoint = { ip: '192.0.2.1', location: { country: 'DE' } };

export const BODIES: readonly OcsfBody[] = [
  { class_uid: 0, activity_id: 0, time: TIME, severity_id: 1, metadata: {}, message: 'unknown' },
  {
    ...common,
    class_uid: 6003,
    activity_id: 99,
    status_id: 2,
    status_code: 'AccessDenied',
    metadata: { profiles: ['cloud', 'security_control'], original_time: 't', logged_time: TIME },
    actor,
    src_endpoint,
    api: {
      operation: 'StopLogging',
      service: { name: 'cloudtrail.amazonaws.com' },
      request: { uid: 'r', data: { a: null } },
      response: { code: 403, error: 'AccessDenied' },
    },
    http_request: { user_agent: 'aws-cli', http_method: 'POST', url: { url_string: 'https://example.com/' } },
    http_response: { code: 403 },
    resources: [{ uid: 'arn', type: 'trail', region: 'eu-central-1', owner: { account: { uid: '1' } } }],
    action_id: 2,
    disposition_id: 25,
    authorizations: [{ decision: 'deny', policy: { name: 'scp' } }],
    policy: { uid: 'p', is_applied: true },
    unmapped: { readOnly: false },
  },
  {
    ...common,
    class_uid: 6005,
    activity_id: 1,
    actor,
    src_endpoint,
    databucket: { name: 'b', type_id: 1, file: { name: 'k', type_id: 1 } },
    query_info: { query_string: 'select 1', name: 'q' },
    type_id: 2,
  },
  {
    ...common,
    class_uid: 3002,
    activity_id: 1,
    status_id: 1,
    user: { name: 'alice' },
    service: { name: 'signin' },
    actor,
    is_mfa: false,
    auth_protocol_id: 5,
    logon_type_id: 99,
    logon_type: 'ConsoleLogin',
  },
  { ...common, class_uid: 3001, activity_id: 7, user: { uid: 'u' }, actor, policies: [{ uid: 'p' }] },
  { ...common, class_uid: 3004, activity_id: 1, entity: { name: 'org', type_id: 4 }, actor, comment: 'c' },
  {
    ...common,
    class_uid: 3005,
    activity_id: 1,
    user: { uid: 'u' },
    privileges: ['owner'],
    resources: [{ uid: 'r' }],
  },
  { ...common, class_uid: 3006, activity_id: 3, user: { uid: 'u' }, group: { name: 'g' } },
  {
    class_uid: 2004,
    activity_id: 1,
    time: TIME,
    severity_id: 4,
    status_id: 1,
    confidence_id: 3,
    is_alert: true,
    metadata: { product: { feature: { name: 'rules' } } },
    finding_info: {
      uid: 'f',
      title: 't',
      analytic: { uid: 'rule', type_id: 1, name: 'rule' },
      attacks: [{ technique: { uid: 'T1562', name: 'Impair Defenses' } }],
      related_events: [{ uid: 'e', type_uid: 600303 }],
      tags: [{ name: 'a', value: 'b' }],
    },
    evidences: [{ data: { x: 1 }, actor, resources: [{ uid: 'r' }] }],
  },
  {
    class_uid: 2003,
    activity_id: 2,
    time: TIME,
    severity_id: 3,
    metadata: {},
    finding_info: { uid: 'f' },
    compliance: { control: 'c', standards: ['s'], status_id: 3 },
    remediation: { desc: 'd', references: ['https://example.com/'] },
  },
];

export function completed(body: OcsfBody): OcsfEvent {
  const product = { name: 'CloudTrail', vendor_name: 'AWS' };
  const event = complete(body, { uid: 'a'.repeat(64), originalEventUid: 'native', product });
  event.raw_data = '{}';
  event.raw_data_size = 2;
  event.raw_data_hash = { algorithm_id: 3, algorithm: 'SHA-256', value: 'b'.repeat(64) };
  return event;
}
