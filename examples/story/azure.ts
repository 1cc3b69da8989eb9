import { AZURE } from './cast.ts';
import { isoSeconds, type Moment } from './moment.ts';

/** What differs between two Activity Log records of this subscription. */
export interface Operation {
  readonly name: string;
  readonly resource: string;
  readonly ip: string;
  readonly caller:
    | { readonly kind: 'app'; readonly name: string }
    | { readonly kind: 'user'; readonly upn: string };
  readonly correlation: string;
  readonly result: { readonly type: 'Start' | 'Success' | 'Failure'; readonly signature: string };
  readonly properties?: Record<string, unknown>;
}

/** A record as a diagnostic setting streams it to an Event Hub: resource ids in capitals, seven fraction digits. */
export function activity(atMs: number, operation: Operation): Moment {
  const resourceId = `/SUBSCRIPTIONS/${AZURE.subscription.toUpperCase()}${operation.resource.toUpperCase()}`;
  return {
    atMs,
    road: 'azure-eventhub',
    event: {
      time: `${isoSeconds(atMs).slice(0, 19)}.${String(atMs % 1000).padStart(3, '0')}0000Z`,
      resourceId,
      operationName: operation.name.toUpperCase(),
      category: 'Administrative',
      resultType: operation.result.type,
      resultSignature: operation.result.signature,
      durationMs: '0',
      callerIpAddress: operation.ip,
      correlationId: operation.correlation,
      identity: {
        authorization: {
          scope: resourceId.toLowerCase(),
          action: operation.name,
          evidence: { role: 'Contributor', roleAssignmentScope: `/subscriptions/${AZURE.subscription}` },
        },
        claims: claims(operation, atMs),
      },
      level: 'Information',
      tenantId: AZURE.tenant,
      properties: { eventCategory: 'Administrative', ...operation.properties },
    },
  };
}

function claims(operation: Operation, atMs: number): Record<string, string> {
  const shared = {
    aud: 'https://management.core.windows.net/',
    iss: `https://sts.windows.net/${AZURE.tenant}/`,
    iat: String(Math.floor(atMs / 1000) - 60),
    'http://schemas.microsoft.com/identity/claims/tenantid': AZURE.tenant,
    uti: operation.correlation.slice(0, 22),
  };
  if (operation.caller.kind === 'app') {
    return {
      ...shared,
      appid: AZURE.application,
      appidacr: '2',
      idtyp: 'app',
      'http://schemas.microsoft.com/identity/claims/objectidentifier': AZURE.principal,
    };
  }
  return {
    ...shared,
    idtyp: 'user',
    name: operation.caller.upn.split('@')[0] ?? '',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': operation.caller.upn,
    'http://schemas.microsoft.com/identity/claims/objectidentifier': `5a5a5a5a-0000-4000-8000-${operation.caller.upn.length.toString(16).padStart(12, '0')}`,
  };
}
