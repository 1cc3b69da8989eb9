/** Whether a value that is called a secret was masked before we got it: by AWS, by GitHub, or by us, when it comes back. */
export function isMask(value: string): boolean {
  return value.length <= 64 && MASK.test(value);
}

/** Whether a value names a resource or a key. An access key id opens nothing, and sessions are joined by it. */
export function isIdentifier(value: string): boolean {
  return value.length <= 2048 && IDENTIFIER.test(value);
}

const MASK =
  /^(?:\*+|x{3,}|\u2022+|HIDDEN_DUE_TO_SECURITY_REASONS|[<[(]?(?:redacted|masked|hidden|sensitive(?: value)?)(?::[0-9a-f]{16})?[>\])]?)$/i;

const IDENTIFIER = /^(?:arn:[a-z0-9-]+:[^\s?&]*|A[KS]IA[A-Z0-9]{12,28})$/;
