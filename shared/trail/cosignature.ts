import { signatureSizeBytes } from './ed25519.ts';

/** C2SP tlog-cosignature, type 0x04: what follows the key id in the signature line of a witness. */
export interface Cosignature {
  /** Seconds since the epoch, as the witness says. */
  readonly timeS: number;
  readonly signature: Uint8Array;
}

/** The bytes that a witness signs: a header, its time, and the note text of the checkpoint. */
export function cosignedMessage(timeS: number, noteText: string): Uint8Array {
  return Buffer.from(`cosignature/v1\ntime ${timeS}\n${noteText}`);
}

/** Eight bytes of time and 64 of signature; a time that is no safe integer is refused. */
export function parseCosignature(bytes: Uint8Array): Cosignature | undefined {
  if (bytes.length !== 8 + signatureSizeBytes) return undefined;
  const time = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return { timeS: Number(time), signature: bytes.subarray(8) };
}

export function formatCosignature(cosignature: Cosignature): Uint8Array {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(cosignature.timeS));
  return Buffer.concat([time, cosignature.signature]);
}
