/**
 * OCSF 1.8.0 events in OCSF's own names, as far as Trailproof emits them. Optional members may be undefined while an
 * event is built; `compact` drops them, and everything empty, before it is serialised.
 * @see https://schema.ocsf.io/1.8.0
 */
import type { JsonObject, JsonValue } from '../json/json.ts';

export const OCSF_VERSION = '1.8.0';

/** Names of OCSF profiles that gate attributes: `cloud`, `*_dt`, dispositions, a device or actor. */
export type Profile = 'cloud' | 'datetime' | 'security_control' | 'host' | 'container' | 'trace';

export interface Account {
  name?: string | undefined;
  uid?: string | undefined;
  type?: string | undefined;
  /** 3 AWS IAM User, 4 AWS IAM Role, 10 AWS Account, 11 GCP Project, 13 Azure Subscription, 99 Other. */
  type_id?: number | undefined;
}

export interface Organization {
  name?: string | undefined;
  uid?: string | undefined;
  ou_name?: string | undefined;
  ou_uid?: string | undefined;
}

export interface Group {
  name?: string | undefined;
  uid?: string | undefined;
  desc?: string | undefined;
  domain?: string | undefined;
  type?: string | undefined;
  privileges?: readonly string[] | undefined;
}

export interface ProgrammaticCredential {
  uid: string;
  type?: string | undefined;
}

export interface User {
  name?: string | undefined;
  uid?: string | undefined;
  uid_alt?: string | undefined;
  /** 0 Unknown, 1 User, 2 Admin, 3 System, 4 Service, 99 Other. */
  type_id?: number | undefined;
  type?: string | undefined;
  account?: Account | undefined;
  org?: Organization | undefined;
  groups?: readonly Group[] | undefined;
  email_addr?: string | undefined;
  full_name?: string | undefined;
  display_name?: string | undefined;
  domain?: string | undefined;
  has_mfa?: boolean | undefined;
  programmatic_credentials?: readonly ProgrammaticCredential[] | undefined;
}

export interface Session {
  uid?: string | undefined;
  uid_alt?: string | undefined;
  credential_uid?: string | undefined;
  issuer?: string | undefined;
  /** ms since the epoch. */
  created_time?: number | undefined;
  expiration_time?: number | undefined;
  is_mfa?: boolean | undefined;
  is_remote?: boolean | undefined;
}

export interface Idp {
  name?: string | undefined;
  uid?: string | undefined;
  issuer?: string | undefined;
  protocol_name?: string | undefined;
  tenant_uid?: string | undefined;
}

export interface Policy {
  name?: string | undefined;
  uid?: string | undefined;
  desc?: string | undefined;
  type?: string | undefined;
  version?: string | undefined;
  is_applied?: boolean | undefined;
  data?: JsonValue | undefined;
}

export interface Authorization {
  decision?: string | undefined;
  policy?: Policy | undefined;
}

export interface Actor {
  user?: User | undefined;
  session?: Session | undefined;
  app_name?: string | undefined;
  app_uid?: string | undefined;
  idp?: Idp | undefined;
  authorizations?: readonly Authorization[] | undefined;
}

export interface Service {
  name?: string | undefined;
  uid?: string | undefined;
  version?: string | undefined;
}

export interface Api {
  operation: string;
  service?: Service | undefined;
  version?: string | undefined;
  group?: Group | undefined;
  /** `uid` is required whenever there is a request. */
  request?: { uid: string; data?: JsonValue | undefined; flags?: readonly string[] | undefined } | undefined;
  response?:
    | {
        code?: number | undefined;
        error?: string | undefined;
        error_message?: string | undefined;
        message?: string | undefined;
        data?: JsonValue | undefined;
      }
    | undefined;
}

export interface NetworkEndpoint {
  ip?: string | undefined;
  domain?: string | undefined;
  hostname?: string | undefined;
  name?: string | undefined;
  svc_name?: string | undefined;
  uid?: string | undefined;
  port?: number | undefined;
  vpc_uid?: string | undefined;
  interface_uid?: string | undefined;
  location?:
    | { country?: string | undefined; city?: string | undefined; region?: string | undefined }
    | undefined;
}

