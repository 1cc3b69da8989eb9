import { at, isArray, isObject, type JsonObject, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { OcsfBody, Policy } from '../../ocsf/event.ts';
import type { AuditEntry } from './entry.ts';
import type { Outcome } from './status.ts';
import { clip } from './text.ts';

/** What a policy did to the call, and what a reader must see of it. */
export interface Gate {
  readonly body: Pick<OcsfBody, 'action_id' | 'disposition_id' | 'policy' | 'authorizations'>;
  readonly label: 'break-glass' | 'dry-run' | 'denied-by-policy' | undefined;
}

/**
 * Denials by policy, not by missing permission: VPC Service Controls, organization policies, Binary Authorization,
 * admission webhooks, Kubernetes RBAC; and what passed them by break-glass or in dry run.
 */
export function gateOf(entry: AuditEntry, outcome: Outcome): Gate | undefined {
  return (
    approvalGate(entry.payload, outcome) ??
    perimeterGate(entry) ??
    admissionGate(entry.payload, outcome) ??
    organizationGate(entry.payload, outcome) ??
    breakGlassGate(entry) ??
    accessGate(entry)
  );
}

const DENIED = { action_id: 2, disposition_id: 2 } as const;
const OBSERVED = { action_id: 3, disposition_id: 17 } as const;

/**
 * What a person decided about a rollout or a build. Cloud Deploy leaves `approved` out where it is false.
 * @see https://cloud.google.com/deploy/docs/api/reference/rest/v1/projects.locations.deliveryPipelines.releases.rollouts/approve
 */
function approvalGate(payload: JsonObject, outcome: Outcome): Gate | undefined {
  const request = member(payload, 'request');
  const isApproved = approvalOf(stringAt(payload, 'methodName') ?? '', request);
  if (isApproved === undefined || outcome.code !== 0) return undefined;
  const name = stringAt(request, 'name') ?? stringAt(payload, 'resourceName') ?? 'approval';
  const desc = stringAt(request, 'approvalResult', 'comment');
  const policy: Policy = { name, type: 'Approval', desc: desc && clip(desc, 1000) };
  const decision = isApproved ? 'approved' : 'rejected';
  const verdict = isApproved ? { action_id: 1, disposition_id: 8 } : { action_id: 2, disposition_id: 25 };
  return { body: { ...verdict, policy, authorizations: [{ decision, policy }] }, label: undefined };
}

function approvalOf(method: string, request: JsonValue | undefined): boolean | undefined {
  if (!isObject(request)) return undefined;
  if (method.endsWith('CloudDeploy.ApproveRollout')) return member(request, 'approved') === true;
  if (!method.endsWith('CloudBuild.ApproveBuild')) return undefined;
  const decision = stringAt(request, 'approvalResult', 'decision');
  return decision === 'APPROVED' ? true : decision === 'REJECTED' ? false : undefined;
}

/** @see https://cloud.google.com/vpc-service-controls/docs/audit-logging */
function perimeterGate({ payload }: AuditEntry): Gate | undefined {
  const metadata = member(payload, 'metadata');
  const uid = stringAt(metadata, 'vpcServiceControlsUniqueId');
  if (uid === undefined) return undefined;
  const violations = ['ingressViolations', 'egressViolations'].flatMap((key) => {
    const found = member(metadata, key);
    return isArray(found) ? found : [];
  });
  const name =
    stringAt(metadata, 'securityPolicyInfo', 'servicePerimeterName') ??
    stringAt(violations[0], 'servicePerimeter');
  const policy: Policy = {
    name: name ?? 'VPC Service Controls',
    uid,
    type: 'VPC Service Controls',
    desc: stringAt(metadata, 'violationReason'),
  };
  const isDryRun = member(metadata, 'dryRun') === true;
  return {
    body: { ...(isDryRun ? OBSERVED : DENIED), policy },
    label: isDryRun ? 'dry-run' : 'denied-by-policy',
  };
}

/** The API server's words when an admission webhook says no; Binary Authorization is one of those. */
const WEBHOOK = /admission webhook "([^"]{1,253})" denied the request/;

