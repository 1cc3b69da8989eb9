import { at, isArray, type JsonObject, type JsonValue, stringAt } from '../../json/json.ts';
import type { OcsfBody } from '../../ocsf/event.ts';
import { type AuditEntry, serviceOf } from './entry.ts';
import { verbOf } from './method.ts';
import { resourceNameOf } from './resources.ts';
import { clip } from './text.ts';

type Datastore = Pick<
  OcsfBody,
  'class_uid' | 'activity_id' | 'activity_name' | 'databucket' | 'database' | 'table' | 'query_info'
>;

/** Access to data rather than to configuration: objects, queries, and what a key encrypts. */
export function datastoreOf(entry: AuditEntry, method: string): Datastore | undefined {
  const service = serviceOf(entry);
  switch (service) {
    case 'storage.googleapis.com':
      return objectAccess(entry, method);
    case 'bigquery.googleapis.com':
      return queryAccess(entry, method);
    case 'cloudkms.googleapis.com':
      return keyUse(entry, method);
    case 'cloudsql.googleapis.com':
      return databaseQuery(entry, method);
    default:
      return undefined;
  }
}

// 1 Read, 2 Update, 4 Query, 5 Write, 6 Create, 7 Delete, 8 List, 9 Encrypt, 10 Decrypt.
const OBJECT_VERBS: ReadonlyMap<string, number> = new Map([
  ['get', 1],
  ['list', 8],
  ['create', 6],
  ['insert', 6],
  ['delete', 7],
  ['update', 2],
  ['patch', 2],
  ['compose', 5],
  ['copy', 5],
  ['rewrite', 5],
]);

function objectAccess(entry: AuditEntry, method: string): Datastore | undefined {
  const verb = /^(?:google\.)?storage\.objects\.([a-zA-Z]+)$/.exec(method)?.[1];
  const path = /^(projects\/[^/]+\/buckets\/([^/]+))(?:\/objects\/(.+))?$/s.exec(
    resourceNameOf(entry.payload) ?? '',
  );
  const bucket = path?.[2] ?? stringAt(entry.resource, 'labels', 'bucket_name');
  if (verb === undefined || bucket === undefined) return undefined;
  const object = path?.[3];
  return {
    class_uid: 6005,
    ...named(OBJECT_VERBS.get(verb.toLowerCase()), verb),
    databucket: {
      name: bucket,
      uid: path?.[1] ?? `projects/_/buckets/${bucket}`,
      type_id: 3,
      file:
        object === undefined
          ? undefined
          : { name: object.split('/').at(-1) || object, path: object, type_id: 1 },
    },
  };
}

const QUERY_VERBS: ReadonlyMap<string, number> = new Map([
  ['insertjob', 4],
  ['query', 4],
  ['insert', 4],
  ['jobcompleted', 4],
  ['getqueryresults', 1],
  ['list', 1],
  ['insertall', 5],
  ['readrows', 1],
  ['createreadsession', 1],
  ['appendrows', 5],
]);

const JOB_VERBS: ReadonlyMap<string, number> = new Map([
  ['QUERY', 4],
  ['IMPORT', 5],
  ['LOAD', 5],
  ['EXPORT', 1],
  ['EXTRACT', 1],
  ['COPY', 5],
]);

/** Jobs and rows of BigQuery; making a dataset or table is configuration, and stays an API call. */
function queryAccess(entry: AuditEntry, method: string): Datastore | undefined {
  if (!/^jobservice\.|\.JobService\.|^tabledata|\.TableDataService\.|\.BigQuery(Read|Write)\./i.test(method))
    return undefined;
  const activity = QUERY_VERBS.get(verbOf(method));
  if (activity === undefined) return undefined;
  const job = jobOf(entry.payload);
  const table = job.table ?? tableName(resourceNameOf(entry.payload));
  const project = entry.container ?? 'bigquery';
  return {
    class_uid: 6005,
    activity_id: (job.type && JOB_VERBS.get(job.type)) || activity,
    database: table
      ? { name: table.dataset, uid: `projects/${table.project}/datasets/${table.dataset}`, type_id: 1 }
      : { name: project.split('/').at(-1), uid: project, type_id: 99, type: 'BigQuery project' },
    table: table && {
      name: table.table,
      uid: `projects/${table.project}/datasets/${table.dataset}/tables/${table.table}`,
    },
    query_info: job.query === undefined ? undefined : { query_string: clip(job.query, 10_000), uid: job.uid },
  };
}

