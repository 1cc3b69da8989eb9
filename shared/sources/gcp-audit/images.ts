import { at, isArray, isObject, type JsonObject, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { ResourceDetails } from '../../ocsf/event.ts';
import { imageResource, imagesMentioned } from '../image-references.ts';

/** Images of one call that are named one by one. */
const IMAGES_MAX = 50;

/** How much of a message is searched for digests. */
const MESSAGE_LENGTH_MAX = 8000;

/** Where GKE and Cloud Run keep the specification of what runs, in a request or response. */
const SPECS: readonly (readonly string[])[] = [
  ['spec'],
  ['spec', 'template', 'spec'],
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ['service', 'spec', 'template', 'spec'],
  ['service', 'template'],
  ['job', 'template', 'template'],
  ['template'],
];

/** The images that a call would run or was denied, by digest where one is known: the end of the lineage. */
export function imagesOf(payload: JsonObject): readonly ResourceDetails[] {
  const references = new Set([...declared(payload), ...mentioned(payload)]);
  return [...references].slice(0, IMAGES_MAX).map(imageResource);
}

function declared(payload: JsonObject): readonly string[] {
  for (const side of ['request', 'response']) {
    if (!isObject(member(payload, side))) continue;
    const images = SPECS.flatMap((path) => imagesIn(at(payload, side, ...path)));
    if (images.length > 0) return images;
  }
  return [];
}

function imagesIn(spec: JsonValue | undefined): readonly string[] {
  return ['initContainers', 'containers', 'ephemeralContainers']
    .flatMap((key) => {
      const containers = member(spec, key);
      return isArray(containers) ? containers : [];
    })
    .map((container) => stringAt(container, 'image'))
    .filter((image) => image !== undefined);
}

/** A denial names the image only in its text; a registry has it in the name of the resource. */
function mentioned(payload: JsonObject): readonly string[] {
  const text = stringAt(payload, 'response', 'message') ?? stringAt(payload, 'status', 'message') ?? '';
  const name = stringAt(payload, 'resourceName') ?? '';
  return imagesMentioned(`${name} ${text.slice(0, MESSAGE_LENGTH_MAX)}`);
}
