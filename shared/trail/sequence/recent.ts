import type { ParsedLine, PendingEntry, TrailLine } from '../pending.ts';
import { finalLine } from './plan.ts';
import type { Staging } from './staging.ts';

/**
 * What this process has committed a moment ago, in memory, so that it need not read and parse back what it wrote. It
 * is bounded and holds nothing that is not in the bucket too: whoever finds nothing here reads there.
 */
export interface Recent {
  /** Called after the swap that made it part of the trail. */
  committed(key: string, staging: Staging, entries: readonly PendingEntry[]): void;
  /** The commit that a staging object holds; its name has the hash of its bytes. */
  staging(key: string): Staging | undefined;
  /** The line at a place in the trail. */
  line(index: number): RecentLine | undefined;
}

export interface RecentLine extends TrailLine {
  readonly parsed: ParsedLine | undefined;
}

/** Entries, and characters of their lines, that are kept. */
const COUNT_MAX = 1600;
const LENGTH_MAX = 10 * 1024 * 1024;

interface Commit {
  readonly first: number;
  readonly timeMs: number;
  readonly entries: readonly PendingEntry[];
  readonly length: number;
}

export function keepRecent(): Recent {
  let last: { readonly key: string; readonly staging: Staging } | undefined;
  let commits: readonly Commit[] = [];
  return {
    committed(key, staging, entries) {
      last = { key, staging };
      const length = entries.reduce((sum, { line }) => sum + line.length, 0);
      commits = bounded([...commits, { first: staging.base, timeMs: staging.timeMs, entries, length }]);
    },
    staging(key) {
      return last?.key === key ? last.staging : undefined;
    },
    line(index) {
      // The newest first: after a rebuild in between, an older one may be of another trail.
      const commit = commits.findLast(
        ({ first, entries }) => index >= first && index < first + entries.length,
      );
      const entry = commit?.entries[index - commit.first];
      if (commit === undefined || entry === undefined) return undefined;
      const { kind, source, parsed } = entry;
      return { index, kind, source, timeMs: commit.timeMs, line: finalLine(entry, commit.timeMs), parsed };
    },
  };
}

/** Without the oldest entries, where they are too many: each is in memory with all that it says. */
function bounded(commits: readonly Commit[]): readonly Commit[] {
  let count = 0;
  let length = 0;
  let from = commits.length;
  while (from > 0 && count < COUNT_MAX && length < LENGTH_MAX) {
    from -= 1;
    const commit = commits[from] as Commit;
    count += commit.entries.length;
    length += commit.length;
  }
  const [oldest, ...rest] = commits.slice(from);
  if (oldest === undefined || count <= COUNT_MAX) return commits.slice(from);
  const cut = count - COUNT_MAX;
  return [{ ...oldest, first: oldest.first + cut, entries: oldest.entries.slice(cut) }, ...rest];
}
