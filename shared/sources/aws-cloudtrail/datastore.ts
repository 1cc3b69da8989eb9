import type { OcsfBody } from '../../ocsf/event.ts';
import { arnName, parseArn } from './arn.ts';
import { type CloudTrailRecord, field, object, text } from './record.ts';

/** Datastore Activity (6005) of a record: its activity, and which store it touched. */
export interface DatastoreCall {
  readonly activity_id: number;
  readonly store: Partial<OcsfBody>;
}

const READ = 1;
const UPDATE = 2;
const QUERY = 4;
const WRITE = 5;
const DELETE = 7;
const LIST = 8;
const ENCRYPT = 9;
const DECRYPT = 10;

/**
 * Access to stored data: objects in S3, items in DynamoDB, queries, and keys used for a named store. Undefined where
 * the record names neither store nor key, or the call is about the store itself: those are API Activity.
 */
export function datastoreCall(record: CloudTrailRecord): DatastoreCall | undefined {
  const activity = ACTIVITIES.get(record.service)?.get(record.eventName);
  if (activity === undefined) return undefined;
  const store = storeOf(record);
  return store === undefined ? undefined : { activity_id: activity, store };
}

function storeOf(record: CloudTrailRecord): Partial<OcsfBody> | undefined {
  switch (record.service) {
    case 's3':
    case 's3express':
      return bucketOf(record);
    case 'dynamodb':
      return tableOf(text(record.request, 'tableName'), record);
    case 'kms':
      return encryptedStore(record);
    default:
      return databaseOf(record);
  }
}

function bucketOf(record: CloudTrailRecord): Partial<OcsfBody> | undefined {
  const name = text(record.request, 'bucketName');
  return name === undefined ? undefined : bucket(name, text(record.request, 'key'));
}

function bucket(name: string, key: string | undefined): Partial<OcsfBody> {
  // A key that ends in a slash is a folder's mark, and has no last part.
  const file = key?.slice(key.lastIndexOf('/') + 1) || key;
  return {
    databucket: {
      name,
      uid: `arn:aws:s3:::${name}`,
      type_id: 1,
      type: 'S3',
      file: file === undefined ? undefined : { name: file, path: key, type_id: key?.endsWith('/') ? 2 : 1 },
    },
    type_id: 2,
    type: 'Databucket',
  };
}

function tableOf(nameOrArn: string | undefined, record: CloudTrailRecord): Partial<OcsfBody> | undefined {
  const declared = field(record.native, 'resources');
  const first = Array.isArray(declared) ? text(declared[0], 'ARN') : undefined;
  const arn = parseArn(nameOrArn) === undefined ? first : nameOrArn;
  const isTable = parseArn(arn)?.resource.startsWith('table/') === true;
  const name = isTable && arn !== undefined ? tableName(arn) : nameOrArn;
  if (name === undefined) return undefined;
  return { table: { name, uid: isTable ? arn : undefined }, type_id: 3, type: 'Table' };
}

function tableName(arn: string): string {
  return parseArn(arn)?.resource.split('/', 2)[1] ?? arn;
}

/** Other services call KMS with the name of what they encrypt as the encryption context. */
function encryptedStore(record: CloudTrailRecord): Partial<OcsfBody> | undefined {
  const context = object(record.request, 'encryptionContext');
  const s3 = parseArn(text(context, 'aws:s3:arn'));
  if (s3 !== undefined) {
    const slash = s3.resource.indexOf('/');
    if (slash < 0) return bucket(s3.resource, undefined);
    return bucket(s3.resource.slice(0, slash), s3.resource.slice(slash + 1) || undefined);
  }
  const table = text(context, 'aws:dynamodb:tableName');
  if (table !== undefined) return { table: { name: table }, type_id: 3, type: 'Table' };
  const database = text(context, 'aws:rds:db-id') ?? text(context, 'aws:rds:dbc-id');
  return database === undefined ? keyAsStore(record) : relational(database, undefined);
}

