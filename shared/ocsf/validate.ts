import { isObject, type JsonObject, member } from '../json/json.ts';
import {
  CLASS_AT_LEAST_ONE,
  CLASS_ATTRIBUTES,
  OBJECT_AT_LEAST_ONE,
  OBJECT_ATTRIBUTES,
} from './attributes.ts';
import { activityName, CLASSES } from './classes.ts';
import { isIp } from './endpoint.ts';
import { type ClassUid, OCSF_VERSION } from './event.ts';

/**
 * What is wrong with an event that we emit, by OCSF 1.8.0: unknown class or attribute, missing or mistyped members,
 * values outside an enumeration, broken constraints, attributes without their profile, captions that are not OCSF's.
 * It knows only what Trailproof emits, so it is stricter than the official validator and never more lenient.
 */
export function validateEvent(event: unknown): readonly string[] {
  const classUid = member(event, 'class_uid');
  if (!isObject(event) || typeof classUid !== 'number' || !Object.hasOwn(CLASSES, classUid)) {
    return [`class_uid: expected a class that Trailproof emits, found ${kindOf(classUid)}`];
  }
  const known = classUid as ClassUid;
  const profiles = member(member(event, 'metadata'), 'profiles');
  const check: Check = { faults: [], profiles: new Set(Array.isArray(profiles) ? profiles : []) };
  checkProfiles(check);
  checkClass(event, known, check);
  checkMembers(event, CLASS_ATTRIBUTES[known], CLASS_AT_LEAST_ONE[known], '', check);
  return check.faults;
}

interface Check {
  readonly faults: string[];
  readonly profiles: ReadonlySet<unknown>;
}

const PROFILES: ReadonlySet<unknown> = new Set([
  'cloud',
  'datetime',
  'security_control',
  'host',
  'container',
  'trace',
]);

function checkProfiles(check: Check): void {
  for (const profile of check.profiles) {
    if (!PROFILES.has(profile))
      check.faults.push('metadata.profiles: found a profile that Trailproof never uses');
  }
}

function checkClass(event: JsonObject, classUid: ClassUid, { faults }: Check): void {
  const ocsfClass = CLASSES[classUid];
  const activityId = event['activity_id'];
  const activity = typeof activityId === 'number' ? activityName(classUid, activityId) : undefined;
  if (activity === undefined) faults.push(`activity_id: ${classUid} has no such activity`);
  if (event['category_uid'] !== ocsfClass.category_uid)
    faults.push('category_uid: not the category of the class');
  if (event['type_uid'] !== classUid * 100 + Number(activityId)) {
    faults.push('type_uid: expected class_uid * 100 + activity_id');
  }
  const name = event['activity_name'];
  if (activityId !== 99 && name !== undefined && name !== activity)
    faults.push('activity_name: not the caption');
  if (member(event['metadata'], 'version') !== OCSF_VERSION)
    faults.push(`metadata.version: not ${OCSF_VERSION}`);
}

function checkMembers(
  value: JsonObject,
  notation: string,
  atLeastOne: string | undefined,
  path: string,
  check: Check,
): void {
  const attributes = parseNotation(notation);
  for (const [name, attribute] of attributes) {
    const isActive = attribute.profile === undefined || check.profiles.has(attribute.profile);
    const found = member(value, name);
    const where = path + name;
    if (found === undefined || found === null) {
      if (attribute.isRequired && isActive) check.faults.push(`${where}: missing`);
    } else if (!isActive) {
      check.faults.push(`${where}: needs profile ${attribute.profile}`);
    } else {
      checkAttribute(found, attribute, where, check);
    }
  }
  for (const name of Object.keys(value)) {
    if (!attributes.has(name)) check.faults.push(`${path}${name}: unknown attribute`);
  }
  if (atLeastOne === undefined) return;
  const isMet = atLeastOne.split(' ').some((name) => (member(value, name) ?? null) !== null);
  if (!isMet) check.faults.push(`${path || 'event'}: expected at least one of ${atLeastOne}`);
}

function checkAttribute(value: unknown, attribute: Attribute, path: string, check: Check): void {
  if (!attribute.isArray) {
    checkValue(value, attribute, path, check);
  } else if (Array.isArray(value)) {
    for (const [index, element] of value.entries())
      checkValue(element, attribute, `${path}[${index}]`, check);
  } else {
    check.faults.push(`${path}: expected an array, found ${kindOf(value)}`);
  }
}

function checkValue(value: unknown, attribute: Attribute, path: string, check: Check): void {
  const notation = OBJECT_ATTRIBUTES[attribute.type];
  if (notation !== undefined) {
    if (!isObject(value)) check.faults.push(`${path}: expected an object, found ${kindOf(value)}`);
    else checkMembers(value, notation, OBJECT_AT_LEAST_ONE[attribute.type], `${path}.`, check);
  } else if (!isOfType(value, attribute.type)) {
    check.faults.push(`${path}: expected ${TYPES[attribute.type]}, found ${kindOf(value)}`);
  } else if (attribute.ids !== undefined && !attribute.ids.includes(value as number)) {
    check.faults.push(`${path}: ${String(value)} is not in the enumeration`);
  }
}

const TYPES: Readonly<Record<string, string>> = {
  s: 'text',
  i: 'an integer',
  b: 'true or false',
  j: 'JSON',
  free: 'an object',
  method: 'an HTTP method',
  ip: 'an IP address',
  port: 'a port number',
};

function isOfType(value: unknown, type: string): boolean {
  if (type === 's') return typeof value === 'string';
  if (type === 'i') return Number.isSafeInteger(value);
  if (type === 'b') return typeof value === 'boolean';
  if (type === 'ip') return typeof value === 'string' && isIp(value);
  if (type === 'port') return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
  if (type === 'free') return isObject(value);
  if (type === 'method') return METHODS.has(value);
  return type === 'j';
}

const METHODS: ReadonlySet<unknown> = new Set([
  ...['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'],
]);

/** A word for what was found: never the value, which may be anybody's. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value;
}

interface Attribute {
  readonly isRequired: boolean;
  readonly type: string;
  readonly isArray: boolean;
  readonly profile: string | undefined;
  readonly ids: readonly number[] | undefined;
}

const NOTATION = /^(\*?)([a-z_]+):([a-z_]+)(\[\])?(?:@([a-z_]+))?(?:=([\d,]+))?$/;

function parseNotation(notation: string): Map<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  for (const word of notation.trim().split(/\s+/)) {
    const match = NOTATION.exec(word);
    if (match === null) throw new Error(`The attribute table has a word that is no attribute: ${word}`);
    attributes.set(match[2] ?? '', {
      isRequired: match[1] === '*',
      type: match[3] ?? '',
      isArray: match[4] !== undefined,
      profile: match[5],
      ids: match[6]?.split(',').map(Number),
    });
  }
  return attributes;
}
