import type { OcsfBody } from '../../ocsf/event.ts';
import { type Decision, gate } from '../github/approvals.ts';
import { type AuditEntry, detail } from './entry.ts';

/** Decisions at a gate: who let what through, against which rule. */
const DECISIONS: ReadonlyMap<string, Decision> = new Map([
  ['workflows.approve_workflow_job', 'approved'],
  ['workflows.reject_workflow_job', 'rejected'],
  ['workflows.bypass_protection_rules', 'bypassed'],
  ['protected_branch.policy_override', 'bypassed'],
  ['protected_branch.rejected_ref_update', 'blocked'],
  ['secret_scanning_push_protection.bypass', 'bypassed'],
  ['secret_scanning_push_protection_request.approve', 'approved'],
  ['secret_scanning_push_protection_request.deny', 'rejected'],
  ['personal_access_token.request_denied', 'rejected'],
]);

/** Of profile security_control; undefined for an entry that decides nothing. */
export function gateOf(entry: AuditEntry): Partial<OcsfBody> | undefined {
  const decision = DECISIONS.get(entry.action);
  if (decision === undefined) return undefined;
  const name = detail(entry, 'environment_name', 'env_name', 'branch', 'name') ?? entry.category;
  return gate(decision, { name, type: TYPES.get(entry.category) ?? entry.category });
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['workflows', 'environment protection rule'],
  ['protected_branch', 'branch protection'],
]);
