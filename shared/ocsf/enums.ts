/** Captions of OCSF 1.8.0's enumerations that have a caption twin in the event: `status_id` and `status`. */
export type Captions = Readonly<Record<number, string>>;

/** Every enumeration has these two. For 99 the twin holds the source's own word. */
const ENDS = { 0: 'Unknown', 99: 'Other' };

export const STATUS: Captions = { ...ENDS, 1: 'Success', 2: 'Failure' };

/** `status_id` of findings (category 2). */
export const FINDING_STATUS: Captions = {
  ...ENDS,
  1: 'New',
  2: 'In Progress',
  3: 'Suppressed',
  4: 'Resolved',
  5: 'Archived',
  6: 'Deleted',
};

export const SEVERITY: Captions = {
  ...ENDS,
  1: 'Informational',
  2: 'Low',
  3: 'Medium',
  4: 'High',
  5: 'Critical',
  6: 'Fatal',
};

export const ACTION: Captions = { ...ENDS, 1: 'Allowed', 2: 'Denied', 3: 'Observed', 4: 'Modified' };

export const DISPOSITION: Captions = {
  ...ENDS,
  1: 'Allowed',
  2: 'Blocked',
  3: 'Quarantined',
  4: 'Isolated',
  5: 'Deleted',
  6: 'Dropped',
  7: 'Custom Action',
  8: 'Approved',
  9: 'Restored',
  10: 'Exonerated',
  11: 'Corrected',
  12: 'Partially Corrected',
  13: 'Uncorrected',
  14: 'Delayed',
  15: 'Detected',
  16: 'No Action',
  17: 'Logged',
  18: 'Tagged',
  19: 'Alert',
  20: 'Count',
  21: 'Reset',
  22: 'Captcha',
  23: 'Challenge',
  24: 'Access Revoked',
  25: 'Rejected',
  26: 'Unauthorized',
  27: 'Error',
};

export const CONFIDENCE: Captions = { ...ENDS, 1: 'Low', 2: 'Medium', 3: 'High' };

export const AUTH_PROTOCOL: Captions = {
  ...ENDS,
  1: 'NTLM',
  2: 'Kerberos',
  3: 'Digest',
  4: 'OpenID',
  5: 'SAML',
  6: 'OAUTH 2.0',
  7: 'PAP',
  8: 'CHAP',
  9: 'EAP',
  10: 'RADIUS',
  11: 'Basic Authentication',
  12: 'LDAP',
};

export const LOGON_TYPE: Captions = {
  ...ENDS,
  1: 'System',
  2: 'Interactive',
  3: 'Network',
  4: 'Batch',
  5: 'OS Service',
  7: 'Unlock',
  8: 'Network Cleartext',
  9: 'New Credentials',
  10: 'Remote Interactive',
  11: 'Cached Interactive',
  12: 'Cached Remote Interactive',
  13: 'Cached Unlock',
};
