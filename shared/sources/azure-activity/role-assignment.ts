import type { JsonObject } from '../../json/json.ts';
import type { OcsfBody } from '../../ocsf/event.ts';
import type { Activity } from './activity.ts';
import { objectOf, textOf } from './fields.ts';

/** Who got or lost which role, where an assignment names both. */
export interface RoleChange {
  readonly body: Pick<OcsfBody, 'class_uid' | 'activity_id' | 'user' | 'privileges'>;
  readonly did: 'assigned' | 'revoked';
  readonly role: string;
  readonly principal: string;
  /** What the assignment says, without secrets, because it never holds one. */
  readonly assignment: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads `roleAssignments/write` and `/delete`. The principal and the role are in the body of the request (start) or
 * of the response (success); Event Grid carries neither, and then the event stays an API call.
 * @see https://learn.microsoft.com/rest/api/authorization/role-assignments
 */
export function roleChangeOf(activity: Activity): RoleChange | undefined {
  const match = /^microsoft\.authorization\/roleassignments\/(write|delete)$/i.exec(activity.operation ?? '');
  if (match?.[1] === undefined) return undefined;
  const body = bodyOf(activity);
  const principal = textOf(body, 'principalId', 'PrincipalId');
  const definition = textOf(body, 'roleDefinitionId', 'RoleDefinitionId')?.split('/').at(-1) || undefined;
  if (principal === undefined || definition === undefined) return undefined;
  const isAssign = match[1].toLowerCase() === 'write';
  const role = ROLES.get(definition.toLowerCase()) ?? definition;
  const type = textOf(body, 'principalType', 'PrincipalType');
  return {
    body: {
      class_uid: 3005,
      activity_id: isAssign ? 1 : 2,
      user: { uid: principal, name: principal, ...userType(type) },
      privileges: [role],
    },
    did: isAssign ? 'assigned' : 'revoked',
    role,
    principal,
    assignment: {
      role,
      roleDefinitionId: definition,
      principalId: principal,
      principalType: type,
      scope: textOf(body, 'scope', 'Scope'),
      condition: textOf(body, 'condition', 'Condition'),
    },
  };
}

function userType(type: string | undefined): { type_id: number; type: string } {
  if (type === undefined) return { type_id: 0, type: 'Unknown' };
  return type === 'User' ? { type_id: 1, type } : { type_id: 99, type };
}

function bodyOf(activity: Activity): JsonObject | undefined {
  for (const body of [
    objectOf(activity.properties, 'responseBody', 'responsebody'),
    objectOf(activity.properties, 'requestbody', 'requestBody'),
  ]) {
    const properties = objectOf(body, 'properties', 'Properties');
    if (properties !== undefined) return properties;
  }
  return undefined;
}

/**
 * Built-in roles that decide over others, over secrets or over images, by the id that is the same in every tenant.
 * @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
const ROLES: ReadonlyMap<string, string> = new Map([
  ['8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner'],
  ['b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor'],
  ['acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader'],
  ['18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'User Access Administrator'],
  ['f58310d9-a9f6-439a-9e8d-f62e7b41a168', 'Role Based Access Control Administrator'],
  ['00482a5a-887f-4fb3-b363-3b7fe8e74483', 'Key Vault Administrator'],
  ['b86a8fe4-44ce-4948-aee5-eccb2c155cd7', 'Key Vault Secrets Officer'],
  ['4633458b-17de-408a-b874-0445c86b69e6', 'Key Vault Secrets User'],
  ['8311e382-0749-4cb8-b61a-304f252e45ec', 'AcrPush'],
  ['7f951dda-4ed3-4680-a7ca-43fe172d538d', 'AcrPull'],
  ['b7e6dc6d-f1e8-4753-8033-0f276bb0955b', 'Storage Blob Data Owner'],
  ['ba92f5b4-2d11-453d-a403-e96b0029c9fe', 'Storage Blob Data Contributor'],
  ['b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b', 'Azure Kubernetes Service RBAC Cluster Admin'],
]);
