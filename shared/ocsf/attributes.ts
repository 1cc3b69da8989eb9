/**
 * The attributes of OCSF 1.8.0 that Trailproof emits, in a notation of one word for each:
 * `*` required, `name:type`, `[]` an array, `@profile` only under that profile, `=1,2,99` the ids it may have.
 * Types: s text, i integer, b boolean, j any JSON, free any object, ip, port, method, else the name of an object below. What is not here is
 * unknown to the validator, even if OCSF knows it: it would be the first time that we emit it.
 * @see https://schema.ocsf.io/1.8.0
 */
import type { ClassUid } from './event.ts';

const STATUS_IDS = '0,1,2,99';
const FINDING_STATUS_IDS = '0,1,2,3,4,5,6,99';

const COMMON = `
  *activity_id:i activity_name:s *category_uid:i category_name:s *class_uid:i class_name:s *type_uid:i type_name:s
  *time:i *severity_id:i=0,1,2,3,4,5,6,99 severity:s message:s status:s status_code:s status_detail:s
  start_time:i end_time:i duration:i timezone_offset:i count:i *metadata:metadata unmapped:free
  raw_data:s raw_data_size:i raw_data_hash:fingerprint *cloud:cloud@cloud
  action_id:i@security_control=0,1,2,3,4,99 action:s@security_control
  disposition_id:i@security_control=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,99
  disposition:s@security_control authorizations:authorization[]@security_control
  attacks:attack[]@security_control`;

const ACTIVITY = `${COMMON} status_id:i=${STATUS_IDS} policy:policy@security_control is_alert:b@security_control
  confidence_id:i@security_control=0,1,2,3,99 confidence:s@security_control`;

const IAM = `${ACTIVITY} actor:actor api:api@cloud src_endpoint:network_endpoint http_request:http_request
  http_response:http_response`;

const FINDING = `${COMMON} status_id:i=${FINDING_STATUS_IDS} actor:actor@host api:api@cloud policy:policy@security_control
  confidence_id:i=0,1,2,3,99 confidence:s *finding_info:finding_info evidences:evidences[]
  resources:resource_details[] remediation:remediation comment:s`;

export const CLASS_ATTRIBUTES: Readonly<Record<ClassUid, string>> = {
  0: `${ACTIVITY} actor:actor@host api:api@cloud`,
  2003: `${FINDING} is_alert:b@security_control *compliance:compliance`,
  2004: `${FINDING} is_alert:b`,
  3001: `${IAM.replace('policy:policy@security_control', 'policy:policy')} *user:user user_result:user
    policies:policy[]`,
  3002: `${IAM} *user:user dst_endpoint:network_endpoint service:service session:session certificate:certificate
    is_mfa:b is_remote:b auth_protocol:s auth_protocol_id:i=0,1,2,3,4,5,6,7,8,9,10,11,12,99 logon_type:s
    logon_type_id:i=0,1,2,3,4,5,7,8,9,10,11,12,13,99`,
  3004: `${IAM} *entity:managed_entity entity_result:managed_entity comment:s`,
  3005: `${IAM} *user:user *privileges:s[] resources:resource_details[]`,
  3006: `${IAM} *group:group subgroup:group user:user privileges:s[]`,
  6003: `${ACTIVITY} *actor:actor *api:api *src_endpoint:network_endpoint dst_endpoint:network_endpoint
    http_request:http_request http_response:http_response resources:resource_details[]`,
  6005: `${ACTIVITY} *actor:actor api:api@cloud *src_endpoint:network_endpoint dst_endpoint:network_endpoint
    http_request:http_request http_response:http_response database:database databucket:databucket table:table
    query_info:query_info type_id:i=0,1,2,3,99 type:s`,
  6007: `${ACTIVITY.replace('policy:policy@security_control', 'policy:policy')} actor:actor@host api:api@cloud
    *scan:scan`,
};

/** Of each list, at least one must be there. */
export const CLASS_AT_LEAST_ONE: Readonly<Partial<Record<ClassUid, string>>> = {
  3002: 'service dst_endpoint',
  6005: 'database databucket table',
};

