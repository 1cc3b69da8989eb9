/**
 * The short names of the query language: each stands for a documented list of OCSF paths, so that one question reaches
 * AWS, Azure, Google Cloud and CI alike. The index holds postings of exactly these fields.
 */
import { fieldOf, HEX_PREFIX_MIN, type ShortField } from './field.ts';
import {
  firstPart,
  firstPartForms,
  nameForms,
  nameKey,
  operationForms,
  operationKey,
  tail,
  tailForms,
} from './forms.ts';
import { canonicalIp } from './ip.ts';

/** In the order in which help lists them. */
export const shortFields: readonly ShortField[] = [
  fieldOf({
    name: 'actor',
    summary:
      'who did it: name, id, e-mail address or session; also what follows the last / or :, without @domain',
    paths: [
      'actor.user.name',
      'actor.user.uid',
      'actor.user.email_addr',
      'actor.user.full_name',
      'actor.session.uid',
      'actor.app_name',
      'actor.app_uid',
      'evidences.actor.user.name',
      'evidences.actor.user.uid',
    ],
    forms: nameForms,
    key: nameKey,
  }),
  fieldOf({
    name: 'operation',
    summary: 'what was done, in the source’s own word; also what follows the last / : or .',
    paths: ['api.operation', 'metadata.event_code', 'evidences.api.operation'],
    forms: operationForms,
    key: operationKey,
  }),
  fieldOf({
    name: 'resource',
    summary: 'what it was done to: name or id; also what follows the last / or :',
    paths: [
      'resources.name',
      'resources.uid',
      'user.name',
      'user.uid',
      'group.name',
      'group.uid',
      'entity.name',
      'entity.uid',
      'databucket.name',
      'databucket.uid',
      'database.name',
      'database.uid',
      'table.name',
      'table.uid',
      'evidences.resources.name',
      'evidences.resources.uid',
    ],
    forms: tailForms,
    key: tail,
  }),
  fieldOf({
    name: 'ip',
    summary: 'an IP address in any spelling, or a network: ip:10.0.0.0/8',
    paths: ['src_endpoint.ip', 'dst_endpoint.ip', 'evidences.src_endpoint.ip'],
    values: (found) => [...found, ...found.flatMap((text) => otherSpelling(text))],
    spelling: addressKey,
    key: addressKey,
  }),
  fieldOf({
    name: 'account',
    summary: 'AWS account, Azure subscription, Google Cloud project or organisation: name or id',
    paths: [
      'cloud.account.uid',
      'cloud.account.name',
      'cloud.org.uid',
      'cloud.org.name',
      'actor.user.account.uid',
      'actor.user.account.name',
      'actor.user.org.uid',
      'actor.user.org.name',
      'user.account.uid',
      'metadata.tenant_uid',
    ],
    forms: tailForms,
    key: tail,
  }),
  fieldOf({
    name: 'region',
    summary: 'cloud region',
    paths: ['cloud.region', 'resources.region'],
  }),
  fieldOf({
    name: 'status',
    summary: 'success or failure, or the source’s own word or error code',
    paths: ['status', 'status_id', 'status_code'],
    values: (found, { event }) => {
      // Of a finding it says how far people are with it: a new one is no success.
      const caption = event.category_uid === FINDINGS ? undefined : STATUS_CAPTIONS.get(event.status_id);
      return caption === undefined ? found : [...found, caption];
    },
  }),
  fieldOf({
    name: 'repo',
    summary: 'source repository: org/name, or the name alone',
    paths: ['resources[type=repository].name', 'resources[type=repository].uid'],
    forms: tailForms,
    key: tail,
  }),
  fieldOf({
    name: 'commit',
    summary: 'a commit id of 40 hex digits anywhere in the event, by 7 or more of its first digits',
    paths: ['resources', 'evidences', 'unmapped', 'raw_data'],
    values: (_found, _subject, ids) => ids().commits,
    key: (text) => text.slice(0, HEX_PREFIX_MIN),
    hexPrefix: true,
  }),
  fieldOf({
    name: 'digest',
    summary:
      'a SHA-256 digest anywhere in the event, by 7 or more of its first digits, with or without sha256:',
    paths: ['resources', 'evidences', 'unmapped', 'raw_data'],
    values: (_found, _subject, ids) => ids().digests,
    spelling: (text) => (text.startsWith('sha256:') ? text.slice('sha256:'.length) : text),
    key: (text) => text.slice(0, HEX_PREFIX_MIN),
    hexPrefix: true,
  }),
  fieldOf({
    name: 'run',
    summary: 'a pipeline run: id or name',
    paths: [
      'resources[type=pipeline_run].uid',
      'resources[type=pipeline_run].name',
      'resources[type=workflow_run].uid',
      'resources[type=workflow_run].name',
      'metadata.correlation_uid',
    ],
    forms: tailForms,
    key: tail,
  }),
  fieldOf({
    name: 'rule',
    summary: 'the rule of a finding: id or name',
    paths: ['finding_info.analytic.uid', 'finding_info.analytic.name'],
  }),
  fieldOf({
    name: 'source',
    summary: 'where it was recorded: aws.cloudtrail, its first part (aws), or the name of product or vendor',
    paths: ['metadata.product.name', 'metadata.product.vendor_name'],
    values: (found, { source }) => [source.toLowerCase(), ...found],
    forms: firstPartForms,
    key: firstPart,
  }),
  fieldOf({
    name: 'class',
    summary: 'OCSF class by name (class:authentication, class:api_activity) or number (class:3002)',
    paths: ['class_name', 'class_uid'],
    values: (found) => [...found, ...found.filter((text) => text.includes(' ')).map(underscored)],
    spelling: underscored,
    key: underscored,
  }),
];

/** OCSF category_uid. */
const FINDINGS = 2;

/** OCSF status_id; what the source itself says stands in `status`. */
const STATUS_CAPTIONS: ReadonlyMap<number | undefined, string> = new Map([
  [1, 'success'],
  [2, 'failure'],
]);

const byName: ReadonlyMap<string, ShortField> = new Map(shortFields.map((each) => [each.name, each]));

export function shortField(name: string): ShortField | undefined {
  return byName.get(name);
}

function underscored(text: string): string {
  return text.replaceAll(' ', '_');
}

function otherSpelling(text: string): readonly string[] {
  // IPv4 has one spelling only.
  const canonical = text.includes(':') ? canonicalIp(text) : undefined;
  return canonical === undefined || canonical === text ? [] : [canonical];
}

function addressKey(text: string): string {
  return (text.includes(':') ? canonicalIp(text) : undefined) ?? text;
}
