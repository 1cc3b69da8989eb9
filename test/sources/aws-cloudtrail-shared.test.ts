import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../shared/json/document.ts';
import { at, type JsonValue } from '../../shared/json/json.ts';
import { awsCloudtrail } from '../../shared/sources/aws-cloudtrail.ts';
import { sharedFile } from '../shared-data.ts';
import { eventOf, faultsOf, isMapped, map, packed, RECEIVED_AT, RECORD } from './aws-cloudtrail-support.ts';

/** Tests over reference data that may lie beside a checkout; without it they skip. */
const samples = sharedFile('samples');
const pairs = sharedFile('ocsf/pairs');
const selector = sharedFile('ocsf/aws-cloudtrail-class-selector.json');

const FOLDERS = [
  'aws-cloudtrail-record',
  'aws-cloudtrail-attack',
  'aws-cloudtrail-s3',
  'aws-cloudtrail-eventbridge',
  '_constructed/aws-cloudtrail',
  '_constructed/aws-envelopes',
  '_constructed/aws-eventbridge',
];

describe.skipIf(samples === undefined)('samples of CloudTrail', () => {
  const texts = samples === undefined ? [] : FOLDERS.flatMap((folder) => documentsIn(join(samples, folder)));

  test('each that holds a record is accepted, split without a reject, and mapped to valid OCSF', () => {
    let events = 0;
    for (const { file, value, text } of texts) {
      if (!awsCloudtrail.accepts(value, {})) {
        expect(hasRecord(text), file).toBe(false);
        continue;
      }
      const { records, rejects } = awsCloudtrail.split(
        { text, value },
        { attributes: {}, receivedAt: RECEIVED_AT },
      );
      expect(rejects, file).toEqual([]);
      for (const record of records) {
        const mapped = awsCloudtrail.map(record);
        if (!isMapped(mapped)) {
          expect(record.text, file).toBe('{}');
          continue;
        }
        events += 1;
        expect(faultsOf(mapped), file).toEqual([]);
      }
    }
    expect(events).toBeGreaterThan(100);
  });

  test('each record has the same uid and essence over every road', () => {
    for (const { file, value } of texts.filter((document) => isRecord(document.value))) {
      const message = JSON.stringify(value);
      const bare = identityOver(value);
      expect(bare, file).toBeDefined();
      const logs = { messageType: 'DATA_MESSAGE', logStream: 'x', logEvents: [{ id: '1', message }] };
      expect(identityOver({ Records: [value] }), file).toEqual(bare);
      expect(identityOver({ 'detail-type': 'AWS API Call via CloudTrail', detail: value }), file).toEqual(
        bare,
      );
      expect(identityOver({ awslogs: { data: packed(logs) } }), file).toEqual(bare);
    }
  });

  test('no sample of another AWS service is taken for CloudTrail', () => {
    const others = [
      'aws-codebuild',
      'aws-codedeploy',
      'aws-codepipeline',
      'aws-config',
      'aws-ecr',
      'aws-ecs',
    ];
    for (const folder of [...others, 'aws-eks-audit', 'aws-guardduty', 'aws-securityhub', 'k8s-audit']) {
      for (const { file, value } of documentsIn(join(samples ?? '', folder))) {
        expect(awsCloudtrail.accepts(value, {}), file).toBe(false);
      }
    }
  });
});

/**
 * Published pairs disagree with the table of classes, or with each other, in these facts; docs/sources/aws-cloudtrail.md
 * says why. All others hold.
 */
const DISAGREEMENTS: ReadonlyMap<string, readonly string[]> = new Map([
  // Access keys and users are changes of an account: Account Change, not API Activity.
  ['aws-cloudtrail__msaad00/001', ['class_uid']],
  ['aws-cloudtrail__msaad00/003', ['class_uid', 'activity_id']],
  // A call that returned credentials succeeded; the pair leaves its status unknown.
  ['aws-cloudtrail__aws-security-lake/015', ['status_id']],
  ['aws-cloudtrail__aws-security-lake/017', ['status_id']],
  // The uid of a user is its ARN, and the principal id the alternative.
  ['aws-cloudtrail__ocsfkit/001', ['actor.user.uid']],
]);

