import type { Hub } from '../functions/local/hub.ts';
import { plural } from '../functions/local/plural.ts';
import { inert } from '../shared/inert.ts';
import type { WarmStart } from '../shared/stages/fold-runner.ts';
import type { Call } from './command.ts';
import { commandOn } from './command-on.ts';
import { makeProgress, type Progress } from './ui/progress.ts';
import { wrap } from './ui/wrap.ts';

/** Rules that are named; of more it is said how many. */
const NAMED_COUNT = 3;

/**
 * Lets rules that remember, and that are new or changed, learn from what the trail holds, before anything is taken in;
 * a person sees how far it is, and what it means.
 */
export async function warmUp(call: Call, hub: Hub): Promise<void> {
  const { err, errStyle, now, width } = call.terminal;
  let progress: Progress | undefined;
  let last: WarmStart | undefined;
  try {
    await hub.warmUp((warm) => {
      last = warm;
      progress ??= makeProgress({
        stream: err,
        label: 'Learning',
        total: warm.total,
        unit: 'entries',
        now: () => now().getTime(),
      });
      progress.update(warm.done);
    });
  } finally {
    progress?.finish();
  }
  if (last === undefined) return;
  for (const line of wrap(textOf(call, last), width)) err.write(`${errStyle.dim(line)}\n`);
}

function textOf(call: Call, { names, total }: WarmStart): string {
  const more = names.length - NAMED_COUNT;
  const listed = names
    .slice(0, NAMED_COUNT)
    .map((name) => inert(name))
    .join(', ');
  const they = names.length === 1 ? 'It has' : 'They have';
  return (
    `${plural(names.length, 'rule')} that ${names.length === 1 ? 'remembers is' : 'remember are'} new or changed: ` +
    `${listed}${more > 0 ? ` and ${more} more` : ''}. ${they} learnt from ${plural(total, 'entry')} on the trail, and ` +
    `what is past is no finding; ${commandOn(call, 'rules replay RULE')} shows what it would have been.`
  );
}
