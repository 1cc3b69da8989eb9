import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { awsCloudtrail } from '../../shared/sources/aws-cloudtrail.ts';
import type { NativeRecord } from '../../shared/sources/source.ts';
import {
  accepts,
  document,
  documentOf,
  isMapped,
  packed,
  RECEIVED_AT,
  RECORD,
  split,
} from './aws-cloudtrail-support.ts';

const text = JSON.stringify(RECORD);
const eventBridge = envelope('AWS API Call via CloudTrail', RECORD);
const logs = {
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup: 'trail',
  logStream: 'somewhere',
  subscriptionFilters: ['all'],
  logEvents: [{ id: '1', timestamp: 1_777_889_731_000, message: text }],
};
const sns = { Type: 'Notification', MessageId: '1', Message: JSON.stringify(eventBridge) };
const sqs = (body: unknown) => ({ messageId: '1', eventSource: 'aws:sqs', body: JSON.stringify(body) });
const kinesis = (data: string) => ({
  Records: [
    {
      kinesis: { data, partitionKey: 'x' },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventName: 'aws:kinesis:record',
      awsRegion: 'eu-west-1',
    },
  ],
});

const roads: readonly (readonly [string, unknown])[] = [
  ['bare', RECORD],
  ['a list of records', [RECORD]],
  ['a record encoded twice', text],
  ['an S3 object', { Records: [RECORD] }],
  ['an S3 object of encoded records', { Records: [text] }],
  ['EventBridge', eventBridge],
  ['EventBridge service event', envelope('AWS Service Event via CloudTrail', RECORD)],
  ['a list of EventBridge events', [eventBridge]],
  ['EventBridge without its detail-type', { source: 'aws.cloudtrail', account: '1', detail: RECORD }],
  ['a CloudWatch Logs subscription', { awslogs: { data: packed(logs) } }],
  ['a decoded subscription', logs],
  ['Kinesis with a subscription', kinesis(packed(logs))],
  ['Kinesis with an EventBridge event', kinesis(Buffer.from(JSON.stringify(eventBridge)).toString('base64'))],
  [
    'a Firehose transformation',
    { invocationId: '1', deliveryStreamArn: 'x', records: [{ recordId: '1', data: packed(logs) }] },
  ],
  ['SQS', { Records: [sqs(eventBridge)] }],
  ['SQS around SNS', { Records: [sqs(sns)] }],
  ['SNS to a function', { Records: [{ EventSource: 'aws:sns', Sns: sns }] }],
  [
    'the answer of LookupEvents',
    { Events: [{ EventId: '1', EventName: 'StopLogging', CloudTrailEvent: text }] },
  ],
];

describe('the same event over each road', () => {
  const bare = outcome(RECORD);

  test.each(roads)(
    '%s: is accepted, in exactly its own characters, with the same uid and essence',
    (_, value) => {
      expect(accepts(value)).toBe(true);
      expect(outcome(value)).toEqual(bare);
    },
  );

  test('the essence of a bare record names what an auditor asks about', () => {
    expect(bare.essence).toEqual([
      '1777889731000',
      'IAMUser',
      'arn:aws:iam::111122223333:user/alice',
      'AIDAEXAMPLEUSER00001',
      '111122223333',
      undefined,
      'cloudtrail.amazonaws.com',
      'StopLogging',
      'organisation',
      undefined,
      '111122223333',
      'eu-west-1',
      '5f0c6f1e-0000-4000-8000-00000000000a',
    ]);
  });
});

test('white space, key order and big numbers of a record are kept as they were sent', () => {
  const odd = `{ "eventName" : "StopLogging",\n "eventVersion":"1.11","awsRegion":"eu-west-1" , "n": 12345678901234567890.10 }`;
  const wrapped = `{"Records":[ ${odd} , ${odd}]}`;
  const { records } = awsCloudtrail.split(documentOf(wrapped), { attributes: {}, receivedAt: RECEIVED_AT });
  expect(records.map((record) => record.text)).toEqual([odd, odd]);
});

test('attributes of the envelope and the time of receipt go with each record', () => {
  const { records } = awsCloudtrail.split(document({ Records: [RECORD] }), {
    attributes: { file: 'a.json' },
    receivedAt: RECEIVED_AT,
  });
  expect(records[0]?.attributes).toEqual({ file: 'a.json', 'received-at': '2026-05-04T10:20:00.000Z' });
});

describe('control traffic is counted, and gives no event', () => {
  const digest = {
    awsAccountId: '111122223333',
    digestStartTime: '2026-05-04T10:00:00Z',
    digestEndTime: '2026-05-04T11:00:00Z',
    logFiles: [],
  };
  const notice = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'eu-west-1',
    eventName: 'ObjectCreated:Put',
    userIdentity: { principalId: 'x' },
    s3: { bucket: { name: 'trail' }, object: { key: 'AWSLogs/a.json.gz' } },
  };
  test.each([
    ['a digest file', digest, 1],
    ['the test message of S3', { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'trail' }, 1],
    ['a control message', { ...logs, messageType: 'CONTROL_MESSAGE' }, 1],
    [
      'a packed control message',
      { awslogs: { data: packed({ ...logs, messageType: 'CONTROL_MESSAGE' }) } },
      1,
    ],
    ['notices of S3 objects', { Records: [notice, notice] }, 2],
    ['a notice in SQS', { Records: [sqs({ Records: [notice] })] }, 1],
    ["CloudTrail's own notice in SNS", { ...sns, Message: '{"s3Bucket":"trail","s3ObjectKey":["a"]}' }, 1],
    [
      "EventBridge's notice of an object",
      { source: 'aws.s3', 'detail-type': 'Object Created', detail: { object: { key: 'a' } } },
      1,
    ],
    ['an hour in which nothing happened', { Records: [] }, 0],
  ])('%s', (_, value, count) => {
    expect(accepts(value)).toBe(true);
    expect(split(value)).toEqual({ records: [], rejects: [], control: count });
  });
});

