import { idAt, isArray, type JsonObject, type JsonValue } from '../../json/json.ts';
import type { ResourceDetails } from '../../ocsf/event.ts';
import { arnName, parseArn } from './arn.ts';
import { artifactsOf } from './artifacts.ts';
import { accountOf } from './identity.ts';
import { type CloudTrailRecord, field, object, text } from './record.ts';
import { RESOURCE_LISTS, RESOURCE_PARAMETERS } from './resource-parameters.ts';

/** How many resources an event names; a batch may touch thousands, and raw_data has them all. */
const RESOURCES_MAX = 64;

/**
 * What the call was about: the record's own `resources`, what its well-known parameters name, and the artifacts that
 * it carries (image digests, code hashes), each once.
 */
export function readResources(record: CloudTrailRecord): readonly ResourceDetails[] {
  const found = [...declared(record), ...wellKnown(record), ...artifactsOf(record)];
  const all = found.length > 0 ? found : guessed(record);
  return withoutRepeats(all);
}

/** A resource by its ARN or by its name, whichever the text is. */
export function resource(nameOrArn: string, type?: string): ResourceDetails {
  const arn = parseArn(nameOrArn);
  if (arn === undefined) return { name: nameOrArn, type };
  return {
    uid: nameOrArn,
    name: arnName(nameOrArn),
    type: type ?? typeOfArn(arn.service, arn.resource),
    region: arn.region,
    cloud_partition: arn.partition,
  };
}

function declared(record: CloudTrailRecord): readonly ResourceDetails[] {
  const list = field(record.native, 'resources');
  if (!isArray(list)) return [];
  const found: ResourceDetails[] = [];
  for (const item of list.slice(0, RESOURCES_MAX)) {
    const arn = typeof item === 'string' ? item : (text(item, 'ARN') ?? text(item, 'ARNPrefix'));
    if (arn === undefined || arn === '') continue;
    const account = accountOf(text(item, 'accountId'));
    const described = resource(arn, text(item, 'type'));
    found.push(account === undefined ? described : { ...described, owner: { account } });
  }
  return found;
}

function wellKnown(record: CloudTrailRecord): readonly ResourceDetails[] {
  const found: ResourceDetails[] = [...objects(record)];
  for (const [name, type] of RESOURCE_PARAMETERS.get(record.service) ?? []) {
    const value = idAt(record.request, name) ?? idAt(record.response, name);
    if (value !== undefined) found.push(resource(value, type));
  }
  for (const [list, type] of RESOURCE_LISTS.get(record.service) ?? []) {
    for (const value of strings(field(record.request, list))) found.push(resource(value, type));
  }
  for (const source of [record.response, record.additional]) {
    for (const name of ['aRN', 'ARN', 'SecretId']) {
      const value = idAt(source, name);
      if (value !== undefined)
        found.push(resource(value, record.service === 'secretsmanager' ? SECRET : undefined));
    }
  }
  return [...found, ...instances(record)];
}

const SECRET = 'AWS::SecretsManager::Secret';

/** EC2 writes the sets of its old query protocol: `instancesSet.items[].instanceId`. */
function instances(record: CloudTrailRecord): readonly ResourceDetails[] {
  if (record.service !== 'ec2') return [];
  const sets = [object(record.response, 'instancesSet'), object(record.request, 'instancesSet')];
  return sets.flatMap((set) => {
    const items = field(set, 'items');
    if (!isArray(items)) return [];
    return items.slice(0, RESOURCES_MAX).flatMap((item) => {
      const id = text(item, 'instanceId');
      return id === undefined ? [] : [resource(id, 'AWS::EC2::Instance')];
    });
  });
}

function objects(record: CloudTrailRecord): readonly ResourceDetails[] {
  const bucket = text(record.request, 'bucketName');
  const key = text(record.request, 'key');
  if (record.service !== 's3' || bucket === undefined || key === undefined) return [];
  return [{ name: `${bucket}/${key}`, uid: `arn:aws:s3:::${bucket}/${key}`, type: 'AWS::S3::Object' }];
}

/** For services that no row is about: parameters that are ARNs, else those that are called a name or an id. */
function guessed(record: CloudTrailRecord): readonly ResourceDetails[] {
  const entries = texts(record.request);
  const arns = entries.filter(([, value]) => parseArn(value) !== undefined);
  if (arns.length > 0) return arns.slice(0, GUESSES_MAX).map(([, value]) => resource(value));
  return entries
    .filter(([name]) => /^\w{1,60}(?:Name|Id|Identifier)$/.test(name) && !NOT_RESOURCES.test(name))
    .slice(0, GUESSES_MAX)
    .map(([name, value]) => resource(value, kindOfParameter(name)));
}

/** `dBSubnetGroupName` names a DBSubnetGroup: the old query protocols begin even abbreviations in lower case. */
function kindOfParameter(name: string): string {
  return name.replace(/(?:Name|Id|Identifier)$/, '').replace(/^dB(?=[A-Z])/, 'DB');
}

const GUESSES_MAX = 4;
const NOT_RESOURCES = /(?:token|request|session|client|correlation|display|attribute|device)/i;

function texts(value: JsonObject | undefined): readonly (readonly [string, string])[] {
  if (value === undefined) return [];
  const found: (readonly [string, string])[] = [];
  for (const [name, item] of Object.entries(value).slice(0, RESOURCES_MAX)) {
    if (typeof item === 'string' && item !== '' && item.length <= 2048) found.push([name, item]);
  }
  return found;
}

/** `AWS::Lambda::Function` needs a table; `lambda:function` does not, and tells as much. */
function typeOfArn(service: string, rest: string): string {
  const kind = /^([a-z][a-z-]{1,40})[/:]/.exec(rest)?.[1];
  return kind === undefined ? service : `${service}:${kind}`;
}

/** The same resource is often named by its ARN, by its name, and by both: the place of the first, the ARN's facts. */
function withoutRepeats(all: readonly ResourceDetails[]): readonly ResourceDetails[] {
  const kept: ResourceDetails[] = [];
  for (const item of all) {
    const twin = kept.findIndex((other) => isSame(other, item));
    const other = kept[twin];
    if (other === undefined) {
      kept.push(item);
    } else {
      const fuller = other.uid === undefined && item.uid !== undefined ? item : other;
      kept[twin] = { ...fuller, type: bestType(other, item) };
    }
    if (kept.length >= RESOURCES_MAX) break;
  }
  return kept;
}

function isSame(a: ResourceDetails, b: ResourceDetails): boolean {
  if (a.uid !== undefined && b.uid !== undefined) return a.uid === b.uid;
  if (a.name !== b.name || a.name === undefined) return false;
  return a.type === b.type || !isTyped(a) || !isTyped(b);
}

function isTyped(item: ResourceDetails): boolean {
  return item.type?.startsWith('AWS::') === true;
}

function bestType(a: ResourceDetails, b: ResourceDetails): string | undefined {
  return isTyped(a) ? a.type : (b.type ?? a.type);
}

function strings(value: JsonValue | undefined): readonly string[] {
  if (!isArray(value)) return [];
  return value
    .slice(0, RESOURCES_MAX)
    .filter((item): item is string => typeof item === 'string' && item !== '');
}
