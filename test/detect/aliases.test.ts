import { expect, test } from 'vitest';
import { ALIASES } from '../../shared/detect/aliases.ts';
import { compileRules, parseRules } from '../../shared/detect/sigma/index.ts';
import type { JsonValue } from '../../shared/json/json.ts';

function matches(logsource: string, selection: string, record: JsonValue): boolean {
  const source = `title: t\nlogsource: ${logsource}\ndetection: {s: ${selection}, condition: s}`;
  const { ruleSet } = compileRules(parseRules(source, 'x.yml').rules, { aliases: ALIASES });
  return ruleSet.match({ record }).length > 0;
}

const AZURE = '{product: azure, service: activitylogs}';
const DELETE = 'Microsoft.Compute/disks/delete';

test.for([
  ['Event Hub', { operationName: DELETE.toUpperCase(), resourceId: '/x', resultType: 'Success' }],
  [
    'REST',
    {
      operationName: { value: DELETE, localizedValue: 'Delete disk' },
      resourceId: '/x',
      status: { value: 'Success' },
    },
  ],
  ['Event Grid', { data: { operationName: DELETE, resourceUri: '/x', status: 'Success' } }],
  ['Log Analytics', { OperationNameValue: DELETE, _ResourceId: '/x', ActivityStatusValue: 'Success' }],
] as const)('a rule over one shape of an Azure entry finds the others: %s', ([, record]) => {
  for (const name of ['operationName', 'OperationNameValue', 'OperationName']) {
    expect(matches(AZURE, `{${name}: ${DELETE}}`, record)).toBe(true);
  }
  expect(matches(AZURE, '{resultType: success, ResourceId: /x}', record)).toBe(true);
  expect(matches(AZURE, '{operationName: Microsoft.Compute/disks/write}', record)).toBe(false);
});

test.for(['gcp.audit.method_name', 'protoPayload.methodName', 'data.protoPayload.methodName'])(
  '%s is the method of a Google Cloud entry in each wrapping',
  (field) => {
    const rule = `{${field}|endswith: .DeleteSink}`;
    const payload = { methodName: 'google.logging.v2.ConfigServiceV2.DeleteSink' };
    const logsource = '{product: gcp, service: gcp.audit}';
    for (const wrapping of ['protoPayload', 'protopayload_auditlog']) {
      expect(matches(logsource, rule, { [wrapping]: payload })).toBe(true);
    }
    expect(matches(logsource, rule, { data: { protoPayload: payload } })).toBe(true);
    expect(matches('{product: aws}', rule, { other: payload })).toBe(false);
  },
);
