import type { ResourceDetails } from '../ocsf/event.ts';

/** Images of one record that are named one by one. */
const IMAGES_MAX = 50;

const MARK = '@sha256:';
const DIGEST_LENGTH = 64;
const NAME_LENGTH_MAX = 255;

/**
 * The container images that a text mentions by digest, each once: `registry.example.com/shop@sha256:<64 hex>`. Nothing
 * in a reference is ever escaped in JSON, so that the text may be a whole record.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export function imagesMentioned(text: string): readonly string[] {
  const found = new Set<string>();
  for (let at = text.indexOf(MARK); at !== -1 && found.size < IMAGES_MAX; at = text.indexOf(MARK, at + 1)) {
    const end = at + MARK.length + DIGEST_LENGTH;
    const start = nameStart(text, at);
    const isDigest = /^[0-9a-f]{64}$/.test(text.slice(at + MARK.length, end));
    if (isDigest && start < at) found.add(text.slice(start, end));
  }
  return [...found];
}

/** An image as a resource, by its digest where the reference has one: what the lineage is joined on. */
export function imageResource(reference: string): ResourceDetails {
  const [name, digest] = reference.split('@');
  return {
    name: name || reference,
    uid: digest || reference,
    uid_alt: digest ? reference : undefined,
    type: 'container_image',
    data: digest ? { digest } : undefined,
  };
}

function nameStart(text: string, end: number): number {
  let start = end;
  while (start > 0 && end - start < NAME_LENGTH_MAX && /[a-zA-Z0-9._/:-]/.test(text.charAt(start - 1)))
    start--;
  while (start < end && !/[a-zA-Z0-9]/.test(text.charAt(start))) start++;
  return start;
}
