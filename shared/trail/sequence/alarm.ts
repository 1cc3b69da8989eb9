/**
 * What only a person can explain. `inbox-unreadable` concerns one batch, which is set aside, and the rest goes on;
 * after any other of its own the sequencer has stopped, and has signed nothing since it was surprised.
 */
export type AlarmCode =
  /** A batch that waits has lost its object, or the object is not what was written. */
  | 'inbox-unreadable'
  /** The table knows no head, yet the bucket holds a trail: the table was lost. `rebuild` makes it again. */
  | 'head-missing'
  /** The bucket holds a trail without a checkpoint, or with one that our key did not sign. */
  | 'checkpoint-invalid'
  /** The checkpoint is ahead of the table: the table is an old copy. `rebuild` makes it again. */
  | 'checkpoint-ahead'
  /** The new tree does not contain what was signed before: the table is an old copy, or storage was changed. */
  | 'inconsistent'
  /** The tree as stored is not the tree that the table knows. */
  | 'tree-damaged'
  /** What was committed can no longer be read as it was staged. */
  | 'staging-unreadable'
  /** Something else lies where a tile or a block of this commit belongs. */
  | 'fork'
  /** A rebuild found no lines for some entries, and no entry that says why. It goes on without them. */
  | 'block-missing'
  /** The signer's signature does not hold. */
  | 'signer-faulty';

export interface Alarm {
  readonly code: AlarmCode;
  /** What was expected and what was found. Holds no contents of events. */
  readonly message: string;
}
