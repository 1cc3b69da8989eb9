/** How the bench measures: CPU time of this process, all of its threads, never the clock on the wall. */

/** Microseconds of CPU, user and system, that some work took. */
export async function cpuOf<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly us: number; readonly value: T }> {
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { us: user + system, value };
}

/** The middle one; the lower of two. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Largest resident set of this process so far, in bytes. */
export function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}
