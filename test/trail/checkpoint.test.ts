import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  checkpointText,
  openCheckpoint,
  parseCheckpointText,
  signCheckpoint,
} from '../../shared/trail/checkpoint.ts';
import { cosignedMessage, formatCosignature, parseCosignature } from '../../shared/trail/cosignature.ts';
import { signMessage } from '../../shared/trail/ed25519.ts';
import {
  parseVerifierKey,
  signerOf,
  type VerifierKey,
  verifierKey,
  verifierKeyOf,
} from '../../shared/trail/key.ts';
import { emptyRoot, leafHash } from '../../shared/trail/merkle.ts';
import { formatNote, parseNote } from '../../shared/trail/note.ts';
import { openNote, signNote } from '../../shared/trail/open-note.ts';
import { sharedFile } from '../shared-data.ts';

const key = { name: 'example.com/trail', seed: Buffer.alloc(32, 1) };
const log = verifierKeyOf(key);
const root = leafHash(Buffer.from('a'));
const text = checkpointText({ origin: key.name, size: 1, root });
const vkey = (line: string): VerifierKey => {
  const parsed = parseVerifierKey(line);
  if (!parsed.ok) throw new Error(parsed.fault);
  return parsed.value;
};

describe('checkpoint text', () => {
  test('it is origin, size and root', () => {
    expect(text).toBe(
      'example.com/trail\n1\nAiopvdDLl7AFuasO7QCJahoFnxgJz6opjnyFFeSspPA=\n'.replace(
        /\n[^\n]*=\n$/,
        `\n${Buffer.from(root).toString('base64')}\n`,
      ),
    );
    expect(parseCheckpointText(text)).toEqual({
      ok: true,
      value: { origin: key.name, size: 1, root, extensions: [] },
    });
  });

  test('extension lines of others are kept', () => {
    expect(parseCheckpointText(`${text}more\nlines\n`)).toMatchObject({
      value: { extensions: ['more', 'lines'] },
    });
  });

  test.each([
    ['an empty extension line', `${text}\n`],
    ['no final newline', text.slice(0, -1)],
    ['no origin', text.replace('example.com/trail', '')],
    ['a leading zero', text.replace('\n1\n', '\n01\n')],
    ['a sign', text.replace('\n1\n', '\n+1\n')],
    ['a size that is no safe integer', text.replace('\n1\n', '\n9007199254740992\n')],
    ['a root of another length', text.replace(/[^\n]*=\n$/, 'AAAA\n')],
    ['a root that is not canonical', text.replace(/.=\n$/, 'B=\n')],
    ['size 0 and another root than the empty one', text.replace('\n1\n', '\n0\n')],
    ['two lines', text.split('\n').slice(0, 2).join('\n')],
  ])('a checkpoint with %s is refused', (_, changed) => {
    expect(changed).not.toBe(text);
    expect(parseCheckpointText(changed).ok).toBe(false);
  });
});

describe('signed checkpoints', () => {
  test('what is signed is opened, also for the empty tree', async () => {
    for (const head of [
      { size: 1, root },
      { size: 0, root: emptyRoot() },
    ]) {
      const note = await signCheckpoint(head, signerOf(key));
      expect(note.ok && openCheckpoint(note.value, [log])).toMatchObject({
        value: {
          checkpoint: { origin: key.name, size: head.size },
          key: log,
          cosignatures: [],
          unknownCount: 0,
        },
      });
    }
  });

  test('a key of another name than the origin does not speak for the log', async () => {
    const other = { name: 'example.org/other', seed: Buffer.alloc(32, 2) };
    const note = await signNote(text, signerOf(other));
    expect(note.ok && openCheckpoint(note.value, [log, verifierKeyOf(other)]).ok).toBe(false);
  });

  test('a note that is no checkpoint is refused', async () => {
    const note = await signNote('hello\n', signerOf(key));
    expect(note.ok && openCheckpoint(note.value, [log]).ok).toBe(false);
  });
});

