/**
 * Shorter forms of long names, so that one question reaches every cloud: `actor:alice` is found in
 * `arn:aws:iam::111122223333:user/alice`, `alice@example.com` and `user:alice@example.com`. Every form of a name has
 * the same key, by which the index finds them all.
 */

/** What follows the last slash or colon, those at the end aside; the whole where there is nothing else. */
export function tail(text: string): string {
  let end = text.length;
  while (end > 0 && isSeparator(text[end - 1])) end -= 1;
  if (end === 0) return text;
  let start = end;
  while (start > 0 && !isSeparator(text[start - 1])) start -= 1;
  return text.slice(start, end);
}

export function tailForms(value: string): readonly string[] {
  return [tail(value)];
}

/** The tail, without the domain of an e-mail address. */
export function nameKey(text: string): string {
  const name = tail(text);
  const sign = name.indexOf('@');
  return sign > 0 ? name.slice(0, sign) : name;
}

export function nameForms(value: string): readonly string[] {
  return [tail(value), nameKey(value)];
}

/** `storage.buckets.delete`, `google.iam.admin.v1.CreateRole`, `Microsoft.Compute/virtualMachines/delete`: the last word. */
export function operationKey(text: string): string {
  const words = tail(text).split('.');
  return words.findLast((word) => word !== '') ?? text;
}

export function operationForms(value: string): readonly string[] {
  return [operationKey(value)];
}

/** Source ids begin with the vendor: `aws.cloudtrail`. */
export function firstPart(text: string): string {
  const cut = text.indexOf('.');
  return cut > 0 ? text.slice(0, cut) : text;
}

export function firstPartForms(value: string): readonly string[] {
  return [firstPart(value)];
}

function isSeparator(character: string | undefined): boolean {
  return character === '/' || character === ':';
}
