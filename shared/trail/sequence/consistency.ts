import { type Hash, verifyConsistency } from '../merkle.ts';
import { proveConsistency, type ReadObject } from '../prove.ts';

/** A tree head: size and root. */
export interface Tree {
  readonly size: number;
  readonly root: Hash;
}

/** Whether the newer tree, as its tiles read, begins with the older one. False where a tile is missing. */
export async function isConsistent(older: Tree, newer: Tree, read: ReadObject): Promise<boolean> {
  // Every tree begins with the empty one, and there is no proof of that to make.
  if (older.size === 0) return true;
  const proof = await proveConsistency({ size1: older.size, size2: newer.size, read });
  if (!proof.ok) return false;
  return verifyConsistency({
    size1: older.size,
    size2: newer.size,
    root1: older.root,
    root2: newer.root,
    proof: proof.value,
  });
}
