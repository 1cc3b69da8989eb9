import { personSession, record } from './aws.ts';
import { activity } from './azure.ts';
import { AWS, AZURE, GCP, ORGANISATION, type Person, type Team } from './cast.ts';
import type { Chance } from './chance.ts';
import { CLUSTER, entry } from './gcp.ts';
import { auditEntry } from './github.ts';
import { HOUR, MINUTE, type Moment } from './moment.ts';

/** A working day besides the deliveries: people sign in, look around, and services do what services do all night. */
export function backgroundOfDay(
  { midnightMs, isWorkday }: { readonly midnightMs: number; readonly isWorkday: boolean },
  teams: readonly Team[],
  chance: Chance,
): readonly Moment[] {
  const moments: Moment[] = [];
  // Services do as much more as there are more teams; three teams have one set of them.
  for (let hour = 0; hour < 24; hour += 1) {
    for (let set = 0; set < teams.length; set += 3)
      moments.push(...machines(midnightMs + hour * HOUR, chance));
  }
  if (!isWorkday) return moments;
  for (const team of teams) {
    for (const person of team.people) moments.push(...person8to5(person, team, midnightMs, chance));
  }
  return moments;
}

function machines(atMs: number, chance: Chance): readonly Moment[] {
  const role = `arn:aws:iam::${AWS.account}:role/payments-api`;
  const identity = {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLERUNTIME01:payments-api',
    arn: `arn:aws:sts::${AWS.account}:assumed-role/payments-api/payments-api`,
    accountId: AWS.account,
    accessKeyId: 'ASIAEXAMPLE0000RUN01',
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: role, accountId: AWS.account, userName: 'payments-api' },
      attributes: {},
    },
  };
  const secret = `arn:aws:secretsmanager:${AWS.region}:${AWS.account}:secret:payments/database-AbCdEf`;
  return [
    record(
      atMs + chance.whole(0, 59) * MINUTE,
      {
        service: 'secretsmanager',
        name: 'GetSecretValue',
        identity,
        ip: '192.0.2.61',
        agent: 'aws-sdk-js/3',
        readOnly: true,
        request: { secretId: secret },
      },
      chance,
    ),
    record(
      atMs + chance.whole(0, 59) * MINUTE,
      {
        service: 'sts',
        name: 'AssumeRole',
        identity: { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' },
        ip: 'lambda.amazonaws.com',
        agent: 'lambda.amazonaws.com',
        readOnly: true,
        request: { roleArn: role, roleSessionName: 'payments-api' },
        response: {
          credentials: {
            accessKeyId: 'ASIAEXAMPLE0000RUN01',
            expiration: new Date(atMs + HOUR).toISOString(),
          },
        },
      },
      chance,
    ),
    entry(
      atMs + chance.whole(0, 59) * MINUTE,
      {
        log: 'data_access',
        service: 'secretmanager.googleapis.com',
        method: 'google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion',
        resource: `projects/${GCP.projectNumber}/secrets/storefront-session/versions/latest`,
        principal: 'storefront@larkspur-shop.iam.gserviceaccount.com',
        ip: 'private',
        permission: 'secretmanager.versions.access',
      },
      chance,
    ),
    entry(
      atMs + chance.whole(0, 59) * MINUTE,
      {
        log: 'activity',
        service: 'k8s.io',
        method: 'io.k8s.core.v1.pods.create',
        resource: `core/v1/namespaces/shop/pods/storefront-${chance.hex(5)}`,
        principal: 'system:serviceaccount:kube-system:replicaset-controller',
        ip: '192.0.2.1',
        agent: 'kube-controller-manager/v1.33.1',
        permission: 'io.k8s.core.v1.pods.create',
        monitored: CLUSTER,
      },
      chance,
    ),
  ];
}

function person8to5(person: Person, team: Team, midnightMs: number, chance: Chance): readonly Moment[] {
  const startMs = midnightMs + 8 * HOUR + chance.whole(0, 50) * MINUTE;
  const signIn = auditEntry(
    startMs,
    { actor: person.login, actorId: person.id, ip: person.ip },
    {
      action: 'org.sso_response',
      operation_type: 'authentication',
      external_identity_nameid: person.email,
      user_agent: 'Mozilla/5.0',
    },
    chance,
  );
  const fetches = Array.from({ length: chance.whole(2, 4) }, () =>
    auditEntry(
      startMs + chance.whole(5, 500) * MINUTE,
      { actor: person.login, actorId: person.id, ip: person.ip },
      {
        action: 'git.fetch',
        operation_type: 'access',
        repo: `${ORGANISATION.login}/${team.repository}`,
        repo_id: team.repositoryId,
        transport_protocol_name: 'ssh',
        user_agent: 'git/2.51.0',
      },
      chance,
    ),
  );
  return [signIn, ...fetches, ...cloudLook[team.cloud](person, startMs, chance)];
}

const cloudLook = { aws: lookAtAws, gcp: lookAtGcp, azure: lookAtAzure };

function lookAtAws(person: Person, startMs: number, chance: Chance): readonly Moment[] {
  const signIn = record(
    startMs + 6 * MINUTE,
    {
      service: 'signin',
      name: 'ConsoleLogin',
      identity: personSession(person, startMs),
      ip: person.ip,
      agent: 'Mozilla/5.0 (X11; Linux x86_64)',
      response: { ConsoleLogin: 'Success' },
      extra: { additionalEventData: { MobileVersion: 'No', MFAUsed: 'Yes' } },
    },
    chance,
  );
  const looks = ['DescribeLogGroups', 'GetMetricData', 'ListFunctions20150331'] as const;
  const services = {
    DescribeLogGroups: 'logs',
    GetMetricData: 'monitoring',
    ListFunctions20150331: 'lambda',
  };
  return [
    signIn,
    ...looks.map((name, n) =>
      record(
        startMs + (10 + 40 * n + chance.whole(0, 30)) * MINUTE,
        {
          service: services[name],
          name,
          identity: personSession(person, startMs),
          ip: person.ip,
          agent: 'Mozilla/5.0 (X11; Linux x86_64)',
          readOnly: true,
        },
        chance,
      ),
    ),
  ];
}

function lookAtGcp(person: Person, startMs: number, chance: Chance): readonly Moment[] {
  return [
    entry(
      startMs + chance.whole(20, 300) * MINUTE,
      {
        log: 'activity',
        service: 'k8s.io',
        method: 'io.k8s.core.v1.pods.log.get',
        resource: `core/v1/namespaces/shop/pods/storefront-${chance.hex(5)}/log`,
        principal: person.email,
        ip: person.ip,
        agent: 'kubectl/v1.33.1 (darwin/arm64)',
        permission: 'io.k8s.core.v1.pods.getLogs',
        monitored: CLUSTER,
      },
      chance,
    ),
  ];
}

function lookAtAzure(person: Person, startMs: number, chance: Chance): readonly Moment[] {
  return [
    activity(startMs + chance.whole(20, 300) * MINUTE, {
      name: 'Microsoft.OperationalInsights/workspaces/sharedKeys/action',
      resource: `/resourceGroups/${AZURE.group}/providers/Microsoft.OperationalInsights/workspaces/insights`,
      ip: person.ip,
      caller: { kind: 'user', upn: person.email },
      correlation: chance.uuid(),
      result: { type: 'Success', signature: 'Succeeded.OK' },
    }),
  ];
}
