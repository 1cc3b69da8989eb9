/**
 * CloudTrail of our own making for measuring, seeded: the same arguments give the same bytes. Sessions live for some
 * hundreds of calls, a few operations make up most of them, and names repeat as they do in an account.
 */
import { gzipSync } from 'node:zlib';

export interface CorpusOptions {
  readonly seed: number;
  readonly actors: number;
}

/** Records by their number; asking for the same number again gives another text only for another seed. */
export interface Corpus {
  record(n: number): string;
}

/** Records in one file, as CloudTrail delivers them. */
export const RECORDS_PER_FILE = 500;

type Call = readonly [service: string, operation: string, readOnly: boolean, weight: number];

const CALLS: readonly Call[] = [
  ['sts', 'AssumeRole', true, 180],
  ['kms', 'Decrypt', true, 140],
  ['s3', 'GetBucketAcl', true, 90],
  ['ec2', 'DescribeInstances', true, 90],
  ['logs', 'CreateLogStream', false, 70],
  ['ec2', 'DescribeNetworkInterfaces', true, 60],
  ['ssm', 'GetParameter', true, 50],
  ['secretsmanager', 'GetSecretValue', true, 45],
  ['ecr', 'BatchGetImage', true, 40],
  ['cloudformation', 'DescribeStacks', true, 40],
  ['dynamodb', 'DescribeTable', true, 35],
  ['lambda', 'GetFunction20150331v2', true, 30],
  ['iam', 'ListRoles', true, 25],
  ['ecs', 'DescribeServices', true, 25],
  ['ecs', 'UpdateService', false, 8],
  ['lambda', 'UpdateFunctionCode20150331v2', false, 8],
  ['iam', 'PassRole', false, 5],
  ['s3', 'PutBucketPolicy', false, 3],
  ['ec2', 'AuthorizeSecurityGroupIngress', false, 3],
  ['iam', 'AttachRolePolicy', false, 2],
  ['iam', 'CreateAccessKey', false, 1],
  ['cloudtrail', 'StopLogging', false, 0.2],
];

const AGENTS = [
  'aws-sdk-js/3.700.0 ua/2.1 os/linux#6.8.0 lang/js md/nodejs#24.11.0 api/client#3.700.0',
  'Boto3/1.35.0 md/Botocore#1.35.0 ua/2.0 os/linux#5.10 md/arch#x86_64 lang/python#3.12.4',
  'APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) aws-sdk-go-v2/1.30.3',
  'ecs.amazonaws.com',
  'aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.11.8',
];

const REGIONS = ['eu-west-1', 'eu-west-1', 'eu-west-1', 'us-east-1', 'ap-southeast-2'];
const ACCOUNTS = ['111122223333', '111122223333', '444455556666', '777788889999'];
const START_MS = Date.UTC(2026, 0, 1);
const TOTAL_WEIGHT = CALLS.reduce((sum, [, , , weight]) => sum + weight, 0);
/** Calls of one session. */
const SESSION_CALLS = 400;

export function openCorpus({ seed, actors }: CorpusOptions): Corpus {
  return { record: (n) => recordOf(randomOf(seed, n), n, actors) };
}

/** One file of records, gzipped at the level that AWS's files look like. */
export function recordFile(corpus: Corpus, first: number, count = RECORDS_PER_FILE): Uint8Array {
  const records: string[] = [];
  for (let n = first; n < first + count; n += 1) records.push(corpus.record(n));
  return gzipSync(`{"Records":[${records.join(',')}]}`, { level: 6 });
}

type Next = () => number;

