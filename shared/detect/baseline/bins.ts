/**
 * Counts by equal stretches of time, those with none left out: `[bin, count, bin, count, …]`, bins ascending. A flat
 * array, because there is one for every group and every value that is known.
 */
export type Bins = number[];

/** Counts one in a bin; of more than `max` bins the oldest goes. */
export function addToBin(bins: Bins, bin: number, max: number): void {
  let at = bins.length;
  while (at > 0 && (bins[at - 2] ?? 0) > bin) at -= 2;
  if (at > 0 && bins[at - 2] === bin) {
    bins[at - 1] = (bins[at - 1] ?? 0) + 1;
    return;
  }
  bins.splice(at, 0, bin, 1);
  if (bins.length > 2 * max) bins.splice(0, 2);
}

/** What was counted in the bins `from` to `to`, both included. */
export function countIn(bins: Bins, from: number, to = Number.POSITIVE_INFINITY): number {
  let count = 0;
  for (let at = bins.length - 2; at >= 0; at -= 2) {
    const bin = bins[at] ?? 0;
    if (bin < from) break;
    if (bin <= to) count += bins[at + 1] ?? 0;
  }
  return count;
}

/** The first bin from `from` on that has anything. */
export function firstBin(bins: Bins, from: number): number | undefined {
  let found: number | undefined;
  for (let at = bins.length - 2; at >= 0; at -= 2) {
    const bin = bins[at] ?? 0;
    if (bin < from) break;
    found = bin;
  }
  return found;
}
