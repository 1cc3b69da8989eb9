import { type ObjectStore, PortError, type PutCondition, type StoredObject } from '../../ports.ts';
import { checkObjectKey, checkPrefix } from '../key.ts';

/** Objects in a map. Holds copies, so that what a caller does to its bytes afterwards changes nothing here. */
export class MemoryObjectStore implements ObjectStore {
  readonly #objects = new Map<string, StoredObject>();
  #puts = 0;

  async get(key: string): Promise<StoredObject | undefined> {
    checkObjectKey(key);
    const stored = this.#objects.get(key);
    return stored === undefined ? undefined : { bytes: stored.bytes.slice(), version: stored.version };
  }

  async put(key: string, bytes: Uint8Array, condition: PutCondition): Promise<string> {
    checkObjectKey(key);
    const found = this.#objects.get(key);
    if (condition === 'absent' && found !== undefined) {
      throw new PortError('conflict', `expected no object at ${key}, found one`);
    }
    if (typeof condition === 'object' && found?.version !== condition.version) {
      throw new PortError('conflict', `expected version ${condition.version} at ${key}, found another`);
    }
    this.#puts += 1;
    const version = String(this.#puts);
    this.#objects.set(key, { bytes: Uint8Array.from(bytes), version });
    return version;
  }

  async *list(prefix: string): AsyncIterable<string> {
    checkPrefix(prefix);
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix));
    yield* keys.sort();
  }

  async delete(key: string): Promise<void> {
    checkObjectKey(key);
    this.#objects.delete(key);
  }
}
