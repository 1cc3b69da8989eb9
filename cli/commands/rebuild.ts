import { hasTrail } from '../../functions/local/compose.ts';
import { openHub } from '../../functions/local/hub.ts';
import { plural } from '../../functions/local/plural.ts';
import { rebuildTable } from '../../functions/local/rebuild-table.ts';
import { inert } from '../../shared/inert.ts';
import { type Call, type Command, type ExitStatus, IoError, UsageError } from '../command.ts';

export const rebuild: Command = {
  name: 'rebuild',
  summary: 'make table, index and findings again from the trail alone',
  usage: '',
  about:
    'For a table that was lost, damaged or restored from an old copy. Reads the trail, makes every row again beside the ' +
    'old table, and puts the new one in its place when it is whole; then index, detection and alerts follow from the ' +
    'start. Stop everything else that uses the folder first. Nothing on the trail is changed but what a crash left over.',
  options: [],
  examples: [{ line: 'rebuild --data /srv/trailproof', does: 'after table.sqlite was lost' }],
  positionals: { min: 0, max: 0, name: '' },
  run,
};

async function run(call: Call): Promise<ExitStatus> {
  const { out, err, style, errStyle, now } = call.terminal;
  if (!hasTrail(call.dataFolder))
    throw new UsageError(`There is no trail in ${call.dataFolder} to rebuild from.`);
  const report = await rebuildTable(call.dataFolder, now);
  if (!report.ok) {
    throw new IoError(
      `The trail cannot be rebuilt from (${report.fault.code}): ${report.fault.message}. "trailproof verify" says more.`,
    );
  }
  const hub = await openHub({ folder: call.dataFolder, settings: call.settings, now });
  try {
    await hub.settle();
  } finally {
    hub.close();
  }
  const { size, blocks, uids, batches, removed, alarms } = report.value;
  for (const { code, message } of alarms)
    err.write(`${errStyle.yellow(code)}: ${inert(message)}. "trailproof verify" says more.\n`);
  if (call.output === 'json' || call.output === 'ndjson') {
    out.write(
      `${JSON.stringify({ entries: size, blocks, uids, waitingBatches: batches, removed, alarms })}\n`,
    );
    return 0;
  }
  out.write(
    `${style.green('✔')} Rebuilt from ${plural(size, 'entry')} in ${plural(blocks, 'block')}: ${plural(uids, 'uid')}, index, findings and alerts.\n`,
  );
  if (batches > 0)
    out.write(
      `  ${plural(batches, 'batch')} that waited ${batches === 1 ? 'was' : 'were'} taken up again.\n`,
    );
  for (const key of removed) err.write(`  removed ${key}: no entry explains it\n`);
  return 0;
}
