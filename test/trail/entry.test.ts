import {
  assert,
  constantFrom,
  dictionary,
  integer,
  nat,
  oneof,
  property,
  record,
  string,
  stringMatching,
} from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ControlEntry,
  decodeEntry,
  encodeEntry,
  entryText,
  lineHash,
  withAppendTime,
} from '../../shared/trail/entry.ts';

const event = {
  kind: 'event',
  hash: lineHash('{}'),
  timeMs: 1_767_225_600_000,
  source: 'aws.cloudtrail',
} as const;
const redact: ControlEntry = {
  kind: 'redact',
  timeMs: 1_767_225_600_001,
  source: 'trailproof',
  members: { uid: 'ab', index: 7, essence: '1:cd' },
};

describe('the bytes of an entry', () => {
  test('an event has v, k, h, t and src, in this order', () => {
    expect(entryText(event)).toBe(
      '{"v":1,"k":"event","h":"RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=","t":1767225600000,"src":"aws.cloudtrail"}',
    );
  });

  test('a control entry has no h, and its own members by name', () => {
    expect(entryText(redact)).toBe(
      '{"v":1,"k":"redact","t":1767225600001,"src":"trailproof","essence":"1:cd","index":7,"uid":"ab"}',
    );
  });

  test('the hash of a line is that of its UTF-8 bytes', () => {
    expect(lineHash('é')).toBe(lineHash(Buffer.from([0xc3, 0xa9])));
  });
});

describe('decodeEntry', () => {
  test('every entry that is written is read again', () => {
    const members = dictionary(
      stringMatching(/^[a-z][a-z0-9_.-]{0,20}$/).filter(
        (name) => !['v', 'k', 'h', 't', 'src'].includes(name),
      ),
      oneof(
        string({ unit: 'binary' }).filter((text) => !text.includes('\ufffd')),
        integer(),
        constantFrom(true, false),
      ),
      { noNullPrototype: true },
    );
    const control = record({
      kind: constantFrom('redact', 'retain', 'key', 'config', 'count' as const),
      timeMs: nat(),
      source: string({ minLength: 1 }),
      members,
    });
    assert(
      property(control, (entry) => {
        expect(decodeEntry(encodeEntry(entry as ControlEntry))).toEqual({ ok: true, value: entry });
      }),
    );
    expect(decodeEntry(encodeEntry(event))).toEqual({ ok: true, value: event });
  });

  const text = entryText(event);
  test.each([
    ['white space', text.replace(',', ', ')],
    ['another order', text.replace('"v":1,"k":"event"', '"k":"event","v":1')],
    ['a member twice', text.replace('"v":1', '"v":1,"v":1')],
    ['another version', text.replace('"v":1', '"v":2')],
    ['an unknown kind', text.replace('"event"', '"other"')],
    ['a member of its own', text.replace('}', ',"x":1}')],
    ['an escape that is not needed', text.replace('aws', '\\u0061ws')],
    ['a hash whose unused bits are not zero', text.replace('4o=', '4p=')],
    ['a hash in the URL alphabet', text.replace('/4o=', '_4o=')],
    ['a hash without padding', text.replace('4o=', '4o')],
    ['a time that is no integer', text.replace('1767225600000', '1767225600000.5')],
    ['a time in another notation', text.replace('1767225600000', '1.7672256e12')],
    ['a negative time', text.replace('1767225600000', '-1')],
    ['no source', text.replace('aws.cloudtrail', '')],
    ['something after it', `${text}\n`],
    ['no object', '[]'],
    ['no JSON', ''],
  ])('an entry with %s is refused', (_, changed) => {
    expect(changed).not.toBe(text);
    expect(decodeEntry(Buffer.from(changed)).ok).toBe(false);
  });

  test.each([
    ['an h', '"h":"RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",'],
    ['a member that is an object', '"a":{},'],
    ['a member that is null', '"a":null,'],
    ['a member named as the prototype', '"__proto__":1,'],
    ['a member that is a fraction', '"a":1.5,'],
  ])('a control entry with %s is refused', (_, extra) => {
    const changed = entryText(redact).replace('"t":', `${extra}"t":`);
    expect(decodeEntry(changed).ok).toBe(false);
    expect(decodeEntry(entryText(redact).replace('"essence"', `${extra}"essence"`)).ok).toBe(false);
  });

  test('bytes that are not UTF-8 are refused', () => {
    const bytes = Buffer.from(encodeEntry(event));
    bytes[bytes.length - 4] = 0xff;
    expect(decodeEntry(bytes).ok).toBe(false);
  });
});

test('the append time of a control entry is set without changing the rest', () => {
  expect(withAppendTime(entryText(redact), 5)).toEqual({
    ok: true,
    value: entryText({ ...redact, timeMs: 5 }),
  });
  expect(withAppendTime('{}', 5).ok).toBe(false);
});
