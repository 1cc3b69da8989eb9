import { GCP } from './cast.ts';
import type { Chance } from './chance.ts';
import type { Moment } from './moment.ts';

/** What differs between two Cloud Audit Logs entries of this project. */
export interface Entry {
  readonly log: 'activity' | 'data_access' | 'policy';
  readonly service: string;
  readonly method: string;
  readonly resource: string;
  readonly principal: string;
  readonly ip: string;
  readonly agent?: string;
  readonly permission?: string;
  readonly status?: { code: number; message: string };
  readonly request?: Record<string, unknown>;
  readonly response?: Record<string, unknown>;
  readonly labels?: Record<string, string>;
  readonly monitored?: { type: string; labels: Record<string, string> };
  readonly more?: Record<string, unknown>;
}

export function entry(atMs: number, call: Entry, chance: Chance): Moment {
  const permission = call.permission === undefined ? [] : [authorization(call.permission, call)];
  return {
    atMs,
    road: 'gcp-pubsub',
    event: {
      insertId: chance.hex(14),
      logName: `projects/${GCP.project}/logs/cloudaudit.googleapis.com%2F${call.log}`,
      protoPayload: {
        '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
        serviceName: call.service,
        methodName: call.method,
        resourceName: call.resource,
        authenticationInfo: {
          principalEmail: call.principal,
          principalSubject: `serviceAccount:${call.principal}`,
        },
        authorizationInfo: permission,
        requestMetadata: {
          callerIp: call.ip,
          callerSuppliedUserAgent: call.agent ?? 'google-github-actions/3',
        },
        ...(call.request ? { request: call.request } : {}),
        ...(call.response ? { response: call.response } : {}),
        status: call.status ?? {},
        ...call.more,
      },
      ...(call.labels ? { labels: call.labels } : {}),
      resource: call.monitored ?? {
        type: 'audited_resource',
        labels: { project_id: GCP.project, service: call.service },
      },
      severity: call.status ? 'ERROR' : 'NOTICE',
      timestamp: nanoTime(atMs, chance),
      receiveTimestamp: nanoTime(atMs + 900, chance),
    },
  };
}

function authorization(permission: string, call: Entry) {
  const granted = call.status === undefined ? { granted: true } : {};
  return { permission, resource: call.resource, ...granted };
}

/** Google writes up to nine fraction digits. */
function nanoTime(atMs: number, chance: Chance): string {
  return `${new Date(atMs).toISOString().slice(0, 23)}${String(chance.whole(0, 999_999)).padStart(6, '0')}Z`;
}

export const CLUSTER = {
  type: 'k8s_cluster',
  labels: { project_id: GCP.project, location: GCP.location, cluster_name: GCP.cluster },
};