function admissionGate(payload: JsonObject, outcome: Outcome): Gate | undefined {
  if (outcome.code === 0) return undefined;
  const message = stringAt(payload, 'response', 'message') ?? outcome.message ?? '';
  const webhook = WEBHOOK.exec(message)?.[1];
  const reason = stringAt(payload, 'response', 'reason');
  const isBinary = /binary ?authorization|imagepolicywebhook/i.test(message) || reason === 'VIOLATES_POLICY';
  if (webhook === undefined && !isBinary) return undefined;
  const policy: Policy = {
    name: webhook ?? 'Binary Authorization',
    type: isBinary ? 'Binary Authorization' : 'Admission webhook',
    desc: clip(message, 1000),
    is_applied: true,
  };
  return { body: { ...DENIED, policy }, label: 'denied-by-policy' };
}

/** @see https://cloud.google.com/resource-manager/docs/organization-policy/audit-logging */
function organizationGate(payload: JsonObject, outcome: Outcome): Gate | undefined {
  const violated = constraintOf(payload);
  if (violated === undefined || outcome.code === 0) return undefined;
  const policy: Policy = {
    name: violated.constraint,
    type: 'Organization Policy',
    desc: clip(violated.message ?? '', 1000),
  };
  return { body: { ...DENIED, policy }, label: 'denied-by-policy' };
}

function constraintOf(payload: JsonObject): { constraint: string; message: string | undefined } | undefined {
  const info = at(payload, 'policyViolationInfo', 'orgPolicyViolationInfo', 'violationInfo');
  const first = isArray(info) ? info[0] : undefined;
  const named = stringAt(first, 'constraint');
  if (named !== undefined) return { constraint: named, message: stringAt(first, 'errorMessage') };
  const details = at(payload, 'status', 'details');
  for (const detail of isArray(details) ? details.slice(0, 20) : []) {
    const violations = member(detail, 'violations');
    for (const violation of isArray(violations) ? violations.slice(0, 20) : []) {
      const type = stringAt(violation, 'type') ?? '';
      if (/constraints\//.test(type))
        return { constraint: type, message: stringAt(violation, 'description') };
    }
  }
  return undefined;
}

/** @see https://cloud.google.com/binary-authorization/docs/using-breakglass */
function breakGlassGate({ payload, labels }: AuditEntry): Gate | undefined {
  const policy: Policy = { name: 'Binary Authorization', type: 'Binary Authorization', is_applied: false };
  if (isBrokenGlass(payload, labels)) {
    return { body: { action_id: 1, disposition_id: 1, policy }, label: 'break-glass' };
  }
  const isDryRun = flag(labels, 'imagepolicywebhook.image-policy.k8s.io/dry-run') !== undefined;
  return isDryRun ? { body: { ...OBSERVED, policy }, label: 'dry-run' } : undefined;
}

function isBrokenGlass(payload: JsonObject, labels: JsonObject | undefined): boolean {
  if (isOn(flag(labels, 'imagepolicywebhook.image-policy.k8s.io/break-glass'))) return true;
  const request = member(payload, 'request');
  if (!isObject(request)) return false;
  const objects = [['metadata'], ['spec', 'template', 'metadata'], ['service', 'metadata'], ['service']];
  const marked = objects.some((path) => {
    const held = at(request, ...path);
    return ['labels', 'annotations'].some((key) =>
      isOn(flag(member(held, key), 'image-policy.k8s.io/break-glass')),
    );
  });
  if (marked) return true;
  // In Cloud Run the justification itself is the mark: an annotation in v1, a field in v2.
  return (
    stringAt(request, 'service', 'metadata', 'annotations', 'run.googleapis.com/binauthz-breakglass') !==
      undefined ||
    stringAt(request, 'service', 'binaryAuthorization', 'breakglassJustification') !== undefined ||
    stringAt(request, 'metadata', 'annotations', 'run.googleapis.com/binauthz-breakglass') !== undefined
  );
}

function flag(held: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(held) ? member(held, key) : undefined;
}

function isOn(value: JsonValue | undefined): boolean {
  return value === true || value === 'true';
}

/** Kubernetes' own authorizer leaves its decision and its reason in the labels. */
function accessGate({ labels }: AuditEntry): Gate | undefined {
  const decision = stringAt(labels, 'authorization.k8s.io/decision');
  if (decision !== 'forbid') return undefined;
  const reason = stringAt(labels, 'authorization.k8s.io/reason');
  const policy: Policy = { name: 'Kubernetes RBAC', type: 'Kubernetes RBAC', desc: reason };
  return {
    body: { action_id: 2, disposition_id: 26, policy, authorizations: [{ decision, policy }] },
    label: undefined,
  };
}
