import { at, isArray, type JsonObject, member, stringAt } from '../../json/json.ts';
import type { ResourceDetails } from '../../ocsf/event.ts';
import { type AuditEntry, serviceOf } from './entry.ts';
import { imagesOf } from './images.ts';

/** The resource that was called, then what it runs on, then the images that it would run. */
export function resourcesOf(entry: AuditEntry): readonly ResourceDetails[] {
  const main = mainResourceOf(entry);
  const cluster = clusterOf(entry);
  return [...(main ? [main] : []), ...(cluster ? [cluster] : []), ...imagesOf(entry.payload)];
}

/** Names of monitored resources that say less than the path does. */
const GENERIC = new Set(['audited_resource', 'api', 'global', 'k8s_cluster', 'logging_log']);

export function mainResourceOf(entry: AuditEntry): ResourceDetails | undefined {
  const uid = resourceNameOf(entry.payload);
  if (uid === undefined) return undefined;
  const path = pathOf(uid);
  const service = serviceOf(entry);
  const monitored = stringAt(entry.resource, 'type');
  const isSpecific = monitored !== undefined && !GENERIC.has(monitored);
  const derived = path.collection && `${service ?? 'googleapis.com'}/${path.collection}`;
  return {
    uid,
    // The path of a service account has its number; people know its address.
    name: (monitored === 'service_account' && stringAt(entry.resource, 'labels', 'email_id')) || path.name,
    type: attributeTypeOf(entry.payload) ?? (isSpecific ? monitored : derived),
    namespace: path.namespace,
    version: path.version,
    region: regionOf(entry),
    zone: zoneOf(entry),
  };
}

/** A denial by a perimeter names the project in `resourceName`, and what was asked for in its metadata. */
export function resourceNameOf(payload: JsonObject): string | undefined {
  const names = at(payload, 'metadata', 'resourceNames');
  const first = isArray(names) && typeof names[0] === 'string' && names[0] !== '' ? names[0] : undefined;
  return first ?? stringAt(payload, 'resourceName') ?? firstCheckedOf(payload);
}

function firstCheckedOf(payload: JsonObject): string | undefined {
  const checked = member(payload, 'authorizationInfo');
  return isArray(checked) ? stringAt(checked[0], 'resource') : undefined;
}

function attributeTypeOf(payload: JsonObject): string | undefined {
  const checked = member(payload, 'authorizationInfo');
  const type = isArray(checked) ? stringAt(checked[0], 'resourceAttributes', 'type') : undefined;
  return type?.includes('/') ? type : undefined;
}

interface ResourcePath {
  readonly name: string;
  readonly collection: string | undefined;
  readonly namespace: string | undefined;
  readonly version: string | undefined;
}

/** A resource name in parts: collections and ids in turn, `.../secrets/db/versions/3`, `core/v1/namespaces/prod/pods/p`. */
export function pathOf(name: string): ResourcePath {
  const segments = name
    .replace(/^\/\/[^/]{1,253}\//, '')
    .split('/')
    .filter((segment) => segment !== '');
  if (/^v\d/.test(segments[1] ?? '')) return kubernetesPathOf(segments, name);
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(name)?.[1];
  const isVersion = segments.length >= 4 && segments.at(-2) === 'versions';
  const end = isVersion ? -2 : segments.length;
  const kept = segments.slice(0, end);
  const [before, last] = [kept.at(-2), kept.at(-1)];
  // `projects/_/buckets` ends in the collection itself: what lies before it is no plural.
  const isList = last?.endsWith('s') === true && before?.endsWith('s') === false;
  return {
    name: last ?? name,
    collection: isList ? last : before,
    namespace: undefined,
    version: isVersion ? segments.at(-1) : digest,
  };
}

/** `<group>/<version>[/namespaces/<name>]/<resource>[/<name>[/<subresource>]]`: a log is no resource of its own. */
function kubernetesPathOf(segments: readonly string[], whole: string): ResourcePath {
  const isNamespaced = segments[2] === 'namespaces' && segments.length > 4;
  const [resource, name, subresource] = segments.slice(isNamespaced ? 4 : 2);
  return {
    name: name ?? resource ?? whole,
    collection: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace: isNamespaced ? segments[3] : undefined,
    version: undefined,
  };
}

function clusterOf(entry: AuditEntry): ResourceDetails | undefined {
  const name = stringAt(entry.resource, 'labels', 'cluster_name');
  if (name === undefined || stringAt(entry.resource, 'type') !== 'k8s_cluster') return undefined;
  const project = stringAt(entry.resource, 'labels', 'project_id');
  const location = stringAt(entry.resource, 'labels', 'location');
  const uid = project && location ? `projects/${project}/locations/${location}/clusters/${name}` : name;
  return { name, uid, type: 'k8s_cluster', region: regionOf(entry), zone: zoneOf(entry) };
}

const ZONE = /^([a-z]+-[a-z]+\d{1,2})-[a-z]$/;

/** `europe-west1`; the region of a zone too. */
export function regionOf(entry: AuditEntry): string | undefined {
  const place = placeOf(entry);
  return place === undefined ? undefined : (ZONE.exec(place)?.[1] ?? place);
}

/** `europe-west1-b`, where the place is that exact. */
export function zoneOf(entry: AuditEntry): string | undefined {
  const place = placeOf(entry);
  return place !== undefined && ZONE.test(place) ? place : undefined;
}

function placeOf(entry: AuditEntry): string | undefined {
  const labels = member(entry.resource, 'labels');
  const current = at(entry.payload, 'resourceLocation', 'currentLocations');
  return (
    stringAt(labels, 'location') ??
    stringAt(labels, 'region') ??
    stringAt(labels, 'zone') ??
    /\/(?:zones|regions|locations)\/([^/]{1,100})/.exec(stringAt(entry.payload, 'resourceName') ?? '')?.[1] ??
    (isArray(current) && typeof current[0] === 'string' ? current[0] || undefined : undefined)
  );
}