export interface ResourceDetails {
  name?: string | undefined;
  uid?: string | undefined;
  uid_alt?: string | undefined;
  type?: string | undefined;
  namespace?: string | undefined;
  version?: string | undefined;
  hostname?: string | undefined;
  labels?: readonly string[] | undefined;
  owner?: User | undefined;
  group?: Group | undefined;
  data?: JsonValue | undefined;
  role_id?: number | undefined;
  /** Profile `cloud`. */
  region?: string | undefined;
  /** Profile `cloud`. */
  zone?: string | undefined;
  /** Profile `cloud`. */
  provider?: string | undefined;
  /** Profile `cloud`. */
  cloud_partition?: string | undefined;
}

/** Profile `cloud`. Providers are spelt AWS, Azure, GCP. */
export interface Cloud {
  provider: string;
  region?: string | undefined;
  zone?: string | undefined;
  account?: Account | undefined;
  org?: Organization | undefined;
  cloud_partition?: string | undefined;
}

export interface HttpRequest {
  user_agent?: string | undefined;
  http_method?: string | undefined;
  uid?: string | undefined;
  referrer?: string | undefined;
  url?:
    | { url_string?: string | undefined; hostname?: string | undefined; path?: string | undefined }
    | undefined;
}

export interface HttpResponse {
  code: number;
  status?: string | undefined;
  message?: string | undefined;
}

export interface Product {
  name: string;
  vendor_name?: string | undefined;
  version?: string | undefined;
  uid?: string | undefined;
  feature?: { name?: string | undefined; uid?: string | undefined } | undefined;
}

export interface Metadata {
  version: typeof OCSF_VERSION;
  /** The OCSF event's own id, deterministic. */
  uid: string;
  /** The id that the source gave it. */
  original_event_uid?: string | undefined;
  /** The native time exactly as the source wrote it. */
  original_time?: string | undefined;
  correlation_uid?: string | undefined;
  event_code?: string | undefined;
  product: Product;
  profiles?: readonly Profile[] | undefined;
  /** When the vendor logged it, ms. */
  logged_time?: number | undefined;
  log_name?: string | undefined;
  log_provider?: string | undefined;
  log_version?: string | undefined;
  log_level?: string | undefined;
  tenant_uid?: string | undefined;
  labels?: readonly string[] | undefined;
  is_truncated?: boolean | undefined;
}

export interface ManagedEntity {
  name?: string | undefined;
  uid?: string | undefined;
  type?: string | undefined;
  /** 1 Device, 2 User, 3 Group, 4 Organization, 5 Policy, 6 Email, 7 Network Zone, 99 Other. */
  type_id?: number | undefined;
  user?: User | undefined;
  group?: Group | undefined;
  org?: Organization | undefined;
  policy?: Policy | undefined;
  data?: JsonValue | undefined;
}

export interface Databucket {
  name?: string | undefined;
  uid?: string | undefined;
  /** 1 S3, 2 Azure Blob, 3 GCP Bucket, 0 Unknown, 99 Other. */
  type_id: number;
  type?: string | undefined;
  file?: { name: string; type_id: number; path?: string | undefined } | undefined;
}

export interface Database {
  name?: string | undefined;
  uid?: string | undefined;
  type_id: number;
  type?: string | undefined;
}

/** Analytic of a finding: the rule. type_id 1 is Rule. */
export interface Analytic {
  name?: string | undefined;
  uid?: string | undefined;
  type_id: number;
  type?: string | undefined;
  version?: string | undefined;
  category?: string | undefined;
  desc?: string | undefined;
}

export interface Attack {
  version?: string | undefined;
  tactic?: { name?: string | undefined; uid?: string | undefined } | undefined;
  technique?: { name?: string | undefined; uid?: string | undefined } | undefined;
  sub_technique?: { name?: string | undefined; uid?: string | undefined } | undefined;
}

export interface RelatedEvent {
  uid: string;
  title?: string | undefined;
  type?: string | undefined;
  type_name?: string | undefined;
  type_uid?: number | undefined;
}

export interface FindingInfo {
  uid: string;
  title?: string | undefined;
  desc?: string | undefined;
  types?: readonly string[] | undefined;
  created_time?: number | undefined;
  first_seen_time?: number | undefined;
  last_seen_time?: number | undefined;
  analytic?: Analytic | undefined;
  attacks?: readonly Attack[] | undefined;
  related_events?: readonly RelatedEvent[] | undefined;
  related_events_count?: number | undefined;
  src_url?: string | undefined;
  tags?: readonly { name: string; value: string }[] | undefined;
}

