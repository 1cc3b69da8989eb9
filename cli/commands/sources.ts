import { readSourceCounts, type SourceCount } from '../../shared/stages/source-counts.ts';
import type { Call, Command, ExitStatus } from '../command.ts';
import { writeListing } from '../output.ts';
import { formatTime } from '../show-event.ts';
import { formatCount, formatDuration } from '../ui/progress.ts';
import { withTrail } from '../with-trail.ts';

export const sources: Command = {
  name: 'sources',
  summary: 'what the trail holds of each source, and when each was last heard',
  usage: '',
  about:
    'One line per source: how many events, the first and the last of them by event time, and how long ago that was.',
  options: [],
  examples: [{ line: 'sources', does: 'is any of them silent?' }],
  positionals: { min: 0, max: 0, name: '' },
  run,
};

async function run(call: Call): Promise<ExitStatus> {
  return withTrail<ExitStatus>(call, async (trail) => {
    writeSources(call, await readSourceCounts(trail.ports.table));
    return 0;
  });
}

export function writeSources(call: Call, rows: readonly SourceCount[]): void {
  const nowMs = call.terminal.now().getTime();
  writeListing<SourceCount>(call, {
    columns: [
      { title: 'source', value: ({ source }) => source },
      { title: 'events', value: ({ count }) => formatCount(count), align: 'right' },
      { title: 'first (UTC)', value: ({ firstMs }) => formatTime(firstMs), keep: 1 },
      { title: 'last (UTC)', value: ({ lastMs }) => formatTime(lastMs) },
      { title: 'ago', value: ({ lastMs }) => ago(nowMs - lastMs), align: 'right', keep: 2 },
    ],
    rows,
    json: ({ source, count, firstMs, lastMs }) => ({
      source,
      events: count,
      first: new Date(firstMs).toISOString(),
      last: new Date(lastMs).toISOString(),
    }),
    empty: 'The trail is empty.',
  });
}

function ago(durationMs: number): string {
  const days = Math.floor(durationMs / 86_400_000);
  if (days > 1) return `${formatCount(days)} days`;
  const hours = Math.floor(durationMs / 3_600_000);
  return hours > 1 ? `${hours} h` : formatDuration(Math.max(0, durationMs));
}
