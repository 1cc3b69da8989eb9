import { hash } from 'node:crypto';
import { at, isObject, type JsonValue } from '../../json/json.ts';

/** The event that was first with a uid. */
export interface First {
  readonly uid: string;
  readonly index: number;
}

/** An essence of another version cannot be compared: the later arrival counts as the same event. */
export function contradicts(essence: string, other: string): boolean {
  return essence !== other && versionOf(essence) === versionOf(other);
}

/** The uid of an event that contradicts the first with its uid: the same however often it is delivered. */
export function conflictUid(uid: string, essence: string): string {
  return hash('sha256', `conflict|${uid}|${essence}`, 'hex');
}

/**
 * The line under its new uid, naming the first in `unmapped.trailproof.conflict`, where detection finds it. The line
 * is our own serialisation, so parsing and writing it again changes nothing else. Undefined where it is no event.
 */
export function spliceConflict(line: string, uid: string, first: First): string | undefined {
  let event: JsonValue;
  try {
    event = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isObject(event)) return undefined;
  const unmapped = {
    ...membersOf(event, 'unmapped'),
    trailproof: {
      ...membersOf(event, 'unmapped', 'trailproof'),
      conflict: { uid: first.uid, index: first.index },
    },
  };
  return JSON.stringify({ ...event, metadata: { ...membersOf(event, 'metadata'), uid }, unmapped });
}

function membersOf(event: JsonValue, ...path: readonly string[]): object {
  const found = at(event, ...path);
  return isObject(found) ? found : {};
}

function versionOf(essence: string): string {
  return essence.split(':', 1).join();
}
