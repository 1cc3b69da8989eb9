import type { FieldAliases } from './sigma/index.ts';

/**
 * Names of fields that public rules and transports spell in several ways, by logsource. A rule's own name is tried
 * first, then these in their order. Data only: a new logsource is a new entry here.
 */
export const ALIASES: readonly FieldAliases[] = [
  {
    // The four shapes of an Activity Log entry: Event Hub, REST API, Event Grid, Log Analytics table.
    logsource: { product: 'azure', service: 'activitylogs' },
    fields: {
      ...same(
        'operationName',
        'operationName.value',
        'OperationNameValue',
        'data.operationName',
        'OperationName',
      ),
      ...same('category', 'category.value', 'CategoryValue', 'properties.eventCategory', 'Category'),
      ...same('resourceId', 'ResourceId', '_ResourceId', 'data.resourceUri'),
      ...same(
        'resultType',
        'status.value',
        'ActivityStatusValue',
        'data.status',
        'status',
        'Status',
        'ActivityStatus',
      ),
      ...same('resultSignature', 'subStatus.value', 'ActivitySubstatusValue', 'ActivitySubstatus'),
      ...same(
        'callerIpAddress',
        'CallerIpAddress',
        'httpRequest.clientIpAddress',
        'data.httpRequest.clientIpAddress',
      ),
      ...same('caller', 'Caller', 'identity.claims.name', 'data.claims.name'),
      ...same('correlationId', 'CorrelationId', 'data.correlationId'),
      ...same(
        'resourceProviderName',
        'resourceProviderName.value',
        'ResourceProviderValue',
        'data.resourceProvider',
      ),
      ...same('level', 'Level'),
      'properties.message': ['operationName.localizedValue', 'OperationName', 'operationName'],
    },
  },
  {
    logsource: { product: 'gcp', service: 'gcp.audit' },
    fields: {
      ...gcp('methodName', 'method_name'),
      ...gcp('serviceName', 'service_name'),
      ...gcp('resourceName', 'resource_name'),
      ...gcp('status.code', 'status.code'),
      ...gcp('status.message', 'status.message'),
      ...gcp('authenticationInfo.principalEmail', 'authentication_info.principal_email'),
      ...gcp('authorizationInfo.permission', 'authorization_info.permission'),
      ...gcp('authorizationInfo.granted', 'authorization_info.granted'),
      ...gcp('requestMetadata.callerIp', 'request_metadata.caller_ip'),
      'data.protoPayload.resource.type': ['resource.type', 'protoPayload.resource.type'],
      'data.protoPayload.logName': ['logName', 'protoPayload.logName'],
      'protoPayload.Servicename': ['protoPayload.serviceName'],
    },
  },
  {
    // Fields that some events carry on top and others inside `data`.
    logsource: { product: 'github', service: 'audit' },
    fields: Object.fromEntries(
      [
        'admin_enforced',
        'allow_deletions_enforcement_level',
        'allow_force_pushes_enforcement_level',
        'audit_log_stream_enabled',
        'default_workflow_permissions',
        'dismiss_stale_reviews_on_push',
        'environment_name',
        'ignore_approvals_from_contributors',
        'pull_request_reviews_enforcement_level',
        'read_only',
        'require_code_owner_review',
        'require_last_push_approval',
        'required_status_checks_enforcement_level',
        'ruleset_bypass_actors_added.actor_id',
        'ruleset_bypass_actors_added.actor_type',
        'ruleset_enforcement',
        'ruleset_old_enforcement',
        'ruleset_rules_deleted',
        'signature_requirement_enforcement_level',
        'strict_required_status_checks_policy',
        'workflow_run_id',
      ].map((field) => [field, [`data.${field}`]]),
    ),
  },
];

/** Each of these names stands for all of them. */
function same(...names: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(names.map((name) => [name, names.filter((other) => other !== name)]));
}

/** A field of the audit log payload, under the names of Google, of Elastic, of Pub/Sub wrappers and of BigQuery. */
function gcp(path: string, elastic: string): Record<string, readonly string[]> {
  return same(
    `protoPayload.${path}`,
    `gcp.audit.${elastic}`,
    `data.protoPayload.${path}`,
    `protopayload_auditlog.${path}`,
  );
}
