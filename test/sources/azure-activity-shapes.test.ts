import fc from 'fast-check';
import { expect, test } from 'vitest';
import { azureActivity } from '../../shared/sources/azure-activity.ts';
import { accepts, eventOf, identityOf, readAll, readOne, split } from './azure-gcp-support.ts';

const SUBSCRIPTION = '11111111-2222-4333-8444-555555555555';
const UPN = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn';
const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier';

/** One thing that happened, in no shape yet. */
interface Happening {
  /** Seven fraction digits, the most that Azure writes. */
  readonly time: string;
  readonly operation: string;
  readonly resource: string;
  readonly correlation: string;
  readonly outcome: 'Success' | 'Failure' | 'Cancel';
  readonly subStatus: string;
  readonly claims: Readonly<Record<string, string>>;
  readonly caller: string;
}

const ALICE: Happening = {
  time: '2026-07-03T09:00:09.7654321Z',
  operation: 'Microsoft.ContainerService/managedClusters/write',
  resource: `/subscriptions/${SUBSCRIPTION}/resourceGroups/Shop/providers/Microsoft.ContainerService/managedClusters/prod`,
  correlation: '0c0c0c0c-0000-4000-8000-000000000001',
  outcome: 'Success',
  subStatus: 'Created',
  claims: { [UPN]: 'alice@example.com', [OBJECT_ID]: 'aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb', uti: 'uti-1' },
  caller: 'alice@example.com',
};

const PAST = { Success: 'Succeeded', Failure: 'Failed', Cancel: 'Canceled' } as const;

/** Event Hub and storage: capitals, no id, the sub-status behind the outcome. */
function hub(happening: Happening): unknown {
  const { operation, resource, outcome, subStatus, claims } = happening;
  return {
    time: happening.time,
    resourceId: resource.toUpperCase(),
    operationName: operation.toUpperCase(),
    category: 'Administrative',
    resultType: outcome,
    resultSignature: `${PAST[outcome]}.${subStatus}`,
    callerIpAddress: '203.0.113.7',
    correlationId: happening.correlation,
    identity: { claims },
    properties: { eventCategory: 'Administrative' },
  };
}

/** REST and portal: the names of things as they are, an id, past participles. */
function rest(happening: Happening): unknown {
  const { operation, resource, outcome, subStatus, claims } = happening;
  return {
    eventTimestamp: happening.time,
    submissionTimestamp: '2026-07-03T09:02:00Z',
    eventDataId: 'e0e0e0e0-0000-4000-8000-000000000001',
    operationName: { value: operation, localizedValue: operation },
    category: { value: 'Administrative', localizedValue: 'Administrative' },
    status: { value: PAST[outcome], localizedValue: PAST[outcome] },
    subStatus: { value: subStatus, localizedValue: subStatus },
    caller: happening.caller,
    claims,
    httpRequest: { clientIpAddress: '203.0.113.7', method: 'PUT' },
    correlationId: happening.correlation,
    resourceId: resource,
  };
}

/** Event Grid: hundredths of a second, no sub-status, ids in lower case. */
function grid(happening: Happening): unknown {
  const { operation, resource, outcome, claims } = happening;
  return {
    subject: resource.toLowerCase(),
    eventType: `Microsoft.Resources.ResourceWrite${outcome}`,
    eventTime: happening.time.replace(/(\.\d\d)\d+Z$/, '$1Z'),
    id: 'f0f0f0f0-0000-4000-8000-000000000001',
    data: {
      claims,
      correlationId: happening.correlation,
      httpRequest: JSON.stringify({ clientIpAddress: '203.0.113.7', method: 'PUT' }),
      resourceUri: resource.toLowerCase(),
      operationName: operation,
      status: PAST[outcome],
    },
    dataVersion: '2',
    metadataVersion: '1',
  };
}

function cloudEvent(happening: Happening): unknown {
  const { eventType, eventTime, ...event } = grid(happening) as Record<string, unknown>;
  return {
    ...event,
    specversion: '1.0',
    type: eventType,
    time: eventTime,
    source: `/subscriptions/${SUBSCRIPTION}`,
  };
}