export const OBJECT_ATTRIBUTES: Readonly<Record<string, string>> = {
  metadata: `*version:s uid:s original_event_uid:s original_time:s correlation_uid:s event_code:s *product:product
    profiles:s[] logged_time:i log_name:s log_provider:s log_version:s log_level:s tenant_uid:s labels:s[]
    is_truncated:b`,
  product: 'name:s vendor_name:s version:s uid:s feature:feature',
  feature: 'name:s uid:s version:s',
  fingerprint: '*algorithm_id:i=3 algorithm:s *value:s',
  cloud: '*provider:s region:s zone:s account:account org:organization cloud_partition:s',
  account: 'name:s uid:s type:s type_id:i=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,99',
  organization: 'name:s uid:s ou_name:s ou_uid:s',
  actor: 'user:user session:session app_name:s app_uid:s idp:idp authorizations:authorization[]',
  user: `name:s uid:s uid_alt:s type_id:i=0,1,2,3,4,99 type:s account:account org:organization groups:group[]
    email_addr:s full_name:s display_name:s domain:s has_mfa:b programmatic_credentials:programmatic_credential[]`,
  programmatic_credential: '*uid:s type:s',
  group: 'name:s uid:s uid_alt:s desc:s domain:s type:s privileges:s[]',
  session: `uid:s uid_alt:s credential_uid:s issuer:s created_time:i expiration_time:i is_mfa:b is_remote:b`,
  idp: 'name:s uid:s issuer:s protocol_name:s tenant_uid:s domain:s',
  authorization: 'decision:s policy:policy',
  policy: 'name:s uid:s desc:s type:s version:s is_applied:b data:j',
  api: '*operation:s service:service version:s group:group request:request response:response',
  service: 'name:s uid:s version:s labels:s[]',
  request: '*uid:s data:j flags:s[]',
  response: 'code:i error:s error_message:s message:s data:j flags:s[]',
  network_endpoint: `ip:ip domain:s hostname:s name:s svc_name:s uid:s port:port vpc_uid:s interface_uid:s
    location:location`,
  location: 'country:s city:s region:s',
  http_request: 'user_agent:s http_method:method uid:s referrer:s url:url',
  url: 'url_string:s hostname:s path:s',
  http_response: '*code:i status:s message:s',
  resource_details: `name:s uid:s uid_alt:s type:s namespace:s version:s hostname:s labels:s[] owner:user group:group
    data:j role_id:i=0,1,2,3,4,99 region:s@cloud zone:s@cloud provider:s@cloud cloud_partition:s@cloud`,
  certificate: '*issuer:s *serial_number:s subject:s uid:s created_time:i expiration_time:i',
  managed_entity: `name:s uid:s type:s type_id:i=0,1,2,3,4,5,6,7,99 user:user group:group org:organization
    policy:policy data:j version:s`,
  database: 'name:s uid:s type:s *type_id:i=0,1,2,3,4,5,6,7,8,99',
  databucket: 'name:s uid:s type:s *type_id:i=0,1,2,3,99 file:file',
  file: '*name:s *type_id:i=0,1,2,3,4,5,6,7,8,99 path:s',
  table: 'name:s uid:s',
  query_info: '*query_string:s name:s uid:s',
  scan: 'name:s uid:s type:s *type_id:i=0,1,2,3,4,5,6,7,99',
  finding_info: `*uid:s title:s desc:s types:s[] created_time:i first_seen_time:i last_seen_time:i analytic:analytic
    attacks:attack[] related_events:related_event[] related_events_count:i src_url:s tags:key_value_object[]`,
  analytic: 'name:s uid:s type:s *type_id:i=0,1,2,3,4,5,6,7,8,9,10,11,99 version:s category:s desc:s',
  attack: 'version:s tactic:tactic technique:technique sub_technique:technique',
  tactic: 'name:s uid:s src_url:s',
  technique: 'name:s uid:s src_url:s',
  related_event: '*uid:s title:s type:s type_name:s type_uid:i',
  key_value_object: '*name:s value:s',
  evidences: `name:s uid:s data:j actor:actor api:api src_endpoint:network_endpoint user:user
    resources:resource_details[]`,
  compliance: `control:s standards:s[] requirements:s[] category:s desc:s status:s status_code:s
    status_id:i=0,1,2,3,99`,
  remediation: '*desc:s references:s[]',
};

const NAME_OR_UID = 'name uid';

export const OBJECT_AT_LEAST_ONE: Readonly<Record<string, string>> = {
  product: NAME_OR_UID,
  feature: NAME_OR_UID,
  account: NAME_OR_UID,
  organization: NAME_OR_UID,
  group: NAME_OR_UID,
  idp: NAME_OR_UID,
  service: NAME_OR_UID,
  resource_details: NAME_OR_UID,
  database: NAME_OR_UID,
  databucket: NAME_OR_UID,
  table: NAME_OR_UID,
  query_info: NAME_OR_UID,
  scan: NAME_OR_UID,
  analytic: NAME_OR_UID,
  tactic: NAME_OR_UID,
  technique: NAME_OR_UID,
  actor: 'user session app_name app_uid',
  user: 'account name uid',
  policy: 'name type uid',
  network_endpoint: 'ip uid name hostname svc_name interface_uid domain',
  location: 'city country region',
  url: 'url_string path',
  managed_entity: 'name uid user group org policy',
  attack: 'tactic technique sub_technique',
  key_value_object: 'value',
  evidences: 'data actor api src_endpoint user',
};