describe("other people's JSON is left alone", () => {
  test.each([
    ['nothing', null],
    ['a number', 5],
    ['an empty list', []],
    ['an empty object', {}],
    ['an EventBridge event of CodePipeline', envelope('CodePipeline Pipeline Execution State Change', {})],
    [
      'an EventBridge event that has an eventName',
      envelope('ECS Deployment State Change', { eventName: 'X' }),
    ],
    ['a finding about a CloudTrail call', { detail: { service: { action: { api: 'StopLogging' } } } }],
    [
      'an S3 event without an object',
      { Records: [{ eventSource: 'aws:s3', eventName: 'x', awsRegion: 'y' }] },
    ],
    [
      'a DynamoDB stream',
      { Records: [{ eventSource: 'aws:dynamodb', eventName: 'INSERT', awsRegion: 'y' }] },
    ],
    [
      'an audit event of another cloud in much the same shape',
      {
        eventId: '1',
        eventName: 'StopLogging',
        eventSource: 'actiontrail.aliyuncs.com',
        eventVersion: '1',
        userIdentity: { type: 'root-account' },
      },
    ],
    ['application logs in a subscription', { ...logs, logEvents: [{ id: '1', message: 'started' }] }],
    ['a stream record of somebody else', kinesis(Buffer.from('{"a":1}').toString('base64'))],
    ['a stream record that is not base64', kinesis('%%%')],
    ['an SNS message of somebody else', { ...sns, Message: 'hello' }],
  ])('%s', (_, value) => {
    expect(accepts(value)).toBe(false);
  });
});

describe('what cannot be read is kept as a reject, and harms no neighbour', () => {
  test('a subscription that is not base64', () => {
    const value = { awslogs: { data: '%%%' } };
    expect(accepts(value)).toBe(true);
    expect(split(value).rejects).toMatchObject([{ reason: 'not-json' }]);
  });

  test('a subscription whose compression is cut off', () => {
    const whole = Buffer.from(packed(logs), 'base64');
    const value = { awslogs: { data: whole.subarray(0, whole.length - 12).toString('base64') } };
    expect(accepts(value)).toBe(true);
    expect(split(value).rejects).toMatchObject([{ reason: 'bad-compression' }]);
  });

  test('a subscription that inflates without end', () => {
    const bomb = { awslogs: { data: packed({ ...logs, padding: 'a'.repeat(40_000_000) }) } };
    expect(split(bomb).rejects).toMatchObject([{ reason: 'too-large' }]);
  });

  test('one log event among three', () => {
    const [good] = logs.logEvents;
    const batch = { ...logs, logEvents: [good, { id: '2', message: '{"cut":' }, good] };
    const { records, rejects, control } = split({ awslogs: { data: packed(batch) } });
    expect([records.length, rejects.length, control]).toEqual([2, 1, 0]);
    expect(Buffer.from(rejects[0]?.bytes ?? []).toString()).toBe('{"cut":');
    expect(rejects[0]?.message).not.toContain('cut');
  });

  test('an element of a log file that is no record is a record received all the same', () => {
    const { records } = split({ Records: [RECORD, { surprise: true }, null, 7] });
    expect(records.map((record) => isMapped(awsCloudtrail.map(record)))).toEqual([true, false, false, false]);
    expect(records.map((record) => record.text).slice(1)).toEqual(['{"surprise":true}', 'null', '7']);
  });

  test('wrappers in wrappers come to an end', () => {
    let value: unknown = RECORD;
    for (let depth = 0; depth < 12; depth += 1)
      value = { Type: 'Notification', Message: JSON.stringify(value) };
    expect(accepts(value)).toBe(false);
    expect(split(value).records).toHaveLength(1);
  });
});

test('a packed message is what it says that it is', () => {
  expect(JSON.parse(gunzipSync(Buffer.from(packed(logs), 'base64')).toString())).toEqual(logs);
});

function envelope(type: string, detail: unknown): unknown {
  return {
    version: '0',
    id: 'd1b2c3d4-0000-4000-8000-000000000000',
    'detail-type': type,
    source: 'aws.cloudtrail',
    account: '111122223333',
    time: '2026-05-04T10:15:31Z',
    region: 'eu-west-1',
    resources: [],
    detail,
  };
}

/** What a road gives that must not depend on the road. */
function outcome(value: unknown) {
  const { records, rejects, control } = split(value);
  const mapped = records.map((record: NativeRecord) => awsCloudtrail.map(record));
  const [first] = mapped;
  if (first === undefined || !isMapped(first)) throw new Error('expected one mapped record');
  return {
    counts: [records.length, rejects.length, control],
    text: records[0]?.text,
    tenant: first.tenant,
    nativeId: first.nativeId,
    essence: first.essence,
    body: first.body,
  };
}
