import { at, type JsonDocument } from '../../json/json.ts';
import { plainSecretsIn } from '../github/secrets.ts';
import { mayHoldSecrets, secretsBelow } from '../secret-names.ts';
import type { SecretPath } from '../source.ts';

/** Members of GitHub's own whose values are secrets; a found secret is only sent to Apps that may read it. */
export const SECRET_PATHS: readonly SecretPath[] = [
  ['alert', 'secret'],
  ['hook', 'config', 'secret'],
  ['hook', 'config', 'token'],
  ['config', 'secret'],
  ['repository', 'temp_clone_token'],
];

/** Members that whoever starts a workflow or a deployment fills as they like. */
const FREE: readonly SecretPath[] = [['client_payload'], ['inputs'], ['deployment', 'payload']];

export function secretsIn(document: JsonDocument, marks?: number): readonly SecretPath[] {
  if (!mayHoldSecrets(document.text, marks)) return [];
  const plain = plainSecretsIn(document).filter(
    (path) => !FREE.some((free) => free.every((key, place) => path[place] === key)),
  );
  return [...plain, ...FREE.flatMap((path) => secretsBelow(at(document.value, ...path), path))];
}
