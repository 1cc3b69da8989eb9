import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { complete } from '../../shared/ocsf/complete.ts';
import type { OcsfBody } from '../../shared/ocsf/event.ts';
import { sharedFile } from '../shared-data.ts';

type Validate = (event: unknown) => readonly string[];

export const hasValidator = sharedFile('tools/ocsf-validate.mjs') !== undefined;

/** The validator of the reference data. */
export async function loadValidator(): Promise<Validate> {
  const file = sharedFile('tools/ocsf-validate.mjs') ?? '';
  const { Validator } = await import(pathToFileURL(file).href);
  const schema = JSON.parse(readFileSync(sharedFile('ocsf/ocsf-schema-1.8.0.json') ?? '', 'utf8'));
  const validator = new Validator(schema);
  return (event) => {
    const { errors } = validator.validate(JSON.parse(JSON.stringify(event)), { checkVersion: true });
    return errors.map((error: unknown) => (typeof error === 'string' ? error : JSON.stringify(error)));
  };
}

/** The event as the reader completes it. */
export function eventOf(body: OcsfBody): unknown {
  return complete(body, {
    uid: '0'.repeat(64),
    originalEventUid: undefined,
    product: { name: 'GitHub', vendor_name: 'GitHub' },
  });
}
