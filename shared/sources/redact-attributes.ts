/** Headers that prove who the sender is, or let anybody be them. */
const CREDENTIAL = /authorization|cookie|token|secret|signature|credential|password|api-?key/i;

/** Transport facts that may be stored: not those that are credentials themselves. */
export function withoutCredentials(
  attributes: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !CREDENTIAL.test(name)));
}
