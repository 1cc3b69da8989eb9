/** The objects of OCSF 1.8.0 events, in OCSF's own names, as far as Trailproof emits them. */
import type { JsonValue } from '../json/json.ts';
import type { OCSF_VERSION, Profile } from './version.ts';

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
