import { type ActPorts, leave } from './act.ts';
import { knownSinks, sinksVersion } from './alert-sinks.ts';

/**
 * Leaves it to the trail which sinks there are, where it does not know yet: from that entry on alerts go to them, and
 * what is older stays where it was. Whoever makes the folds again gets the same deliveries.
 */
export async function announceSinks(
  ports: ActPorts,
  names: readonly string[],
  who: { readonly by: string; readonly via: string },
): Promise<'announced' | 'known'> {
  const wanted = names.toSorted();
  const known = (await knownSinks(ports.table)).toSorted();
  if (known.join('\n') === wanted.join('\n')) return 'known';
  const version = await sinksVersion(ports.table);
  await leave(ports, { kind: 'sinks', sinks: wanted, ...who }, { key: `${version}|${wanted.join('|')}` });
  return 'announced';
}
