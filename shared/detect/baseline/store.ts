/**
 * A bounded map that forgets what was not touched for longest, in two parts: what has proved itself is `settled`, and a
 * flood of names that come once pushes out others of its kind rather than those. Insertion order is order of touch.
 */
export interface Store<V> {
  readonly fresh: Map<string, V>;
  readonly settled: Map<string, V>;
}

export function emptyStore<V>(): Store<V> {
  return { fresh: new Map(), settled: new Map() };
}

export function sizeOf({ fresh, settled }: Store<unknown>): number {
  return fresh.size + settled.size;
}

export function find<V>({ fresh, settled }: Store<V>, key: string): V | undefined {
  return settled.get(key) ?? fresh.get(key);
}

/** Makes a value the last to be forgotten of its part. */
export function touch<V>(store: Store<V>, key: string, value: V, isSettled: boolean): void {
  store.fresh.delete(key);
  store.settled.delete(key);
  (isSettled ? store.settled : store.fresh).set(key, value);
}

/** Forgets values one by one, while there is need: fresh ones, unless they are few beside the settled. */
export function forgetWhile<V>(
  { fresh, settled }: Store<V>,
  isNeeded: () => boolean,
  forgotten: (value: V) => void,
): void {
  // One walk through each: a Map walks past what was deleted every time it is begun anew.
  const walks = { fresh: fresh.entries(), settled: settled.entries() };
  while (isNeeded()) {
    const part = fresh.size * FRESH_SHARE > settled.size ? 'fresh' : 'settled';
    const { value: oldest } = walks[part].next();
    if (oldest === undefined) return;
    (part === 'fresh' ? fresh : settled).delete(oldest[0]);
    forgotten(oldest[1]);
  }
}

/** Room for one fresh value in so many settled ones is always left: the new must be able to prove itself. */
const FRESH_SHARE = 4;

export function valuesOf<V>({ fresh, settled }: Store<V>): readonly V[] {
  return [...settled.values(), ...fresh.values()];
}
