export const OCSF_VERSION = '1.8.0';

/** Names of OCSF profiles that gate attributes: `cloud`, `*_dt`, dispositions, a device or actor. */
export type Profile = 'cloud' | 'datetime' | 'security_control' | 'host' | 'container' | 'trace';
