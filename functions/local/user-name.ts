import { userInfo } from 'node:os';

/** Whoever runs this process, as the system calls them. */
export function userName(): string {
  try {
    return userInfo().username || 'unknown';
  } catch {
    // A container may run as a number that has no name: what is recorded says so.
    return process.getuid === undefined ? 'unknown' : `uid ${process.getuid()}`;
  }
}
