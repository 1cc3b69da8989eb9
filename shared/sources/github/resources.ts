import type { ResourceDetails } from '../../ocsf/event.ts';

/** Resource types of what both GitHub sources speak of; lineage and rules join on these words. */
export function commit(sha: string | undefined): ResourceDetails[] {
  return sha === undefined || /^0+$/.test(sha) ? [] : [{ type: 'commit', uid: sha }];
}

/** A branch or tag by its short name; the full ref stays in uid when that is what GitHub sent. */
export function gitRef(ref: string | undefined): ResourceDetails[] {
  if (ref === undefined) return [];
  const match = /^refs\/(heads|tags)\/(.+)$/s.exec(ref);
  if (match === null) return [{ type: 'branch', name: ref }];
  return [{ type: match[1] === 'tags' ? 'tag' : 'branch', uid: ref, name: match[2] }];
}

export function environment(
  name: string | undefined,
  more: Partial<ResourceDetails> = {},
): ResourceDetails[] {
  return name === undefined ? [] : [{ type: 'environment', name, ...more }];
}

/** One uid for one secret scanning alert, whether the audit log or a webhook tells of it: repository and number. */
export function secretAlertUid(repository: string | undefined, number: string | undefined): string {
  return `github/${repository ?? 'unknown'}/secret-scanning/${number ?? 'unknown'}`;
}