/** Log Analytics: capitals again, objects in strings, and `OK` where others write nothing. */
function table(happening: Happening): unknown {
  const { operation, resource, outcome, subStatus, claims } = happening;
  return {
    TimeGenerated: happening.time,
    OperationNameValue: operation.toUpperCase(),
    ActivityStatusValue: outcome,
    ActivitySubstatusValue: subStatus || 'OK',
    CategoryValue: 'Administrative',
    Caller: happening.caller,
    CallerIpAddress: '203.0.113.7',
    CorrelationId: happening.correlation.toUpperCase(),
    EventDataId: 'e0e0e0e0-0000-4000-8000-000000000001',
    Claims: JSON.stringify(claims),
    _ResourceId: resource.toLowerCase(),
    Type: 'AzureActivity',
  };
}

const SHAPES = [
  ['a hub message', (happening: Happening) => ({ records: [hub(happening)] })],
  ['a REST page', (happening: Happening) => ({ value: [rest(happening)] })],
  ['an Event Grid delivery', (happening: Happening) => [grid(happening)]],
  ['a CloudEvent', cloudEvent],
  ['a Log Analytics row', table],
] as const;

test.each(SHAPES)('%s is the same event as a bare hub record', (_, write) => {
  expect(accepts(azureActivity, write(ALICE))).toBe(true);
  expect(identityOf(readOne(azureActivity, write(ALICE)))).toEqual(
    identityOf(readOne(azureActivity, hub(ALICE))),
  );
});

test.each(SHAPES)('%s tells who did what to what, and how it went', (_, write) => {
  const event = eventOf(azureActivity, readOne(azureActivity, write(ALICE)));
  expect(event).toMatchObject({
    class_uid: 6003,
    status_id: 1,
    time: Date.UTC(2026, 6, 3, 9, 0, 9, event.time % 1000),
    actor: { user: { name: 'alice@example.com', type_id: 1 }, session: { uid: 'uti-1' } },
    resources: [{ uid: ALICE.resource.toLowerCase(), type: 'microsoft.containerservice/managedclusters' }],
    src_endpoint: { ip: '203.0.113.7' },
    cloud: { provider: 'Azure', account: { uid: SUBSCRIPTION, type_id: 13 } },
    metadata: { correlation_uid: expect.stringMatching(/^0c0c0c0c/i) },
  });
});

