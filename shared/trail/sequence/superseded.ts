import type { ObjectStore } from '../../ports.ts';
import { levelCount, levelsOf, tileKey, tileWidth } from '../tile.ts';
import type { Staging } from './staging.ts';

/**
 * Removes partial tiles of those that this commit filled: a reader takes the beginning of the full tile instead. At
 * most one tile a level had partial ones, the right edge of the tree before.
 */
export async function removeSuperseded(objects: ObjectStore, { base, size }: Staging): Promise<void> {
  const levels: readonly (number | 'entries')[] = [...Array(levelsOf(base)).keys(), 'entries'];
  for (const level of levels) {
    const before = levelCount(level === 'entries' ? 0 : level, base);
    const after = levelCount(level === 'entries' ? 0 : level, size);
    const index = Math.floor(before / tileWidth);
    if (before % tileWidth === 0 || after < (index + 1) * tileWidth) continue;
    const partials = `${tileKey({ level, index, width: tileWidth })}.p/`;
    for await (const key of objects.list(partials)) await objects.delete(key);
  }
}
