import { idAt, stringAt } from '../../json/json.ts';
import { endpointOf } from '../../ocsf/endpoint.ts';
import type { Api, Cloud, NetworkEndpoint, OcsfBody, Organization } from '../../ocsf/event.ts';
import { secretAlertUid } from '../github/resources.ts';
import { pick } from '../github/small.ts';
import type { Plan } from './classes.ts';
import type { AuditEntry } from './entry.ts';
import { resourcesOf } from './resources.ts';

/** What the class of an entry has, and takes away, beside what all entries have. */
export function classParts(entry: AuditEntry, plan: Plan): Partial<OcsfBody> {
  const resources = resourcesOf(entry);
  const org = organizationOf(entry);
  switch (plan.class_uid) {
    case 6003:
      return { api: apiOf(entry), resources };
    case 3001:
      return { ...identity(entry), user: { ...plan.target, org } };
    case 3002:
      return {
        ...identity(entry),
        user: { ...plan.target, org },
        service: { name: 'github.com' },
        is_remote: true,
        ...(entry.verb === 'sso_response' ? SAML : {}),
      };
    case 3005:
      return { ...identity(entry), user: { ...plan.target, org }, privileges: plan.privileges, resources };
    case 3006:
      return {
        ...identity(entry),
        group: { name: plan.team, type: 'team', domain: entry.organizations[0] },
        ...(plan.target === undefined ? {} : { user: { ...plan.target, org } }),
      };
    case 2004:
      return findingParts(entry, plan.number);
  }
}

const SAML = { auth_protocol_id: 5, auth_protocol: 'SAML' };

function apiOf({ action, category, native }: AuditEntry): Api {
  const uid = idAt(native, 'request_id');
  return {
    operation: action,
    service: { name: `github.${category}` },
    request: uid === undefined ? undefined : { uid },
  };
}

/** The identity classes have `api` in profile cloud only, and what was called is what an auditor asks first. */
function identity(entry: AuditEntry): { api: Api; cloud: Cloud } {
  return { api: apiOf(entry), cloud: { provider: 'GitHub', org: organizationOf(entry) } };
}

function organizationOf({ organizations, organizationIds }: AuditEntry): Organization | undefined {
  const [name] = organizations;
  return name === undefined ? undefined : { name, uid: organizationIds[0] };
}

/** A finding has no actor or api of its own: its evidences have. */
function findingParts(entry: AuditEntry, number: string): Partial<OcsfBody> {
  const type = stringAt(entry.native, 'secret_type_display_name') ?? stringAt(entry.native, 'secret_type');
  return {
    actor: undefined,
    src_endpoint: undefined,
    http_request: undefined,
    is_alert: true,
    resources: resourcesOf(entry),
    finding_info: {
      uid: secretAlertUid(entry.repositories[0], number),
      title: `Secret found in a repository: ${type ?? 'of unknown type'}`,
      types: ['Secret scanning'],
      analytic: {
        type_id: 1,
        type: 'Rule',
        name: type ?? 'secret',
        uid: stringAt(entry.native, 'secret_type'),
      },
    },
    evidences: [
      {
        actor: entry.actor === undefined ? undefined : { user: { name: entry.actor, uid: entry.actorId } },
        api: apiOf(entry),
        src_endpoint: sourceEndpoint(entry),
        data: pick(entry.native, ['number', 'alert_number', 'secret_type', 'resolution', 'validity']),
      },
    ],
  };
}

/** The address needs an opt-in; without it all that is known is which GitHub. */
export function sourceEndpoint({ native }: AuditEntry): NetworkEndpoint {
  const address = stringAt(native, 'actor_ip') ?? stringAt(native, 'ip');
  const country = stringAt(native, 'actor_location', 'country_code');
  return {
    ...endpointOf(address, { svc_name: 'github.com' }),
    location: country === undefined ? undefined : { country },
  };
}
