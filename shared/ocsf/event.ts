/**
 * OCSF 1.8.0 events in OCSF's own names, as far as Trailproof emits them. Optional members may be undefined while an
 * event is built; `compact` drops them, and everything empty, before it is serialised.
 * @see https://schema.ocsf.io/1.8.0
 */
import type { JsonObject, JsonValue } from '../json/json.ts';
import type {
  Actor,
  Api,
  Attack,
  Authorization,
  Cloud,
  Database,
  Databucket,
  Evidence,
  FindingInfo,
  Group,
  HttpRequest,
  HttpResponse,
  ManagedEntity,
  Metadata,
  NetworkEndpoint,
  Policy,
  Product,
  ResourceDetails,
  Service,
  Session,
  User,
} from './objects.ts';

export type * from './objects.ts';
export * from './version.ts';

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
  /** 0 Unknown, 1 Success, 2 Failure, 99 Other (then `status` is the source’s word); in findings 1 New to 6 Deleted. */
  status_id?: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 99 | undefined;
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
  /** 3001: those that were attached or detached. */
  policies?: readonly Policy[] | undefined;
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
  /** OCSF asks for a name or a uid beside the text. */
  query_info?: { query_string: string; name?: string | undefined; uid?: string | undefined } | undefined;
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
