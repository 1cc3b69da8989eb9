import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OBJECT_ATTRIBUTES } from '../../shared/ocsf/attributes.ts';
import { validateEvent } from '../../shared/ocsf/validate.ts';
import { sharedFile } from '../shared-data.ts';
import { BODIES, completed } from './bodies.ts';

type Json = Record<string, unknown>;

const copy = (classUid: number): Json =>
  JSON.parse(JSON.stringify(completed(BODIES.find(({ class_uid }) => class_uid === classUid)!)));

/** A good event of a class with one thing changed. */
function faults(classUid: number, change: (event: Json) => void): readonly string[] {
  const event = copy(classUid);
  change(event);
  return validateEvent(event);
}

const inner = (event: Json, key: string): Json => event[key] as Json;

describe('what we emit', () => {
  for (const body of BODIES) {
    test(`an event of class ${body.class_uid} has no fault`, () => {
      expect(validateEvent(completed(body))).toEqual([]);
    });
  }

  const cases: readonly [name: string, classUid: number, change: (event: Json) => void, fault: string][] = [
    ['another class', 6003, (e) => Object.assign(e, { class_uid: 1001 }), 'class_uid'],
    ['a missing member', 6003, (e) => delete e['api'], 'api: missing'],
    [
      'null, which is missing',
      6003,
      (e) => Object.assign(e, { src_endpoint: null }),
      'src_endpoint: missing',
    ],
    [
      'a missing inner member',
      6003,
      (e) => delete inner(inner(e, 'api'), 'request')['uid'],
      'api.request.uid: missing',
    ],
    [
      'an unknown attribute',
      6003,
      (e) => Object.assign(e, { eventName: 'x' }),
      'eventName: unknown attribute',
    ],
    [
      'an unknown inner attribute',
      6003,
      (e) => Object.assign(inner(e, 'actor'), { x: 1 }),
      'actor.x: unknown',
    ],
    [
      'an attribute of another class',
      6003,
      (e) => Object.assign(e, { user: { uid: 'u' } }),
      'user: unknown attribute',
    ],
    [
      'a missing profile',
      3001,
      (e) => Object.assign(inner(e, 'metadata'), { profiles: [] }),
      'cloud: needs profile',
    ],
    ['cloud without its object', 6005, (e) => delete e['cloud'], 'cloud: missing'],
    [
      'a profile that asks for more',
      6003,
      (e) => Object.assign(inner(e, 'metadata'), { profiles: ['osint'] }),
      'never uses',
    ],
    [
      'text for a number',
      6003,
      (e) => Object.assign(e, { time: '1' }),
      'time: expected an integer, found string',
    ],
    ['a fraction', 6003, (e) => Object.assign(e, { time: 1.5 }), 'time: expected an integer'],
    ['a number for text', 6003, (e) => Object.assign(e, { status_code: 403 }), 'status_code: expected text'],
    ['no array', 3005, (e) => Object.assign(e, { privileges: 'owner' }), 'privileges: expected an array'],
    ['a bad element', 3005, (e) => Object.assign(e, { privileges: [1] }), 'privileges[0]: expected text'],
    ['an id outside its enumeration', 6003, (e) => Object.assign(e, { status_id: 3 }), 'status_id: 3 is not'],
    [
      'an activity of another class',
      6003,
      (e) => Object.assign(e, { activity_id: 7, type_uid: 600307 }),
      'activity_id',
    ],
    ['a wrong type', 6003, (e) => Object.assign(e, { type_uid: 600301 }), 'type_uid: expected'],
    ['a wrong category', 6003, (e) => Object.assign(e, { category_uid: 3 }), 'category_uid'],
    ['a caption of our own', 3001, (e) => Object.assign(e, { activity_name: 'Attach' }), 'activity_name'],
    [
      'another version',
      6003,
      (e) => Object.assign(inner(e, 'metadata'), { version: '1.7.0' }),
      'metadata.version',
    ],
    [
      'a host for an IP',
      6003,
      (e) => Object.assign(e, { src_endpoint: { ip: 'example.com' } }),
      'src_endpoint.ip',
    ],
    [
      'an impossible port',
      6003,
      (e) => Object.assign(e, { src_endpoint: { name: 'x', port: 70000 } }),
      'port',
    ],
    ['a login at nothing', 3002, (e) => delete e['service'], 'at least one of service dst_endpoint'],
    ['data in nothing', 6005, (e) => delete e['databucket'], 'at least one of database'],
    [
      'nobody',
      6003,
      (e) => Object.assign(e, { actor: { idp: { name: 'x' } } }),
      'actor.: expected at least one',
    ],
    [
      'a resource without a name',
      6003,
      (e) => Object.assign(e, { resources: [{ type: 'x' }] }),
      'resources[0].',
    ],
  ];
  for (const [name, classUid, change, fault] of cases) {
    test(`${name} is a fault`, () => {
      expect(faults(classUid, change).join('\n')).toContain(fault);
    });
  }

  test('what is no event is a fault, and never a crash', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => validateEvent(value).length > 0));
    for (const value of [undefined, null, 1, 'x', [], {}, { class_uid: 'toString' }]) {
      expect(validateEvent(value).length).toBe(1);
    }
  });
});

