import { hash } from 'node:crypto';

/** `<version>:<hex SHA-256>` of what an auditor would ask about, in the order that the source declares. */
export function essenceOf(version: number, essence: readonly (string | undefined)[]): string {
  // JSON writes undefined in an array as null, which no string is.
  return `${version}:${hash('sha256', JSON.stringify(essence), 'hex')}`;
}
