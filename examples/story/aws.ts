import { AWS, type Person, RUNNER_IP } from './cast.ts';
import type { Chance } from './chance.ts';
import { isoSeconds, type Moment } from './moment.ts';

/** What differs between two CloudTrail records of this account. */
export interface Call {
  readonly service: string;
  readonly name: string;
  readonly identity: Record<string, unknown>;
  readonly ip: string;
  readonly agent: string;
  readonly request?: Record<string, unknown>;
  readonly response?: Record<string, unknown>;
  readonly readOnly?: boolean;
  readonly error?: { code: string; message: string };
  readonly extra?: Record<string, unknown>;
}

export function record(atMs: number, call: Call, chance: Chance): Moment {
  const event = {
    eventVersion: '1.11',
    userIdentity: call.identity,
    eventTime: isoSeconds(atMs),
    eventSource: `${call.service}.amazonaws.com`,
    eventName: call.name,
    awsRegion: AWS.region,
    sourceIPAddress: call.ip,
    userAgent: call.agent,
    ...(call.error ? { errorCode: call.error.code, errorMessage: call.error.message } : {}),
    requestParameters: call.request ?? null,
    responseElements: call.response ?? null,
    requestID: chance.uuid(),
    eventID: chance.uuid(),
    readOnly: call.readOnly ?? false,
    eventType: call.name === 'ConsoleLogin' ? 'AwsConsoleSignIn' : 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: AWS.account,
    eventCategory: 'Management',
    ...call.extra,
  };
  return { atMs, road: 'aws-trail', event };
}

/** The same record on the fast road: EventBridge delivers it minutes before the archive does. */
export function overEventBridge(moment: Moment, chance: Chance): Moment {
  const detail = moment.event;
  return {
    atMs: moment.atMs,
    road: 'aws-eventbridge',
    event: {
      version: '0',
      id: chance.uuid(),
      'detail-type': 'AWS API Call via CloudTrail',
      source: `aws.${String(detail['eventSource']).split('.')[0]}`,
      account: AWS.account,
      time: detail['eventTime'],
      region: AWS.region,
      resources: [],
      detail,
    },
  };
}

export const GITHUB_AGENT = 'aws-sdk-js/3 configure-aws-credentials-for-github-actions';

/** The identity of a workflow run that signed in by OIDC: no long-lived key anywhere. */
export function pipelineSession(runId: number, accessKeyId: string, atMs: number): Record<string, unknown> {
  const role = `arn:aws:iam::${AWS.account}:role/${AWS.role}`;
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLEPAYMENTS01:gha-${runId}-1`,
    arn: `arn:aws:sts::${AWS.account}:assumed-role/${AWS.role}/gha-${runId}-1`,
    accountId: AWS.account,
    accessKeyId,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLEPAYMENTS01',
        arn: role,
        accountId: AWS.account,
        userName: AWS.role,
      },
      webIdFederationData: {
        federatedProvider: `arn:aws:iam::${AWS.account}:oidc-provider/token.actions.githubusercontent.com`,
        attributes: {},
      },
      attributes: { creationDate: isoSeconds(atMs), mfaAuthenticated: 'false' },
    },
  };
}

export function signInFromWorkflow(
  atMs: number,
  run: { id: number; subject: string; accessKeyId: string; ip?: string },
  chance: Chance,
): Moment {
  const session = `gha-${run.id}-1`;
  const call: Call = {
    service: 'sts',
    name: 'AssumeRoleWithWebIdentity',
    identity: {
      type: 'WebIdentityUser',
      principalId: `arn:aws:iam::${AWS.account}:oidc-provider/token.actions.githubusercontent.com:sts.amazonaws.com:${run.subject}`,
      userName: run.subject,
      identityProvider: `arn:aws:iam::${AWS.account}:oidc-provider/token.actions.githubusercontent.com`,
    },
    ip: run.ip ?? RUNNER_IP,
    agent: GITHUB_AGENT,
    readOnly: true,
    request: {
      roleArn: `arn:aws:iam::${AWS.account}:role/${AWS.role}`,
      roleSessionName: session,
      durationSeconds: 3600,
    },
    response: {
      credentials: {
        accessKeyId: run.accessKeyId,
        sessionToken: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        expiration: isoSeconds(atMs + 3_600_000),
      },
      subjectFromWebIdentityToken: run.subject,
      audience: 'sts.amazonaws.com',
      provider: `arn:aws:iam::${AWS.account}:oidc-provider/token.actions.githubusercontent.com`,
      assumedRoleUser: {
        assumedRoleId: `AROAEXAMPLEPAYMENTS01:${session}`,
        arn: `arn:aws:sts::${AWS.account}:assumed-role/${AWS.role}/${session}`,
      },
    },
    extra: {
      resources: [
        {
          accountId: AWS.account,
          type: 'AWS::IAM::Role',
          ARN: `arn:aws:iam::${AWS.account}:role/${AWS.role}`,
        },
      ],
    },
  };
  return record(atMs, call, chance);
}

/** A person at the console, with MFA. */
export function personSession(person: Person, atMs: number): Record<string, unknown> {
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLEENGINEER1:${person.login}`,
    arn: `arn:aws:sts::${AWS.account}:assumed-role/engineer/${person.login}`,
    accountId: AWS.account,
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLEENGINEER1',
        arn: `arn:aws:iam::${AWS.account}:role/engineer`,
        accountId: AWS.account,
        userName: 'engineer',
      },
      attributes: { creationDate: isoSeconds(atMs), mfaAuthenticated: 'true' },
    },
  };
}
