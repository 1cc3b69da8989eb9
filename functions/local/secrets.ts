import { readFileSync } from 'node:fs';
import { PortError } from '../../shared/ports.ts';

/**
 * Resolves a reference to a secret: `env:NAME` or `file:PATH`. The secret itself is never written to settings or logs.
 * @throws PortError `not-found` that names the reference, never the secret.
 */
export function resolveSecret(
  reference: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const [, scheme, name = ''] = /^(env|file):(.+)$/.exec(reference) ?? [];
  if (scheme === 'env') {
    const value = environment[name];
    if (value) return value;
    throw new PortError('not-found', `The secret ${reference} is not set in the environment.`);
  }
  if (scheme === 'file') {
    try {
      return readFileSync(name, 'utf8').trim();
    } catch (cause) {
      throw new PortError('not-found', `The secret ${reference} cannot be read.`, { cause });
    }
  }
  throw new PortError(
    'invalid',
    `A secret is named env:NAME or file:PATH; found "${reference.slice(0, 12)}…".`,
  );
}