describe.skipIf(pairs === undefined)('published pairs of record and event', () => {
  const lines = pairs === undefined ? [] : readLines(join(pairs, 'ASSERTIONS.jsonl'));
  const assertions = lines.filter(({ source }) => source.startsWith('aws-cloudtrail'));

  test.each(assertions)('$source $n', ({ source, n, expect: facts, defects }) => {
    const raw = JSON.parse(readFileSync(join(pairs ?? '', source, `${n}.raw.json`), 'utf8'));
    const event = eventOf(map(raw));
    const excused = [...(DISAGREEMENTS.get(`${source}/${n}`) ?? []), ...defects];
    for (const [path, value] of Object.entries(facts)) {
      if (excused.some((name) => String(name).includes(path))) continue;
      const name = path === 'source_event_id' ? 'metadata.original_event_uid' : path;
      expect(at(event, ...name.split('.')), path).toEqual(value);
    }
  });
});

/** Groups have a class of their own, which the selector of 2023 did not use. */
const GROUP_OPERATIONS = new Set(['AddUserToGroup', 'RemoveUserFromGroup', 'DeleteGroup']);

describe.skipIf(selector === undefined)('the published selector of classes', () => {
  const lists = selector === undefined ? {} : JSON.parse(readFileSync(selector, 'utf8'));

  test('every operation that it calls authentication is 3002', () => {
    for (const eventName of lists.authentication_3002) expect(classOf(eventName), eventName).toBe(3002);
  });

  test('every operation that it calls a change of an account is 3001, but groups are 3006', () => {
    for (const eventName of lists.account_change_3001) {
      expect(classOf(eventName), eventName).toBe(GROUP_OPERATIONS.has(eventName) ? 3006 : 3001);
    }
  });
});

function classOf(eventName: string): number {
  const requestParameters = { groupName: 'g', userName: 'u' };
  return map({ ...RECORD, eventSource: 'iam.amazonaws.com', eventName, requestParameters }).body.class_uid;
}

function isRecord(value: JsonValue): boolean {
  return typeof at(value, 'eventName') === 'string' && awsCloudtrail.accepts(value, {});
}

/** Tenant, native id and essence of the one record in an envelope; undefined where there is none. */
function identityOver(envelope: unknown): readonly unknown[] | undefined {
  const parsed = parseDocument(JSON.stringify(envelope));
  if (!parsed.ok || !awsCloudtrail.accepts(parsed.value.value, {})) return undefined;
  const { records } = awsCloudtrail.split(parsed.value, { attributes: {}, receivedAt: RECEIVED_AT });
  const [record] = records;
  const mapped = record === undefined ? undefined : awsCloudtrail.map(record);
  if (mapped === undefined || !isMapped(mapped)) return undefined;
  return [records.length, mapped.tenant, mapped.nativeId, mapped.essence];
}

function hasRecord(text: string): boolean {
  return text.includes('"eventName"') && text.includes('"eventSource"') && text.includes('"awsRegion"');
}

function documentsIn(folder: string): readonly { file: string; text: string; value: JsonValue }[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.jsonl?$/.test(name),
  );
  return files.flatMap((name) => {
    const whole = readFileSync(join(folder, name), 'utf8');
    const texts = name.endsWith('l') ? whole.split('\n').filter((line) => line.trim() !== '') : [whole];
    return texts.flatMap((text) => {
      const parsed = parseDocument(text);
      return parsed.ok ? [{ file: name, ...parsed.value }] : [];
    });
  });
}

interface Assertion {
  readonly source: string;
  readonly n: string;
  readonly expect: Readonly<Record<string, unknown>>;
  readonly defects: readonly unknown[];
}

function readLines(file: string): readonly Assertion[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Assertion);
}
