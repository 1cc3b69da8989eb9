/** What a reading of the whole trail, line by line and hash by hash, came to. */
export interface Verification {
  readonly atMs: number;
  readonly tookMs: number;
  readonly isWhole: boolean;
  readonly lines: number;
  readonly entries: number;
  readonly tiles: number;
  readonly checkpoints: number;
  readonly faults: readonly { readonly code: string; readonly key: string; readonly message: string }[];
}

/** Verifies the trail beside everything else. */
export interface Verifications {
  last(): Promise<Verification | undefined>;
  /** Since when one has been running; undefined when none is. */
  runningSinceMs(): number | undefined;
  /** Begins one, unless one is running. */
  begin(): void;
}
