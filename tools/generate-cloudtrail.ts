/**
 * Writes CloudTrail records of our own making, seeded, for measuring and for soaking:
 *
 *     node tools/generate-cloudtrail.ts --size-mb 2000 --form ndjson -o /tmp/large.ndjson
 *     node tools/generate-cloudtrail.ts --size-mb 2000 --form records -o /tmp/folder   # gzip files of 500 records
 *
 * The size is that of the records before compression. Every record has an eventID of its own.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

const CALLS = [
  ['ec2', 'DescribeInstances', true],
  ['s3', 'GetBucketLocation', true],
  ['sts', 'AssumeRole', true],
  ['kms', 'GenerateDataKey', true],
  ['secretsmanager', 'GetSecretValue', true],
  ['lambda', 'UpdateFunctionCode20150331v2', false],
  ['ecs', 'UpdateService', false],
  ['iam', 'ListRoles', true],
  ['logs', 'CreateLogStream', false],
  ['ecr', 'BatchGetImage', true],
] as const;

const START_MS = Date.UTC(2026, 0, 1);
const RECORDS_PER_FILE = 500;

export function cloudTrailRecord(seed: number, n: number): string {
  const digest = createHash('sha256').update(`${seed}/${n}`).digest('hex');
  const [service, name, readOnly] = CALLS[Number.parseInt(digest.slice(0, 4), 16) % CALLS.length] ?? CALLS[0];
  const person = Number.parseInt(digest.slice(4, 8), 16) % 300;
  const account = '111122223333';
  const denied = digest.startsWith('00');
  return JSON.stringify({
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROAEXAMPLE0000000${person}:engineer-${person}`,
      arn: `arn:aws:sts::${account}:assumed-role/engineer/engineer-${person}`,
      accountId: account,
      accessKeyId: `ASIAEXAMPLE${digest.slice(8, 17).toUpperCase()}`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: `AROAEXAMPLE0000000${person}`,
          arn: `arn:aws:iam::${account}:role/engineer`,
          accountId: account,
          userName: 'engineer',
        },
        attributes: { creationDate: new Date(START_MS + n * 40).toISOString(), mfaAuthenticated: 'true' },
      },
    },
    eventTime: `${new Date(START_MS + n * 50).toISOString().slice(0, 19)}Z`,
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    awsRegion: ['eu-west-1', 'us-east-1', 'ap-southeast-2'][n % 3],
    sourceIPAddress: `198.51.100.${person % 250}`,
    userAgent: 'aws-sdk-js/3.700.0 ua/2.1 os/linux#6.8.0 lang/js md/nodejs#24.11.0 api/client#3.700.0',
    ...(denied
      ? { errorCode: 'AccessDenied', errorMessage: `User: engineer-${person} is not authorized` }
      : {}),
    requestParameters: {
      resource: `arn:aws:${service}:eu-west-1:${account}:thing/${digest.slice(17, 25)}`,
      maxResults: 100,
    },
    responseElements: null,
    requestID: `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(12, 15)}-8${digest.slice(15, 18)}-${digest.slice(18, 30)}`,
    eventID: `${digest.slice(32, 40)}-${digest.slice(40, 44)}-4${digest.slice(44, 47)}-9${digest.slice(47, 50)}-${digest.slice(50, 62)}`,
    readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `${service}.eu-west-1.amazonaws.com`,
    },
  });
}

function writeNdjson(path: string, sizeBytes: number, seed: number): number {
  const file = openSync(path, 'w');
  let written = 0;
  let count = 0;
  while (written < sizeBytes) {
    let chunk = '';
    for (let each = 0; each < 1000; each += 1) chunk += `${cloudTrailRecord(seed, count + each)}\n`;
    written += writeSync(file, chunk);
    count += 1000;
  }
  closeSync(file);
  return count;
}

function writeRecordFiles(folder: string, sizeBytes: number, seed: number): number {
  mkdirSync(folder, { recursive: true });
  let written = 0;
  let count = 0;
  for (let file = 0; written < sizeBytes; file += 1) {
    const records: string[] = [];
    for (let each = 0; each < RECORDS_PER_FILE; each += 1) records.push(cloudTrailRecord(seed, count + each));
    const text = `{"Records":[${records.join(',')}]}`;
    writeFileSync(
      join(folder, `generated-${String(file).padStart(6, '0')}.json.gz`),
      gzipSync(text, { level: 1 }),
    );
    written += text.length;
    count += RECORDS_PER_FILE;
  }
  return count;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      'size-mb': { type: 'string', default: '100' },
      form: { type: 'string', default: 'ndjson' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', short: 'o' },
    },
  });
  if (values.out === undefined) throw new Error('Expected -o PATH.');
  const write = values.form === 'records' ? writeRecordFiles : writeNdjson;
  const count = write(values.out, Number(values['size-mb']) * 1_000_000, Number(values.seed));
  process.stdout.write(`${count} records\n`);
}
