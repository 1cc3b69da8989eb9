/** Activity of API Activity (6003) that the first word of an operation tells. */
export interface Activity {
  readonly activity_id: number;
  /** Only with 99 Other: the source's own word. */
  readonly activity_name?: string;
}

const CREATE = 1;
const READ = 2;
const UPDATE = 3;
const DELETE = 4;

const WORDS: ReadonlyMap<string, number> = new Map(
  [
    [
      CREATE,
      'Create Run Register Allocate Import Copy Clone Publish Provision Launch Issue Restore Purchase Upload',
    ],
    [
      READ,
      'Get List Describe Head Lookup Search Query Scan View Read Select Download Retrieve Discover Poll Receive ' +
        'Preview Simulate Estimate Check Validate Test Detect',
    ],
    [
      UPDATE,
      'Update Modify Put Set Add Attach Detach Associate Disassociate Enable Disable Change Edit Tag Untag Replace ' +
        'Reset Rotate Authorize Revoke Assign Unassign Grant Apply Move Merge Rename Resync Activate Deactivate ' +
        'Patch Configure Upgrade Promote Lock Unlock Remove Accept Reject Append Extend Override Resize Transfer',
    ],
    [DELETE, 'Delete Terminate Destroy Deregister Release Purge Drop Unregister Deprovision'],
  ].flatMap(([id, words]) =>
    String(words)
      .split(' ')
      .map((word) => [word, Number(id)] as const),
  ),
);

/** Create, read, update, delete, or 99 with the operation's own verb; `readOnly` decides what no word does. */
export function activityOf(operation: string, readOnly: boolean): Activity {
  const [first = '', second] = words(operation);
  // `BatchGetImage`, `AdminCreateUser`: how, and then what.
  const verb = (first === 'Batch' || first === 'Admin') && second !== undefined ? second : first;
  const known = WORDS.get(verb);
  if (known !== undefined) return { activity_id: known };
  if (readOnly) return { activity_id: READ };
  return { activity_id: 99, activity_name: first === '' ? 'Unknown' : verb };
}

/** `CreateSAMLProvider` is Create, SAML, Provider; at most the first eight words of it. */
export function words(operation: string): readonly string[] {
  const found = operation.slice(0, 200).match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g);
  return found?.slice(0, 8) ?? [];
}