const validatorFile = sharedFile('tools/ocsf-validate.mjs');
const schemaFile = sharedFile('ocsf/ocsf-schema-1.8.0.json');
const isHere = validatorFile !== undefined && schemaFile !== undefined;

interface Official {
  validate(event: unknown): { errors: string[]; warnings: string[] };
}

describe.skipIf(!isHere)('beside the schema (skipped where the reference data is absent)', () => {
  async function official(): Promise<Official> {
    const { Validator, loadSchema } = await import(pathToFileURL(validatorFile ?? '').href);
    return new Validator(loadSchema(schemaFile));
  }

  test('what we find good, it finds good, and no caption is ours', async () => {
    const validator = await official();
    for (const body of BODIES) {
      const { errors, warnings } = validator.validate(JSON.parse(JSON.stringify(completed(body))));
      expect(errors, String(body.class_uid)).toEqual([]);
      expect(warnings.filter((warning) => /sibling|deprecated/.test(warning))).toEqual([]);
    }
  });

  test('whatever it finds wrong with a changed event, we find wrong too', async () => {
    const validator = await official();
    const value = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        {},
        [],
        '',
        'x',
        0,
        1,
        2,
        3,
        6,
        7,
        99,
        100,
        -1,
        1.5,
        true,
        '192.0.2.1',
        600303,
      ),
      fc.constantFrom<unknown>({ name: 'x' }, { uid: 'x' }, [{ name: 'x' }], ['x'], ['cloud'], ['host'], {
        type_id: 1,
      }),
    );
    const change = fc.record({
      event: fc.constantFrom(...BODIES),
      place: fc.nat(),
      remove: fc.boolean(),
      value,
    });
    fc.assert(
      fc.property(change, ({ event: body, place, remove, value: to }) => {
        const event = JSON.parse(JSON.stringify(completed(body))) as Json;
        const places = placesIn(event);
        const [holder, key] = places[place % places.length]!;
        if (remove) delete holder[key];
        else holder[key] = to;
        const theirs = validator.validate(event).errors;
        if (theirs.length > 0) expect(validateEvent(event), theirs.join('\n')).not.toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test('every attribute in the table is one of the schema', async () => {
    const { loadSchema } = await import(pathToFileURL(validatorFile ?? '').href);
    const schema = loadSchema(schemaFile) as { objects: Record<string, { attributes: Json }> };
    for (const [name, notation] of Object.entries(OBJECT_ATTRIBUTES)) {
      const known = Object.keys(schema.objects[name]?.attributes ?? {});
      const ours = notation
        .trim()
        .split(/\s+/)
        .map((word) => word.replace(/^\*|:.*$/g, ''));
      expect(known, name).toEqual(expect.arrayContaining(ours));
    }
  });
});

/** Every member of every object in a value, to be changed, but not what is free-form. */
function placesIn(value: unknown): [Json, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value)
    ? []
    : Object.keys(value).map((key): [Json, string] => [value as Json, key]);
  const below = Object.entries(value).filter(([key]) => key !== 'data' && key !== 'unmapped');
  return [...own, ...below.flatMap(([, each]) => placesIn(each))];
}
