import type { ObjectStore, Signer, Table } from '../ports.ts';
import { fail, ok, type Result } from '../result.ts';
import { openCheckpoint } from '../trail/checkpoint.ts';
import { entryText } from '../trail/entry.ts';
import { verifierKey } from '../trail/key.ts';
import { formatTlogProof } from '../trail/proof.ts';
import { formatProofFile, type ProofFile, verifyProofFile } from '../trail/proof-file.ts';
import { proveInclusion, type ReadObject } from '../trail/prove.ts';
import { entryReader } from './read-trail.ts';

interface ProvePorts {
  readonly objects: ObjectStore;
  readonly table: Table;
  /** Whose signature is expected; nothing is signed here. */
  readonly signer: Pick<Signer, 'name' | 'publicKey'>;
}

/**
 * The proof of one entry under the published checkpoint. It is verified before it is handed out, because tiles come
 * from storage that is not trusted.
 */
export async function proveEvent(
  ports: ProvePorts,
  event: { readonly index: number; readonly line: string },
): Promise<Result<ProofFile>> {
  const key = verifierKey(ports.signer.name, ports.signer.publicKey);
  const stored = await ports.objects.get('checkpoint');
  if (stored === undefined) return fail('there is no checkpoint');
  const opened = openCheckpoint(stored.bytes, [key]);
  if (!opened.ok) return fail(`the checkpoint does not hold: ${opened.fault}`);
  const { size } = opened.value.checkpoint;
  if (event.index >= size) return fail(`the published checkpoint has ${size} entries`);
  const read: ReadObject = async (path) => (await ports.objects.get(path))?.bytes;
  const hashes = await proveInclusion({ index: event.index, size, read });
  if (!hashes.ok) return hashes;
  const entry = await entryReader(ports.objects, size)(event.index);
  const file: ProofFile = {
    line: event.line === '' ? null : event.line,
    entry: entryText(entry),
    proof: formatTlogProof({
      index: event.index,
      hashes: hashes.value,
      checkpoint: new TextDecoder().decode(stored.bytes),
    }),
  };
  const verified = verifyProofFile(formatProofFile(file), [key]);
  return verified.ok ? ok(file) : fail(verified.fault);
}