describe('cosignatures', () => {
  const witness = { name: 'witness.example', seed: Buffer.alloc(32, 3) };
  const witnessKey = verifierKey(witness.name, verifierKeyOf(witness).publicKey, 4);

  async function cosigned(timeS: number, signedText = text): Promise<string> {
    const note = await signCheckpoint({ size: 1, root }, signerOf(key));
    const parsed = parseNote(note.ok ? note.value : '');
    if (!parsed.ok) throw new Error(parsed.fault);
    const signature = formatCosignature({
      timeS,
      signature: signMessage(witness.seed, cosignedMessage(timeS, signedText)),
    });
    const signatures = [...parsed.value.signatures, { name: witness.name, id: witnessKey.id, signature }];
    return formatNote({ text: parsed.value.text, signatures });
  }

  test('a cosignature by a witness that the reader knows is reported with its time', async () => {
    expect(openCheckpoint(await cosigned(1_767_139_200), [log, witnessKey])).toMatchObject({
      value: { cosignatures: [{ key: witnessKey, timeS: 1_767_139_200 }], unknownCount: 0 },
    });
    expect(openCheckpoint(await cosigned(5), [log])).toMatchObject({
      value: { cosignatures: [], unknownCount: 1 },
    });
  });

  test('a cosignature over something else refuses the checkpoint', async () => {
    expect(openCheckpoint(await cosigned(5, 'other\n'), [log, witnessKey]).ok).toBe(false);
  });

  test('a cosignature alone does not speak for the log', async () => {
    const parsed = parseNote(await cosigned(5));
    const only = parsed.ok
      ? formatNote({ ...parsed.value, signatures: parsed.value.signatures.slice(1) })
      : '';
    expect(openCheckpoint(only, [log, witnessKey])).toMatchObject({
      ok: false,
      fault: expect.stringContaining('origin'),
    });
  });

  test('a cosignature of another length or an impossible time is no cosignature', () => {
    expect(parseCosignature(new Uint8Array(71))).toBeUndefined();
    expect(parseCosignature(new Uint8Array(73))).toBeUndefined();
    expect(parseCosignature(new Uint8Array(72).fill(0xff))).toBeUndefined();
    expect(parseCosignature(new Uint8Array(72))).toMatchObject({ timeS: 0 });
  });
});

describe('checkpoints of others', () => {
  const tessera = sharedFile('tlog/vectors/tessera_posix_roots.json');
  test.skipIf(tessera === undefined)('those that Tessera signed are opened', () => {
    const vector = JSON.parse(readFileSync(tessera!, 'utf8'));
    const keys = [vkey(vector.logVkey)];
    for (const [note, size] of [
      [vector.checkpoint_size0, 0],
      [vector.log_2.checkpoint, 2],
      [vector.checkpoint_size8, 8],
    ]) {
      const opened = openCheckpoint(note, keys);
      expect(opened).toMatchObject({ value: { checkpoint: { origin: vector.origin, size } } });
      expect(opened.ok && Buffer.from(opened.value.checkpoint.root).toString('hex')).toBe(vector.roots[size]);
    }
  });

  // Their logs sign with RFC 6962 signatures (type 5), which this log neither makes nor takes: only the witnesses'
  // cosignatures are verified, and the tiles beside them are filler.
  const witnesses: readonly [keys: string, checkpoint: string][] = [
    [
      'witness/witness.v0.json',
      'witness/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706/checkpoint',
    ],
    [
      'witness2/witness.v0.json',
      'witness2/88ad7a28caeb0b2aa890fdf0304c2fcaf59fca2ee140134ff8c1300bac493482/checkpoint',
    ],
    [
      'witness/mirror/mirror.v0.json',
      'witness/mirror/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706/checkpoint',
    ],
  ];
  test.each(witnesses)('the cosignature by %s holds', (keys, checkpoint) => {
    const keyFile = sharedFile(`tlog/vectors/skylight/testdata/${keys}`);
    const noteFile = sharedFile(`tlog/vectors/skylight/testdata/${checkpoint}`);
    if (keyFile === undefined || noteFile === undefined) return;
    const [line] = JSON.parse(readFileSync(keyFile, 'utf8')).verifier_keys;
    const opened = openNote(readFileSync(noteFile), [vkey(line)]);
    expect(opened).toMatchObject({ value: { verified: [{ timeS: 1_767_139_200 }] } });
    expect(opened.ok && parseCheckpointText(opened.value.note.text)).toMatchObject({ value: { size: 300 } });
    const changed = Buffer.from(readFileSync(noteFile));
    changed[3] = 0x58;
    expect(openNote(changed, [vkey(line)]).ok).toBe(false);
  });
});
