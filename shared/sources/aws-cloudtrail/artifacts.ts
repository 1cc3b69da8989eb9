import { isArray, isObject, type JsonObject, type JsonValue } from '../../json/json.ts';
import type { ResourceDetails } from '../../ocsf/event.ts';
import { arnName } from './arn.ts';
import { type CloudTrailRecord, field, object, text } from './record.ts';

/** How many images or items of one list are read. */
const ITEMS_MAX = 64;

/**
 * What was deployed, pushed or signed: these join an AWS call to a build. Digests are written as `sha256:<hex>`,
 * whatever the service wrote: Lambda says base64.
 */
export function artifactsOf(record: CloudTrailRecord): readonly ResourceDetails[] {
  switch (record.service) {
    case 'ecr':
      return pushedImages(record);
    case 'lambda':
      return functionCode(record);
    case 'ecs':
    case 'batch':
      return containerImages(record);
    default:
      return [];
  }
}

/** A container image by its reference: `registry/repository:tag@sha256:...`. */
export function imageResource(reference: string): ResourceDetails {
  const digest = DIGEST.exec(reference)?.[0];
  const data = digest === undefined ? undefined : { digest };
  return { name: reference, uid: digest, type: IMAGE, data };
}

/** Hex digest of a base64 SHA-256, as `sha256:<hex>`. */
export function digestOfBase64(base64: string | undefined): string | undefined {
  if (base64 === undefined || !/^[A-Za-z0-9+/]{43}=$/.test(base64)) return undefined;
  return `sha256:${Buffer.from(base64, 'base64').toString('hex')}`;
}

const IMAGE = 'AWS::ECR::Image';
const DIGEST = /sha256:[0-9a-f]{64}$/;

function pushedImages(record: CloudTrailRecord): readonly ResourceDetails[] {
  const repository = text(record.request, 'repositoryName');
  const image = object(record.response, 'image');
  const ids: JsonObject[] = [
    ...objectsOf(field(record.request, 'imageIds')),
    ...objectsOf(field(record.response, 'imageIds')),
  ];
  const pushed = object(image, 'imageId');
  if (pushed !== undefined) ids.push(pushed);
  const requested = text(record.request, 'imageDigest');
  if (requested !== undefined)
    ids.push({ imageDigest: requested, imageTag: text(record.request, 'imageTag') });
  return ids.flatMap((id) => {
    const digest = text(id, 'imageDigest');
    const tag = text(id, 'imageTag');
    if (digest === undefined && tag === undefined) return [];
    const name = [repository ?? '', tag === undefined ? '' : `:${tag}`].join('');
    return [
      { name: name || digest, uid: digest, type: IMAGE, version: tag, data: { digest, repository, tag } },
    ];
  });
}

function functionCode(record: CloudTrailRecord): readonly ResourceDetails[] {
  const { request, response } = record;
  const found: ResourceDetails[] = [];
  const digest = digestOfBase64(text(response, 'codeSha256') ?? text(request, 'codeSha256'));
  const arn = text(response, 'functionArn');
  if (digest !== undefined) {
    const name = arn === undefined ? text(request, 'functionName') : arnName(arn);
    const data = { digest, function: arn ?? name };
    found.push({ name: name ?? digest, uid: digest, type: CODE, version: text(response, 'version'), data });
  }
  const image = text(request, 'imageUri') ?? text(object(request, 'code'), 'imageUri');
  if (image !== undefined) found.push(imageResource(image));
  return found;
}

const CODE = 'AWS::Lambda::Code';

function containerImages(record: CloudTrailRecord): readonly ResourceDetails[] {
  const definitions = [
    ...objectsOf(field(record.request, 'containerDefinitions')),
    ...objectsOf(field(object(record.response, 'taskDefinition'), 'containerDefinitions')),
    ...objectsOf(field(object(record.request, 'containerProperties'), 'containers')),
  ];
  return definitions.flatMap((definition) => {
    const image = text(definition, 'image');
    return image === undefined ? [] : [imageResource(image)];
  });
}

function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return isArray(value) ? value.slice(0, ITEMS_MAX).filter(isObject) : [];
}
