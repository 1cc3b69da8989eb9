/** Activity of API Activity (6003); `activity_name` only with 99 Other. */
export interface Activity {
  readonly activity_id: number;
  readonly activity_name?: string | undefined;
}

/**
 * Create, read, update or delete, as GitHub's verb says: the first word of it (`create_actions_secret`), else the last
 * (`runner_group_created`), else any other (`advanced_security_disabled_on_all_repos`). Undefined for a verb nobody
 * listed.
 */
export function activityOf(verb: string): number | undefined {
  const words = verb.toLowerCase().slice(0, 200).split(/[_-]/);
  for (const word of [words[0] ?? '', ...words.slice(1).reverse()]) {
    const known = WORDS.get(word);
    if (known !== undefined) return known;
  }
  return undefined;
}

export const CREATE = 1;
export const READ = 2;
export const UPDATE = 3;
export const DELETE = 4;
export const OTHER = 99;

const WORDS: ReadonlyMap<string, number> = new Map(
  [
    [
      CREATE,
      'create created add added open opened register registered invite invited grant granted publish published ' +
        'install installed generate generated upload uploaded request requested fork started import pinned',
    ],
    [READ, 'read view viewed clone fetch download downloaded export exported list check'],
    [
      UPDATE,
      'update updated edit edited change changed modify modified set rename renamed transfer transferred archive ' +
        'archived unarchive unarchived enable enabled disable disabled clear cleared move moved override approve ' +
        'approved deny denied reject rejected dismiss dismissed resolve resolved reopen reopened close closed push ' +
        'bypass complete completed prepared rerun cancel cancelled suspend suspended unsuspend unsuspended blocked ' +
        'unblocked lock locked unlock unlocked merge synchronize labeled unlabeled assigned unassigned privatized ' +
        'publicized fixed convert converted promote rotate regenerate restored rotated selected',
    ],
    [
      DELETE,
      'delete deleted destroy destroyed remove removed revoke revoked unregister unregistered uninstall uninstalled ' +
        'purge purged unpublish unpublished',
    ],
  ].flatMap(([id, words]) =>
    String(words)
      .split(' ')
      .map((word) => [word, Number(id)] as const),
  ),
);