interface TableName {
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
}

interface Job {
  readonly uid: string;
  readonly type: string | undefined;
  readonly query: string | undefined;
  readonly table: TableName | undefined;
}

/** The job, in today's metadata or in the older service data. What was read counts before where it was put. */
function jobOf(payload: JsonObject): Job {
  const job = at(payload, 'metadata', 'jobChange', 'job') ?? at(payload, 'metadata', 'jobInsertion', 'job');
  const legacy =
    at(payload, 'serviceData', 'jobCompletedEvent', 'job') ??
    at(payload, 'serviceData', 'jobInsertRequest', 'resource');
  const config = at(job, 'jobConfig', 'queryConfig');
  const legacyConfig = at(legacy, 'jobConfiguration', 'query');
  const tables = [
    first(at(job, 'jobStats', 'queryStats', 'referencedTables')),
    first(at(legacy, 'jobStatistics', 'referencedTables')),
    at(config, 'destinationTable'),
    at(legacyConfig, 'destinationTable'),
  ];
  return {
    uid:
      stringAt(job, 'jobName') ??
      stringAt(legacy, 'jobName', 'jobId') ??
      stringAt(payload, 'resourceName') ??
      'job',
    type: stringAt(job, 'jobConfig', 'type'),
    query:
      stringAt(config, 'query') ??
      stringAt(legacyConfig, 'query') ??
      stringAt(payload, 'serviceData', 'jobQueryRequest', 'query'),
    table: tables.map(tableName).find((table) => table !== undefined),
  };
}

function first(value: JsonValue | undefined): JsonValue | undefined {
  return isArray(value) ? value[0] : undefined;
}

function tableName(value: JsonValue | undefined): TableName | undefined {
  const path =
    typeof value === 'string' ? /^projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)$/.exec(value) : null;
  const project = path?.[1] ?? stringAt(value, 'projectId');
  const dataset = path?.[2] ?? stringAt(value, 'datasetId');
  const table = path?.[3] ?? stringAt(value, 'tableId');
  return project && dataset && table ? { project, dataset, table } : undefined;
}

/** OCSF has no place for a key; the key stands where the data that it protects would. */
function keyUse(entry: AuditEntry, method: string): Datastore | undefined {
  const verb = verbOf(method);
  const activity = /encrypt$/.test(verb) ? 9 : /decrypt$/.test(verb) ? 10 : undefined;
  const uid = resourceNameOf(entry.payload);
  if (activity === undefined || uid === undefined) return undefined;
  const name = /\/cryptoKeys\/([^/]+)/.exec(uid)?.[1] ?? uid;
  return {
    class_uid: 6005,
    activity_id: activity,
    databucket: { name, uid, type_id: 99, type: 'Cloud KMS key' },
  };
}

function databaseQuery(entry: AuditEntry, method: string): Datastore | undefined {
  const query = stringAt(entry.payload, 'request', 'statement');
  const instance = resourceNameOf(entry.payload);
  if (method !== 'cloudsql.instances.query' || instance === undefined) return undefined;
  const name = stringAt(entry.payload, 'request', 'database') ?? instance;
  return {
    class_uid: 6005,
    activity_id: 4,
    database: { name, uid: instance, type_id: 1 },
    query_info: query === undefined ? undefined : { query_string: clip(query, 10_000), uid: instance },
  };
}

function named(activity: number | undefined, verb: string): Pick<Datastore, 'activity_id' | 'activity_name'> {
  return activity === undefined ? { activity_id: 99, activity_name: verb } : { activity_id: activity };
}
