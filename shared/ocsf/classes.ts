import type { ClassUid } from './event.ts';

/** What OCSF calls a class, its category, and its activities beside Unknown (0) and Other (99). */
export interface OcsfClass {
  readonly name: string;
  readonly category_uid: number;
  readonly category_name: string;
  readonly activities: Readonly<Record<number, string>>;
}

const UNCATEGORIZED = { category_uid: 0, category_name: 'Uncategorized' };
const FINDINGS = { category_uid: 2, category_name: 'Findings' };
const IAM = { category_uid: 3, category_name: 'Identity & Access Management' };
const APPLICATION = { category_uid: 6, category_name: 'Application Activity' };

const FINDING_ACTIVITIES = { 1: 'Create', 2: 'Update', 3: 'Close' };

/** The classes that Trailproof emits, by class_uid, in OCSF 1.8.0's captions. */
export const CLASSES: Readonly<Record<ClassUid, OcsfClass>> = {
  0: { name: 'Base Event', ...UNCATEGORIZED, activities: {} },
  2003: { name: 'Compliance Finding', ...FINDINGS, activities: FINDING_ACTIVITIES },
  2004: { name: 'Detection Finding', ...FINDINGS, activities: FINDING_ACTIVITIES },
  3001: {
    name: 'Account Change',
    ...IAM,
    activities: {
      1: 'Create',
      2: 'Enable',
      3: 'Password Change',
      4: 'Password Reset',
      5: 'Disable',
      6: 'Delete',
      7: 'Attach Policy',
      8: 'Detach Policy',
      9: 'Lock',
      10: 'MFA Factor Enable',
      11: 'MFA Factor Disable',
      12: 'Unlock',
    },
  },
  3002: {
    name: 'Authentication',
    ...IAM,
    activities: {
      1: 'Logon',
      2: 'Logoff',
      3: 'Authentication Ticket',
      4: 'Service Ticket Request',
      5: 'Service Ticket Renew',
      6: 'Preauth',
      7: 'Account Switch',
    },
  },
  3004: {
    name: 'Entity Management',
    ...IAM,
    activities: {
      1: 'Create',
      2: 'Read',
      3: 'Update',
      4: 'Delete',
      5: 'Move',
      6: 'Enroll',
      7: 'Unenroll',
      8: 'Enable',
      9: 'Disable',
      10: 'Activate',
      11: 'Deactivate',
      12: 'Suspend',
      13: 'Resume',
    },
  },
  3005: {
    name: 'User Access Management',
    ...IAM,
    activities: { 1: 'Assign Privileges', 2: 'Revoke Privileges' },
  },
  3006: {
    name: 'Group Management',
    ...IAM,
    activities: {
      1: 'Assign Privileges',
      2: 'Revoke Privileges',
      3: 'Add User',
      4: 'Remove User',
      5: 'Delete',
      6: 'Create',
      7: 'Add Subgroup',
      8: 'Remove Subgroup',
    },
  },
  6003: {
    name: 'API Activity',
    ...APPLICATION,
    activities: { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete' },
  },
  6005: {
    name: 'Datastore Activity',
    ...APPLICATION,
    activities: {
      1: 'Read',
      2: 'Update',
      3: 'Connect',
      4: 'Query',
      5: 'Write',
      6: 'Create',
      7: 'Delete',
      8: 'List',
      9: 'Encrypt',
      10: 'Decrypt',
    },
  },
  6007: {
    name: 'Scan Activity',
    ...APPLICATION,
    activities: {
      1: 'Started',
      2: 'Completed',
      3: 'Cancelled',
      4: 'Duration Violation',
      5: 'Pause Violation',
      6: 'Error',
      7: 'Paused',
      8: 'Resumed',
      9: 'Restarted',
      10: 'Delayed',
    },
  },
};

/** OCSF's caption of an activity; undefined when the class has no such activity. */
export function activityName(classUid: ClassUid, activityId: number): string | undefined {
  if (activityId === 0) return 'Unknown';
  if (activityId === 99) return 'Other';
  return CLASSES[classUid].activities[activityId];
}
