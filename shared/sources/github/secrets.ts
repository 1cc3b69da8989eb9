import { isArray, isObject, type JsonDocument, type JsonValue, member } from '../../json/json.ts';
import type { SecretPath } from '../source.ts';

/**
 * Members that are called nothing but a secret, anywhere in a body or an entry. The wider list of names that other
 * sources use would cost evidence here: `secrets_passed`, `secret_type`, `hashed_token`.
 */
export function plainSecretsIn({ text, value }: JsonDocument): readonly SecretPath[] {
  if (!HINT.test(text)) return [];
  const found: SecretPath[] = [];
  collect(value, [], found);
  return found;
}

const NAME =
  /^(?:[a-z_-]{0,40}(?:password|passwd|passphrase|client_?secret|access_?token|refresh_?token|private_?key|api_?key|secret_?key)|secret|token)$/i;

const HINT =
  /"(?:[a-z_-]{0,40}(?:password|passwd|passphrase|client_?secret|access_?token|refresh_?token|private_?key|api_?key|secret_?key)|secret|token)"\s{0,8}:\s{0,8}"[^"]/i;

/** A body with more of them than this was made to have them. */
const FOUND_MAX = 200;

function collect(value: JsonValue | undefined, path: readonly string[], found: SecretPath[]): void {
  if (found.length === FOUND_MAX) return;
  if (isArray(value)) {
    for (const [place, element] of value.entries()) collect(element, [...path, String(place)], found);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      const inner = member(value, key);
      if (typeof inner === 'string' && NAME.test(key)) found.push([...path, key]);
      else collect(inner, [...path, key], found);
    }
  }
}
