import { type ObjectStore, PortError } from '../../ports.ts';

/**
 * Puts an object where none is. `false` when other bytes are there; equal bytes are success, because whoever wrote
 * them did our work.
 */
export async function putOnce(objects: ObjectStore, key: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await objects.put(key, bytes, 'absent');
    return true;
  } catch (error) {
    if (!(error instanceof PortError) || error.code !== 'conflict') throw error;
  }
  const found = await objects.get(key);
  return found !== undefined && Buffer.compare(found.bytes, bytes) === 0;
}