const happening: fc.Arbitrary<Happening> = fc.record({
  time: fc
    .record({
      at: fc.date({ min: new Date('2000-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }),
      rest: fc.nat(9999),
    })
    .map(({ at, rest: digits }) => `${at.toISOString().slice(0, 23)}${String(digits).padStart(4, '0')}Z`),
  operation: fc.constantFrom('Microsoft.Web/sites/write', 'Microsoft.Authorization/roleAssignments/delete'),
  resource: fc
    .tuple(fc.uuid(), fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/))
    .map(([id, name]) => `/subscriptions/${id}/resourceGroups/Rg/providers/Microsoft.Web/sites/${name}`),
  correlation: fc.uuid(),
  outcome: fc.constantFrom('Success' as const, 'Failure' as const, 'Cancel' as const),
  subStatus: fc.constantFrom('', 'OK', 'Created', 'Forbidden', 'Conflict'),
  claims: fc.record(
    { [UPN]: fc.constant('Bob@Example.com'), [OBJECT_ID]: fc.uuid(), appid: fc.uuid() },
    { requiredKeys: [OBJECT_ID] },
  ),
  caller: fc.constant('bob@example.com'),
});

test('whatever happened, all shapes of it are one event', () => {
  fc.assert(
    fc.property(happening, (one) => {
      const identities = SHAPES.map(([, write]) => identityOf(readOne(azureActivity, write(one))));
      for (const identity of identities) expect(identity).toEqual(identities[0]);
    }),
    { numRuns: 200 },
  );
});

test('a road that cut the claims away names the same caller', () => {
  const { claims: _, ...bare } = rest(ALICE) as Record<string, unknown>;
  expect(identityOf(readOne(azureActivity, bare))).toEqual(identityOf(readOne(azureActivity, rest(ALICE))));
});

const OTHERS: readonly [string, Partial<Happening>][] = [
  ['another resource', { resource: ALICE.resource.replace('prod', 'test') }],
  ['another operation', { operation: 'Microsoft.ContainerService/managedClusters/delete' }],
  ['another correlation', { correlation: '0c0c0c0c-0000-4000-8000-000000000002' }],
  ['another outcome', { outcome: 'Failure' }],
  ['another time', { time: '2026-07-03T09:00:09.7554321Z' }],
];

test.each(SHAPES.flatMap(([shape, write]) => OTHERS.map(([what, other]) => ({ shape, write, what, other }))))(
  '$what makes another event of $shape',
  ({ write, other }) => {
    const found = identityOf(readOne(azureActivity, write({ ...ALICE, ...other })));
    expect(found.id).not.toEqual(identityOf(readOne(azureActivity, write(ALICE))).id);
  },
);

test('another caller under the same uid is a contradiction, not a duplicate', () => {
  const forged = { ...ALICE, claims: { [UPN]: 'mallory@example.com' }, caller: 'mallory@example.com' };
  const [found, true_] = [forged, ALICE].map((one) => identityOf(readOne(azureActivity, hub(one))));
  expect(found?.id).toEqual(true_?.id);
  expect(found?.essence).not.toEqual(true_?.essence);
});

test('start, accept and success of one operation stay three events', () => {
  const phases = [
    ['Start', 'Started.'],
    ['Accept', 'Accepted.Created'],
    ['Success', 'Succeeded.'],
  ].map(([resultType, resultSignature]) => ({ ...(hub(ALICE) as object), resultType, resultSignature }));
  const found = readAll(azureActivity, { records: phases }).map((mapped) =>
    JSON.stringify((mapped as { nativeId?: unknown }).nativeId),
  );
  expect(new Set(found).size).toBe(3);
});

test.each([
  ['Started.', '', true],
  ['Accepted.', 'OK', true],
  ['Accepted.Accepted', '', true],
  ['Accepted.Created', 'Created', true],
  ['Accepted.Created', 'Accepted', false],
])('a hub that says %s and a table that says "%s" agree: %s', (resultSignature, substatus, agree) => {
  const word = resultSignature.split('.')[0] ?? '';
  const one = readOne(azureActivity, { ...(hub(ALICE) as object), resultType: word, resultSignature });
  const row = {
    ...(table(ALICE) as object),
    ActivityStatusValue: word.slice(0, -2),
    ActivitySubstatusValue: substatus,
  };
  const other = readOne(azureActivity, row);
  const same = JSON.stringify(identityOf(one)) === JSON.stringify(identityOf(other));
  expect(same).toBe(agree);
});

test.each([
  ['a bare record', hub(ALICE), 1, 0],
  ['a bare array', [hub(ALICE), hub(ALICE)], 2, 0],
  ['an array of hub messages', [{ records: [hub(ALICE)] }, { records: [hub(ALICE), hub(ALICE)] }], 3, 0],
  ['hub messages as strings', [JSON.stringify({ records: [hub(ALICE)] })], 1, 0],
  ['a message in a string', JSON.stringify({ records: [hub(ALICE)] }), 1, 0],
  ['an empty message', { records: [] }, 0, 1],
  ['an empty message in a string', '{"records": []}', 0, 1],
  [
    'properties in a string',
    { ...(hub(ALICE) as object), properties: '{"eventCategory":"Administrative"}' },
    1,
    0,
  ],
])('%s is read to its last record', (_, value, records, control) => {
  expect(accepts(azureActivity, value)).toBe(true);
  const found = split(azureActivity, value);
  expect([found.records.length, found.rejects.length, found.control]).toEqual([records, 0, control]);
  for (const record of found.records) expect(azureActivity.map(record)).toHaveProperty('body');
});

test('a record is kept in the characters that it came in', () => {
  const text =
    '{"records":[ {"time" : "2026-07-03T09:00:00Z", "big":12345678901234567890, "category":"Administrative"} ]}';
  const [record] = azureActivity.split(
    { text, value: JSON.parse(text) },
    { attributes: {}, receivedAt: new Date(0) },
  ).records;
  expect(record?.text).toBe(text.slice('{"records":[ '.length, -' ]}'.length));
});

test.each([
  [
    'a sign-in',
    {
      time: '2026-07-03T09:00:00Z',
      resourceId: '/tenants/t/providers/Microsoft.aadiam',
      operationName: 'Sign-in activity',
      category: 'SignInLogs',
      resultType: '0',
    },
  ],
  ['a directory audit', { category: 'Policy', activityDisplayName: 'Update policy', id: 'Directory_1' }],
  [
    'a Key Vault log',
    {
      time: '2026-07-03T09:00:00Z',
      resourceId: ALICE.resource,
      operationName: 'SecretGet',
      category: 'AuditEvent',
    },
  ],
  [
    'a cluster log',
    {
      records: [
        {
          time: '2026-07-03T09:00:00Z',
          resourceId: ALICE.resource,
          operationName: 'Microsoft.ContainerService/managedClusters/diagnosticLogs/Read',
          category: 'kube-audit-admin',
          properties: { log: '{}' },
        },
      ],
    },
  ],
  [
    'a storage log',
    {
      time: '2026-07-03T09:00:00Z',
      operationName: 'GetBlob',
      category: 'StorageRead',
      resourceId: ALICE.resource,
    },
  ],
  ['a registry event', [{ eventType: 'Microsoft.ContainerRegistry.ImagePushed', data: { action: 'push' } }]],
  [
    'alerts of Defender',
    { value: [{ id: '/x/alerts/1', name: '1', properties: { alertDisplayName: 'a' } }] },
  ],
  ['CloudTrail', { Records: [{ eventName: 'StopLogging', eventTime: '2026-07-03T09:00:00Z' }] }],
  [
    'metrics',
    {
      records: [
        {
          count: 4,
          metricName: 'IncomingRequests',
          time: '2026-07-03T09:00:00Z',
          resourceId: ALICE.resource,
        },
      ],
    },
  ],
  ['an empty object', {}],
  ['an empty array', []],
  ['a number', 1],
  ['nothing', null],
])('%s is no Activity Log', (_, value) => {
  expect(accepts(azureActivity, value)).toBe(false);
});

test('another log in the same message is kept as a record of unknown shape', () => {
  const other = { time: '2026-07-03T09:00:00Z', operationName: 'SecretGet', category: 'AuditEvent' };
  const value = { records: [other, hub(ALICE), 7, null] };
  expect(accepts(azureActivity, value)).toBe(true);
  expect(readAll(azureActivity, value).map((mapped) => 'unmapped' in mapped)).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

test('an entry without a time is mapped with that of its receipt, and says so', () => {
  const { time: _, ...entry } = hub(ALICE) as Record<string, unknown>;
  const { body } = readOne(azureActivity, entry);
  expect([body.time, body.metadata.labels]).toEqual([
    Date.parse('2026-07-04T00:00:00Z'),
    ['time-of-receipt'],
  ]);
  expect(identityOf(readOne(azureActivity, entry)).id).not.toEqual(
    identityOf(readOne(azureActivity, hub(ALICE))).id,
  );
});

test('an image in the body of a deployment is a resource by its digest', () => {
  const digest = `sha256:${'0a'.repeat(32)}`;
  const requestbody = JSON.stringify({
    properties: { linuxFxVersion: `DOCKER|registry.example.com/shop@${digest}` },
  });
  const { resources } = readOne(azureActivity, {
    ...(hub(ALICE) as object),
    properties: { requestbody },
  }).body;
  expect(resources?.[1]).toMatchObject({ name: 'registry.example.com/shop', uid: digest, data: { digest } });
});

test.each([
  ['Microsoft.Web/sites/write', 1],
  ['Microsoft.Web/sites/read', 2],
  ['MICROSOFT.WEB/SITES/DELETE', 4],
  ['Microsoft.Storage/storageAccounts/listKeys/action', 2],
  ['Microsoft.KeyVault/vaults/secrets/getSecret/action', 2],
  ['Microsoft.Compute/virtualMachines/restart/action', 3],
  ['Microsoft.KeyVault/locations/deletedVaults/purge/action', 4],
  ['Microsoft.Compute/virtualMachines/runCommand/action', 99],
])('%s is activity %s', (operation, activity_id) => {
  expect(readOne(azureActivity, hub({ ...ALICE, operation })).body.activity_id).toBe(activity_id);
});

test('a row of an answer is stored as the object that the column names make of it', () => {
  const row = table(ALICE) as Record<string, unknown>;
  const columns = Object.keys(row).map((name) => ({ name, type: 'string' }));
  const answer = { tables: [{ name: 'PrimaryResult', columns, rows: [Object.values(row)] }] };
  const [record] = split(azureActivity, answer).records;
  expect(record?.text).toBe(JSON.stringify(row));
  expect(record?.value).toEqual(row);
});