/** mulberry32: each record has a stream of its own, so that any of them can be made alone. */
function randomOf(seed: number, n: number): Next {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick<T>(next: Next, list: readonly T[]): T {
  return list[Math.floor(next() * list.length)] as T;
}

/** Few of them often, most of them hardly ever. */
function popular(next: Next, count: number): number {
  return Math.floor(next() ** 3 * count);
}

function hex(next: Next, digits: number): string {
  let text = '';
  while (text.length < digits)
    text += Math.floor(next() * 0x100000000)
      .toString(16)
      .padStart(8, '0');
  return text.slice(0, digits);
}

function uuid(next: Next): string {
  const digits = hex(next, 30);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(12, 15)}-8${digits.slice(15, 18)}-${digits.slice(18, 30)}`;
}

function callOf(next: Next): Call {
  let left = next() * TOTAL_WEIGHT;
  for (const call of CALLS) {
    left -= call[3];
    if (left <= 0) return call;
  }
  return CALLS[0] as Call;
}

function recordOf(next: Next, n: number, actors: number): string {
  const [service, eventName, readOnly] = callOf(next);
  const actor = popular(next, actors);
  const account = ACCOUNTS[actor % ACCOUNTS.length] as string;
  const awsRegion = pick(next, REGIONS);
  const isDenied = next() < 0.015;
  const session = Math.floor(n / (SESSION_CALLS * Math.max(1, actors / 10)));
  return JSON.stringify({
    eventVersion: '1.11',
    userIdentity: identityOf({ actor, account, session }),
    eventTime: `${new Date(START_MS + n * 50).toISOString().slice(0, 19)}Z`,
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion,
    sourceIPAddress: `198.51.100.${actor % 250}`,
    userAgent: AGENTS[actor % AGENTS.length],
    ...(isDenied
      ? { errorCode: 'AccessDenied', errorMessage: `User: engineer-${actor} is not authorized` }
      : {}),
    ...parametersOf(next, { service, account, awsRegion }),
    requestID: uuid(next),
    eventID: uuid(next),
    readOnly,
    ...(next() < 0.3
      ? {
          resources: [
            {
              accountId: account,
              type: `AWS::${service.toUpperCase()}::Thing`,
              ARN: arnOf(next, { service, account, awsRegion }),
            },
          ],
        }
      : {}),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `${service}.${awsRegion}.amazonaws.com`,
    },
  });
}

interface Who {
  readonly actor: number;
  readonly account: string;
  readonly session: number;
}

function identityOf({ actor, account, session }: Who): object {
  const role = `service-role-${actor % 40}`;
  const key = `ASIAEXAMPLE${(actor * 7919 + session * 104729).toString(36).toUpperCase().padStart(9, '0')}`;
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE${String(actor % 40).padStart(10, '0')}:engineer-${actor}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/engineer-${actor}`,
    accountId: account,
    accessKeyId: key,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: `AROAEXAMPLE${String(actor % 40).padStart(10, '0')}`,
        arn: `arn:aws:iam::${account}:role/${role}`,
        accountId: account,
        userName: role,
      },
      attributes: {
        creationDate: `${new Date(START_MS + session * 3_600_000).toISOString().slice(0, 19)}Z`,
        mfaAuthenticated: actor % 3 === 0 ? 'true' : 'false',
      },
    },
  };
}

interface Where {
  readonly service: string;
  readonly account: string;
  readonly awsRegion: string;
}

function arnOf(next: Next, { service, account, awsRegion }: Where): string {
  return `arn:aws:${service}:${awsRegion}:${account}:thing/${service}-${popular(next, 400)}`;
}

function parametersOf(next: Next, where: Where): object {
  const name = `${where.service}-${popular(next, 400)}`;
  switch (where.service) {
    case 'sts':
      return {
        requestParameters: {
          roleArn: `arn:aws:iam::${where.account}:role/${name}`,
          roleSessionName: `run-${hex(next, 10)}`,
          durationSeconds: 3600,
        },
        responseElements: {
          assumedRoleUser: {
            assumedRoleId: `AROAEXAMPLE:run`,
            arn: `arn:aws:sts::${where.account}:assumed-role/${name}/run`,
          },
        },
      };
    case 'kms':
      return {
        requestParameters: { keyId: arnOf(next, where), encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
        responseElements: null,
      };
    case 's3':
      return {
        requestParameters: { bucketName: name, Host: `${name}.s3.amazonaws.com`, acl: '' },
        responseElements: null,
      };
    case 'logs':
      return {
        requestParameters: {
          logGroupName: `/aws/lambda/${name}`,
          logStreamName: `2026/01/01/[$LATEST]${hex(next, 32)}`,
        },
        responseElements: null,
      };
    case 'ec2':
      return {
        requestParameters: { instancesSet: { items: [{ instanceId: `i-${hex(next, 17)}` }] }, filterSet: {} },
        responseElements: null,
      };
    default:
      return {
        requestParameters: { name, arn: arnOf(next, where), maxResults: 100 },
        responseElements: null,
      };
  }
}
