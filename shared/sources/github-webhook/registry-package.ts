import { idAt, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { ResourceDetails } from '../../ocsf/event.ts';
import { activityOf, UPDATE } from '../github/activity.ts';
import { firstTime } from '../github/instant.ts';
import { DONE } from '../github/outcome.ts';
import { gitRef } from '../github/resources.ts';
import { pick, present } from '../github/small.ts';
import { type Delivery, userOf } from './delivery.ts';
import type { Facts } from './facts.ts';

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#registry_package */
export function registryPackage(delivery: Delivery): Facts {
  return packaged(delivery, member(delivery.body, 'registry_package'));
}

/** The older event of the same shape. */
export function packageEvent(delivery: Delivery): Facts {
  return packaged(delivery, member(delivery.body, 'package'));
}

function packaged({ action }: Delivery, native: JsonValue | undefined): Facts {
  const version = member(native, 'package_version');
  const digest = digestOf(version);
  const updated = stringAt(version, 'updated_at') ?? stringAt(native, 'updated_at');
  const versionId = idAt(version, 'id');
  return {
    // A version is published again when it gets another tag.
    key: [
      idAt(native, 'id') ?? nameOf(native),
      versionId ?? stringAt(version, 'version'),
      tagOf(version) ?? '',
      updated,
    ],
    // Containers carry the year 1 as the version's time.
    time: firstTime(
      member(version, 'updated_at'),
      member(version, 'created_at'),
      member(native, 'updated_at'),
      member(native, 'created_at'),
    ),
    activity: activityOf(action ?? '') ?? UPDATE,
    outcome: DONE,
    resources: [packageResource(native, version, digest), ...gitRef(stringAt(version, 'target_commitish'))],
    essence: [nameOf(native), versionId, stringAt(version, 'version'), digest, tagOf(version)],
  };
}

function packageResource(
  native: JsonValue | undefined,
  version: JsonValue | undefined,
  digest: string | undefined,
): ResourceDetails {
  const data = present({
    ...pick(native, ['package_type', 'ecosystem', 'html_url']),
    ...pick(version, ['package_url', 'target_commitish', 'target_oid', 'draft', 'prerelease']),
    id: idAt(native, 'id'),
    version_id: idAt(version, 'id'),
    digest,
    tag: tagOf(version),
    source: stringAt(version, 'container_metadata', 'labels', 'source'),
    revision: stringAt(version, 'container_metadata', 'labels', 'revision'),
    published_by: stringAt(version, 'author', 'login'),
  });
  return {
    type: 'package',
    uid: digest ?? idAt(native, 'id'),
    name: nameOf(native),
    namespace: stringAt(native, 'namespace'),
    version: stringAt(version, 'version') ?? tagOf(version),
    owner: userOf(member(native, 'owner')),
    data,
  };
}

function nameOf(native: JsonValue | undefined): string | undefined {
  const [namespace, name] = [stringAt(native, 'namespace'), stringAt(native, 'name')];
  // For containers the namespace is sometimes the whole path, name included.
  if (namespace === undefined || name === undefined || namespace.endsWith(`/${name}`))
    return namespace ?? name;
  return `${namespace}/${name}`;
}

function tagOf(version: JsonValue | undefined): string | undefined {
  return stringAt(version, 'container_metadata', 'tag', 'name');
}

/** The digest under which the image is pulled: of the tag, of the manifest, or the version itself. */
function digestOf(version: JsonValue | undefined): string | undefined {
  const candidates = [
    stringAt(version, 'container_metadata', 'tag', 'digest'),
    stringAt(version, 'container_metadata', 'manifest', 'digest'),
    stringAt(version, 'version'),
    stringAt(version, 'name'),
  ];
  return candidates.find((text) => text !== undefined && /^sha(256|512):[0-9a-f]+$/i.test(text));
}
