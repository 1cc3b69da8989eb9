import { elements } from '../json/document.ts';
import { isArray, isObject, type JsonDocument, type JsonValue, member } from '../json/json.ts';
import { plainSecretsIn } from './github/secrets.ts';
import { isEntry } from './github-audit/entry.ts';
import { mapAudit } from './github-audit/map.ts';
import type { Envelope, Source, Split } from './source.ts';

/**
 * GitHub's audit log of an organisation or enterprise: entries from the REST API (arrays), from streaming (one object
 * a line), from Event Hubs (`records`), and from log stores that renamed `@timestamp`.
 * @see https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
 */
export const githubAudit: Source = {
  id: 'github.audit',
  product: { name: 'GitHub', vendor_name: 'GitHub' },
  logsource: { product: 'github', service: 'audit' },
  essenceVersion: 1,
  secretPaths: [
    ['config', 'secret'],
    ['config_was', 'secret'],
    ['data', 'config', 'secret'],
    ['data', 'config_was', 'secret'],
    ['token'],
    ['data', 'token'],
  ],
  secretsIn: plainSecretsIn,
  batchKeys: ['records'],
  accepts: isAuditLog,
  split: splitAuditLog,
  map: mapAudit,
};

const LOOK_MAX = 20;

function isAuditLog(value: JsonValue): boolean {
  const entries = listOf(value);
  return entries === undefined ? isEntry(value) : entries.slice(0, LOOK_MAX).some(isEntry);
}

function listOf(value: JsonValue): readonly JsonValue[] | undefined {
  if (isArray(value)) return value;
  const records = isObject(value) && !isEntry(value) ? member(value, 'records') : undefined;
  return isArray(records) ? records : undefined;
}

function splitAuditLog(document: JsonDocument, envelope: Pick<Envelope, 'attributes' | 'receivedAt'>): Split {
  const attributes = { ...envelope.attributes, 'received-at': envelope.receivedAt.toISOString() };
  const list = listOf(document.value);
  const documents = list === undefined ? [document] : elements(document, ...pathOf(document.value));
  return { records: documents.map((each) => ({ ...each, attributes })), rejects: [], control: 0 };
}

function pathOf(value: JsonValue): readonly string[] {
  return isArray(value) ? [] : ['records'];
}
