import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { RECORD_SIZE_BYTES_MAX } from '../../shared/json/caps.ts';
import { elements } from '../../shared/json/document.ts';
import type { Reject } from '../../shared/json/reject.ts';
import { createSplitter, type SplitItem, splitBytes } from '../../shared/json/split.ts';
import { KEYS } from './splitting.ts';

const MIB = 1024 * 1024;

/** What came of a stream too large to look at: how many documents and elements, the longest document, and rejects. */
function tally(items: Iterable<SplitItem>): {
  documents: number;
  records: number;
  longest: number;
  rejects: Reject[];
} {
  const total = { documents: 0, records: 0, longest: 0, rejects: [] as Reject[] };
  for (const item of items) {
    if ('reject' in item) {
      total.rejects.push(item.reject);
    } else {
      total.documents += 1;
      total.longest = Math.max(total.longest, item.document.text.length);
      total.records += elements(item.document, 'Records').length + elements(item.document).length;
    }
  }
  return total;
}

const record = (index: number): string =>
  `{"index":${index},"big":12345678901234567890,"text":"${'x'.repeat(200 + (index % 7))}"}`;

describe('values too large to hold', () => {
  test('one line of many records is cut into envelopes of bounded size, with every record verbatim', () => {
    const count = 40_000;
    const texts = Array.from({ length: count }, (_, index) => record(index));
    const items = [...splitBytes(Buffer.from(`{"v":1,"Records":[${texts.join(',')}],"next":null}\n`), KEYS)];
    const { rejects, longest, records } = tally(items);
    expect({ rejects, records }).toEqual({ rejects: [], records: count });
    expect(longest).toBeLessThan(1.5 * MIB);
    for (const item of items) {
      if ('document' in item) expect(elements(item.document, 'Records').length).toBeLessThanOrEqual(500);
    }
    const out = items.flatMap((item) => ('document' in item ? elements(item.document, 'Records') : []));
    expect(out.every(({ text }, index) => text === texts[index])).toBe(true);
    expect(
      items.every((item) => 'document' in item && item.document.text.startsWith('{"v":1,"Records":[')),
    ).toBe(true);
  });

  test('an indented list is cut too, and lines behind it are read', () => {
    const count = 30_000;
    const list = `[\n  ${Array.from({ length: count }, (_, index) => record(index)).join(',\n  ')}\n]`;
    const found = tally(splitBytes(Buffer.from(`${list}\n{"Records":[1]}\n`), KEYS));
    expect(found.records).toBe(count + 1);
    expect(found.rejects).toEqual([]);
  });

  test('a stream is never held: a line of 80 MiB passes through a few', () => {
    const splitter = createSplitter(KEYS);
    const chunk = Buffer.from(Array.from({ length: 300 }, (_, index) => `${record(index)},`).join(''));
    let records = 0;
    let longest = 0;
    const take = (items: Iterable<SplitItem>): void => {
      const found = tally(items);
      records += found.records;
      longest = Math.max(longest, found.longest);
      expect(found.rejects).toEqual([]);
    };
    take(splitter.push(Buffer.from('{"Records":[')));
    const turns = Math.ceil((80 * MIB) / chunk.byteLength);
    for (let turn = 0; turn < turns; turn++) take(splitter.push(chunk));
    take(splitter.push(Buffer.from('{"last":1}]}')));
    take(splitter.end());
    expect(records).toBe(turns * 300 + 1);
    expect(longest).toBeLessThan(1.5 * MIB);
  });

  test('one record over the cap streams past, and keeps its beginning, length and hash', () => {
    const huge = `{"a":"${'y'.repeat(RECORD_SIZE_BYTES_MAX + MIB)}"}`;
    const expected = { reason: 'too-large', sizeBytes: huge.length, sha256: hash('sha256', huge, 'hex') };
    const inEnvelope = tally(splitBytes(Buffer.from(`{"Records":[{"b":1},${huge},{"c":1}]}`), KEYS));
    expect(inEnvelope.records).toBe(2);
    expect(inEnvelope.rejects).toMatchObject([expected]);
    expect(inEnvelope.rejects[0]?.bytes.byteLength).toBe(64 * 1024);
    expect(Buffer.from(inEnvelope.rejects[0]?.bytes ?? []).toString()).toBe(huge.slice(0, 64 * 1024));
    const onLine = tally(splitBytes(Buffer.from(`{"b":1}\n${huge}\n{"c":1}\n`), KEYS));
    expect(onLine.documents).toBe(2);
    expect(onLine.rejects).toMatchObject([expected]);
  });

  test('a record just within the cap is a document', () => {
    const large = `{"a":"${'y'.repeat(RECORD_SIZE_BYTES_MAX - 8)}"}`;
    const found = tally(splitBytes(Buffer.from(`${large}\n{"c":1}`), KEYS));
    expect(found).toMatchObject({ documents: 2, longest: RECORD_SIZE_BYTES_MAX, rejects: [] });
  });

  test('a huge record that is broken, a huge line of words and a huge tail are rejects, and reading goes on', () => {
    const filler = 'z'.repeat(RECORD_SIZE_BYTES_MAX + MIB);
    const cases = [
      `{"a":"${filler}\u0001"}`,
      filler,
      `{"a":"${filler}`,
      `{"Records":[{"a":"${filler}\u0001"}]}`,
    ];
    for (const bad of cases) {
      const found = tally(splitBytes(Buffer.from(`{"b":1}\n${bad}\n{"c":1}\n`), KEYS));
      expect(found.rejects.map(({ reason }) => reason)).toContain('too-large');
      expect(found.rejects.length).toBe(1);
      expect(found.documents).toBe(2);
    }
  });

  test('an object of a million keys and a list a million deep neither hang nor overflow', () => {
    const keys = `{${Array.from({ length: 1_000_000 }, (_, index) => `"${index}":0`).join(',')}}`;
    expect(tally(splitBytes(Buffer.from(keys), KEYS)).documents).toBe(1);
    const deep = '['.repeat(1_000_000);
    expect(tally(splitBytes(Buffer.from(`${deep}\n{"a":1}`), KEYS))).toMatchObject({ documents: 1 });
    expect(
      tally(splitBytes(Buffer.from(`${deep}${']'.repeat(1_000_000)}`), KEYS)).rejects.length,
    ).toBeLessThan(2);
  });

  test('white space without end is no record', () => {
    const found = tally(
      splitBytes(Buffer.from(`${' '.repeat(20 * MIB)}\n[1${' '.repeat(20 * MIB)},2]\n`), KEYS),
    );
    expect(found).toMatchObject({ rejects: [], records: 2 });
  });
});