/** Where no store is named, the key stands where the data that it protects would. */
function keyAsStore(record: CloudTrailRecord): Partial<OcsfBody> | undefined {
  const declared = field(record.native, 'resources');
  const arn = Array.isArray(declared) ? text(declared[0], 'ARN') : undefined;
  const key = arn ?? text(record.request, 'keyId') ?? text(record.response, 'keyId');
  if (key === undefined) return undefined;
  const databucket = { name: arnName(key) || key, uid: key, type_id: 99, type: 'KMS key' };
  return { databucket, type_id: 2, type: 'Databucket' };
}

function databaseOf(record: CloudTrailRecord): Partial<OcsfBody> | undefined {
  const { request } = record;
  const uid =
    text(request, 'resourceArn') ??
    text(request, 'clusterIdentifier') ??
    text(request, 'dBInstanceIdentifier');
  const name = text(request, 'database') ?? text(object(request, 'queryExecutionContext'), 'database');
  if (name === undefined && uid === undefined) return undefined;
  const query = text(request, 'queryString') ?? text(request, 'sql');
  const store = relational(name ?? arnName(uid ?? ''), uid);
  if (query === undefined) return store;
  const queryId = text(record.response, 'queryExecutionId') ?? text(record.response, 'id');
  return { ...store, query_info: { query_string: query, uid: queryId, name: record.eventName } };
}

function relational(name: string, uid: string | undefined): Partial<OcsfBody> {
  return { database: { name, uid, type_id: 1, type: 'Relational' }, type_id: 1, type: 'Database' };
}

const OBJECTS = activities([
  [
    READ,
    'GetObject HeadObject GetObjectAcl GetObjectTagging GetObjectAttributes GetObjectTorrent HeadBucket',
  ],
  [READ, 'GetObjectRetention GetObjectLegalHold'],
  [
    UPDATE,
    'PutObjectAcl PutObjectTagging DeleteObjectTagging PutObjectRetention PutObjectLegalHold RestoreObject',
  ],
  [QUERY, 'SelectObjectContent'],
  [WRITE, 'PutObject PostObject CopyObject UploadPart UploadPartCopy WriteGetObjectResponse RenameObject'],
  [WRITE, 'CreateMultipartUpload CompleteMultipartUpload'],
  [DELETE, 'DeleteObject DeleteObjects AbortMultipartUpload'],
  [LIST, 'ListObjects ListObjectsV2 ListObjectVersions ListMultipartUploads ListParts'],
]);

const ACTIVITIES: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map(
  Object.entries({
    s3: OBJECTS,
    s3express: OBJECTS,
    dynamodb: activities([
      [READ, 'GetItem BatchGetItem TransactGetItems Scan'],
      [UPDATE, 'UpdateItem'],
      [QUERY, 'Query ExecuteStatement BatchExecuteStatement ExecuteTransaction'],
      [WRITE, 'PutItem BatchWriteItem TransactWriteItems'],
      [DELETE, 'DeleteItem'],
    ]),
    kms: activities([
      [ENCRYPT, 'Encrypt ReEncrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair'],
      [ENCRYPT, 'GenerateDataKeyPairWithoutPlaintext'],
      [DECRYPT, 'Decrypt'],
    ]),
    'rds-data': activities([[QUERY, 'ExecuteStatement BatchExecuteStatement ExecuteSql']]),
    rdsdata: activities([[QUERY, 'ExecuteStatement BatchExecuteStatement ExecuteSql']]),
    'redshift-data': activities([[QUERY, 'ExecuteStatement BatchExecuteStatement']]),
    athena: activities([[QUERY, 'StartQueryExecution']]),
  }),
);

function activities(rows: readonly (readonly [number, string])[]): ReadonlyMap<string, number> {
  return new Map(rows.flatMap(([id, names]) => names.split(' ').map((name) => [name, id] as const)));
}