export interface Evidence {
  name?: string | undefined;
  uid?: string | undefined;
  data?: JsonValue | undefined;
  actor?: Actor | undefined;
  api?: Api | undefined;
  src_endpoint?: NetworkEndpoint | undefined;
  user?: User | undefined;
  resources?: readonly ResourceDetails[] | undefined;
}

/** The classes that Trailproof emits, by class_uid. */
export type ClassUid = 0 | 2003 | 2004 | 3001 | 3002 | 3004 | 3005 | 3006 | 6003 | 6005 | 6007;

/** What a source fills in of an event; the reader adds what is the same for all of them. */
export interface OcsfBody {
  class_uid: ClassUid;
  activity_id: number;
  /** For activity 99: the source's own word. Else it follows from the class. */
  activity_name?: string | undefined;
  /** ms since the epoch, truncated. */
  time: number;
  /** 1 Informational unless the source itself grades its events. */
  severity_id: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 99;
  severity?: string | undefined;
  message?: string | undefined;
  /** 0 Unknown, 1 Success, 2 Failure, 99 Other (then `status` is the source's word). */
  status_id?: 0 | 1 | 2 | 99 | undefined;
  status?: string | undefined;
  status_code?: string | undefined;
  status_detail?: string | undefined;
  start_time?: number | undefined;
  end_time?: number | undefined;
  /** ms. */
  duration?: number | undefined;
  timezone_offset?: number | undefined;
  count?: number | undefined;

  /** Members of metadata that the source knows; version, uid and product are the reader's. */
  metadata: Omit<Metadata, 'version' | 'uid' | 'product'> & { product?: Partial<Product> | undefined };

  cloud?: Cloud | undefined;
  actor?: Actor | undefined;
  api?: Api | undefined;
  src_endpoint?: NetworkEndpoint | undefined;
  dst_endpoint?: NetworkEndpoint | undefined;
  http_request?: HttpRequest | undefined;
  http_response?: HttpResponse | undefined;
  resources?: readonly ResourceDetails[] | undefined;

  /** 3001, 3002, 3005, 3006: whom it is about. */
  user?: User | undefined;
  user_result?: User | undefined;
  privileges?: readonly string[] | undefined;
  group?: Group | undefined;
  subgroup?: Group | undefined;
  /** 3002. */
  session?: Session | undefined;
  service?: Service | undefined;
  is_mfa?: boolean | undefined;
  is_remote?: boolean | undefined;
  auth_protocol?: string | undefined;
  auth_protocol_id?: number | undefined;
  logon_type?: string | undefined;
  logon_type_id?: number | undefined;
  certificate?: JsonObject | undefined;
  /** 3004. */
  entity?: ManagedEntity | undefined;
  entity_result?: ManagedEntity | undefined;
  comment?: string | undefined;
  /** 6005. */
  database?: Database | undefined;
  databucket?: Databucket | undefined;
  table?: { name?: string | undefined; uid?: string | undefined } | undefined;
  query_info?: { query_string: string } | undefined;
  type_id?: number | undefined;
  type?: string | undefined;

  /** 2004 and 2003. */
  finding_info?: FindingInfo | undefined;
  evidences?: readonly Evidence[] | undefined;
  is_alert?: boolean | undefined;
  confidence_id?: number | undefined;
  confidence?: string | undefined;
  compliance?: JsonObject | undefined;
  remediation?: { desc: string; references?: readonly string[] | undefined } | undefined;

  /** Profile `security_control`. action_id 1 Allowed, 2 Denied; disposition_id 1 Allowed, 2 Blocked, 8 Approved, 25 Rejected. */
  action_id?: number | undefined;
  action?: string | undefined;
  disposition_id?: number | undefined;
  disposition?: string | undefined;
  authorizations?: readonly Authorization[] | undefined;
  policy?: Policy | undefined;
  attacks?: readonly Attack[] | undefined;

  /** Native fields that have no place of their own. Mapped fields are not repeated here. */
  unmapped?: Readonly<Record<string, JsonValue | undefined>> | undefined;
}

/** An OCSF event as it is stored. */
export interface OcsfEvent extends Omit<OcsfBody, 'metadata'> {
  category_uid: number;
  category_name: string;
  class_name: string;
  type_uid: number;
  type_name: string;
  metadata: Metadata;
  raw_data?: string | undefined;
  raw_data_hash?: { algorithm_id: number; algorithm: string; value: string } | undefined;
  /** Bytes of raw_data in UTF-8. */
  raw_data_size?: number | undefined;
}
