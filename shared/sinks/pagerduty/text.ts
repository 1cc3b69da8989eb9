import { cutInert } from '../cut.ts';
import type { AlertLinks } from '../sink.ts';
import { linkTo } from '../url.ts';

/** Of PagerDuty, in characters. */
export const SUMMARY_MAX = 1_024;
/** Of ours: the whole event has to stay within 512 kB, and a phone shows little. */
export const DETAIL_MAX = 500;
export const SOURCE_MAX = 255;

/** An address in a value is written as analysts do, `https[:]//`: PagerDuty would make a link of it; and it takes no empty text. */
export function detail(value: string, lengthMax = DETAIL_MAX): string {
  // Cut first, so that only what is shown is looked at; what the brackets add is cut again.
  return cutInert(cutInert(value, lengthMax).replaceAll('://', '[:]//'), lengthMax) || '(empty)';
}

/** Flat, and without the members that have no value. */
export function details(
  members: Readonly<Record<string, string | number | undefined>>,
): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

export function linksOf(links: AlertLinks): readonly { readonly href: string; readonly text: string }[] {
  const named: readonly (readonly [string, string | undefined])[] = [
    ['Runbook', links.runbook],
    ['Alert', links.alert],
    ['Event', links.event],
    ['Verify the proof', links.proof],
  ];
  return named.flatMap(([text, address]) => {
    const href = linkTo(address);
    return href === undefined ? [] : [{ href, text }];
  });
}
