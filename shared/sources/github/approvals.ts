import type { OcsfBody, Policy } from '../../ocsf/event.ts';

/** What a gate decided, in profile security_control: OCSF's enumerations fit GitHub's gates exactly. */
export type Decision = 'approved' | 'rejected' | 'bypassed' | 'blocked';

type Gate = Pick<OcsfBody, 'action_id' | 'action' | 'disposition_id' | 'disposition' | 'authorizations'>;

const GATES: Readonly<Record<Decision, Omit<Gate, 'authorizations'>>> = {
  approved: { action_id: 1, action: 'Allowed', disposition_id: 8, disposition: 'Approved' },
  rejected: { action_id: 2, action: 'Denied', disposition_id: 25, disposition: 'Rejected' },
  bypassed: { action_id: 1, action: 'Allowed', disposition_id: 1, disposition: 'Allowed' },
  blocked: { action_id: 2, action: 'Denied', disposition_id: 2, disposition: 'Blocked' },
};

export function gate(decision: Decision, policy: Policy): Gate {
  return { ...GATES[decision], authorizations: [{ decision, policy }] };
}
