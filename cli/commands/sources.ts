import { readSourceCounts, type SourceCount } from '../../shared/stages/source-counts.ts';
import type { Call, Command, ExitStatus } from '../command.ts';
import { writeListing } from '../output.ts';
import { formatTime } from '../show-event.ts';
import { formatCount } from '../ui/progress.ts';
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
  const minutes = Math.max(0, Math.floor(durationMs / 60_000));
  if (minutes < 1) return 'just now';
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${formatCount(Math.floor(hours / 24))} days`;
}
