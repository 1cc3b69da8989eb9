import { type AuditEntry, detail } from './entry.ts';

/** Which OCSF class an entry belongs to, with what only that class has. */
export type Plan =
  | { readonly class_uid: 6003 }
  | { readonly class_uid: 3001; readonly activity_id: number; readonly target: Target }
  | {
      readonly class_uid: 3002;
      readonly activity_id: number;
      readonly target: Target;
      readonly failed: boolean;
    }
  | {
      readonly class_uid: 3005;
      readonly activity_id: number;
      readonly target: Target;
      readonly privileges: readonly string[];
    }
  | {
      readonly class_uid: 3006;
      readonly activity_id: number;
      readonly team: string;
      readonly target: Target | undefined;
    }
  | { readonly class_uid: 2004; readonly activity_id: number; readonly number: string };

interface Target {
  readonly name: string | undefined;
  readonly uid: string | undefined;
}

const API: Plan = { class_uid: 6003 };

/**
 * Identity classes only where the entry names what the class requires: a user, a team, a privilege. Everything else,
 * and every action nobody listed, is API Activity.
 */
export function planOf(entry: AuditEntry): Plan {
  const { action } = entry;
  return (
    memberPlan(entry) ??
    teamPlan(entry) ??
    accountPlan(ACCOUNTS.get(action), entry) ??
    logonPlan(LOGONS.get(action), entry) ??
    findingPlan(FINDINGS.get(action), entry) ??
    API
  );
}

const ASSIGN = 1;
const REVOKE = 2;

/** Roles: those that the action itself names, and those that the entry does. */
const ROLES: ReadonlyMap<string, readonly [activity: number, implied?: string]> = new Map([
  ['org.add_member', [ASSIGN]],
  ['org.update_member', [ASSIGN]],
  ['org.remove_member', [REVOKE]],
  ['org.add_outside_collaborator', [ASSIGN]],
  ['org.remove_outside_collaborator', [REVOKE, 'outside_collaborator']],
  ['org.add_billing_manager', [ASSIGN, 'billing_manager']],
  ['org.remove_billing_manager', [REVOKE, 'billing_manager']],
  ['org.add_security_manager', [ASSIGN, 'security_manager']],
  ['org.remove_security_manager', [REVOKE, 'security_manager']],
  ['organization_moderators.add_user', [ASSIGN, 'moderator']],
  ['organization_moderators.remove_user', [REVOKE, 'moderator']],
  ['organization_role.assign', [ASSIGN]],
  ['organization_role.revoke', [REVOKE]],
  ['business.add_admin', [ASSIGN, 'owner']],
  ['business.remove_admin', [REVOKE, 'owner']],
  ['business.add_billing_manager', [ASSIGN, 'billing_manager']],
  ['business.remove_billing_manager', [REVOKE, 'billing_manager']],
  ['repo.add_member', [ASSIGN]],
  ['repo.update_member', [ASSIGN]],
  ['repo.remove_member', [REVOKE]],
]);

function memberPlan(entry: AuditEntry): Plan | undefined {
  const role = ROLES.get(entry.action);
  if (role === undefined) return undefined;
  const [activity_id, implied] = role;
  const old = activity_id === REVOKE ? ['old_permission', 'old_repo_permission'] : [];
  const named = detail(
    entry,
    'permission',
    'new_repo_permission',
    ...old,
    'role',
    'role_name',
    'organization_role',
  );
  const privilege = named ?? implied;
  const target = targetOf(entry) ?? joinerOf(entry);
  if (privilege === undefined || target === undefined) return undefined;
  return { class_uid: 3005, activity_id, target, privileges: [privilege] };
}

/** "A user joined an organization": where no other user is named, whoever acted is the one who joined. */
function joinerOf(entry: AuditEntry): Target | undefined {
  return entry.action === 'org.add_member' ? actorOf(entry) : undefined;
}

const TEAMS: ReadonlyMap<string, number> = new Map([
  ['team.add_member', 3],
  ['team.remove_member', 4],
  ['team.destroy', 5],
  ['team.create', 6],
  ['enterprise_team.add_member', 3],
  ['enterprise_team.remove_member', 4],
  ['enterprise_team.destroy', 5],
  ['enterprise_team.create', 6],
]);

function teamPlan(entry: AuditEntry): Plan | undefined {
  const activity_id = TEAMS.get(entry.action);
  const team = entry.team ?? (entry.category === 'enterprise_team' ? detail(entry, 'name') : undefined);
  if (activity_id === undefined || team === undefined) return undefined;
  const target = targetOf(entry);
  const needsUser = activity_id === 3 || activity_id === 4;
  return needsUser && target === undefined ? undefined : { class_uid: 3006, activity_id, team, target };
}

/** Activities of Account Change. */
const ACCOUNTS: ReadonlyMap<string, number> = new Map([
  ['user.create', 1],
  ['user.add', 1],
  ['external_identity.provision', 1],
  ['user.unsuspend', 2],
  ['user.change_password', 3],
  ['user.forgot_password', 4],
  ['user.reset_password', 4],
  ['user.suspend', 5],
  ['user.destroy', 6],
  ['user.delete', 6],
  ['user.remove', 6],
  ['external_identity.deprovision', 6],
  ['two_factor_authentication.enabled', 10],
  ['user.two_factor_requested', 10],
  ['two_factor_authentication.disabled', 11],
]);

function accountPlan(activity_id: number | undefined, entry: AuditEntry): Plan | undefined {
  if (activity_id === undefined) return undefined;
  const target = targetOf(entry) ?? actorOf(entry);
  return target === undefined ? undefined : { class_uid: 3001, activity_id, target };
}

const LOGONS: ReadonlyMap<string, readonly [activity: number, failed?: 'failed']> = new Map([
  ['user.login', [1]],
  ['user.logout', [2]],
  ['user.failed_login', [1, 'failed']],
  ['account.failed_login', [1, 'failed']],
  ['user.two_factor_challenge_failure', [1, 'failed']],
  ['user.two_factor_challenge_success', [1]],
  ['org.sso_response', [1]],
  ['business.sso_response', [1]],
]);

function logonPlan(logon: readonly [number, 'failed'?] | undefined, entry: AuditEntry): Plan | undefined {
  if (logon === undefined) return undefined;
  const target = targetOf(entry) ?? actorOf(entry);
  if (target === undefined) return undefined;
  return { class_uid: 3002, activity_id: logon[0], target, failed: logon[1] === 'failed' };
}

/** Alerts are findings; switching the scanner on or off is not. */
const FINDINGS: ReadonlyMap<string, number> = new Map([
  ['secret_scanning_alert.create', 1],
  ['secret_scanning_alert.report', 2],
  ['secret_scanning_alert.validate', 2],
  ['secret_scanning_alert.public_leak', 2],
  ['secret_scanning_alert.reopen', 2],
  ['secret_scanning_alert.resolve', 3],
  ['secret_scanning_alert.revoke', 3],
]);

function findingPlan(activity_id: number | undefined, entry: AuditEntry): Plan | undefined {
  const number = detail(entry, 'number', 'alert_number');
  return activity_id === undefined || number === undefined
    ? undefined
    : { class_uid: 2004, activity_id, number };
}

function targetOf({ user, userId }: AuditEntry): Target | undefined {
  return user === undefined ? undefined : { name: user, uid: userId };
}

function actorOf({ actor, actorId }: AuditEntry): Target | undefined {
  return actor === undefined ? undefined : { name: actor, uid: actorId };
}
