import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { INTRUDER_IP } from '../../examples/story/cast.ts';
import type { Story, StoryFile } from '../../examples/story/story.ts';
import { alertText } from '../../functions/local/alert-text.ts';
import { placesIn } from '../../functions/local/compose.ts';
import { type FoundFile, findFiles, readChunks } from '../../functions/local/find-files.ts';
import type { Hub } from '../../functions/local/hub.ts';
import { beginIngestion, type IngestReport } from '../../functions/local/ingest.ts';
import { plural } from '../../functions/local/plural.ts';
import { openReadOnly } from '../../functions/local/read-only.ts';
import type { ListedAlert } from '../../shared/stages/alert.ts';
import { proveEvent } from '../../shared/stages/prove.ts';
import { type QueryHit, query } from '../../shared/stages/query.ts';
import { readSourceCounts } from '../../shared/stages/source-counts.ts';
import { parseBlockKey } from '../../shared/trail/block.ts';
import { parseVerifierKey } from '../../shared/trail/key.ts';
import { formatProofFile, verifyProofFile } from '../../shared/trail/proof-file.ts';
import { verifyTrail } from '../../shared/trail/verify.ts';
import type { TrailReport } from '../../shared/trail/verify-report.ts';
import type { Call } from '../command.ts';
import { writeAlerts } from '../commands/alerts.ts';
import { writeSources } from '../commands/sources.ts';
import { writeListing } from '../output.ts';
import { EVENT_COLUMNS, formatTime } from '../show-event.ts';
import { formatCount, formatDuration, makeProgress } from '../ui/progress.ts';
import { command, heading, say, suggest } from './talk.ts';

export interface Stage {
  readonly call: Call;
  readonly hub: Hub;
  readonly folder: string;
  readonly attackStartsMs: number;
}

const DELIVERED = 'events-as-delivered';

/** Writes the files of the story as their vendors would deliver them, for whoever wants to look. */
export function writeStory(
  folder: string,
  story: Story,
): { readonly fortnight: string; readonly night: string } {
  const root = join(folder, DELIVERED);
  for (const file of [...story.fortnight, ...story.night]) writeFile(root, file);
  return { fortnight: join(root, 'fortnight'), night: join(root, 'night') };
}

function writeFile(root: string, { path, bytes }: StoryFile): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), bytes);
}

export async function fortnightChapter(stage: Stage, folder: string): Promise<void> {
  const { call, hub } = stage;
  const { style } = call.terminal;
  say(
    stage,
    `\n${style.bold('Trailproof')}: who approved this change, what built it, who deployed it, and was the log changed since?\n`,
  );
  say(
    stage,
    'A company of three teams. Each change is reviewed on GitHub, built by a pipeline, approved by a second person, ' +
      'and deployed to AWS, Google Cloud or Azure. All four systems write audit logs. None of it is connected.\n',
  );
  heading(stage, 1, 'A fortnight of audit logs, taken in as their vendors deliver them');
  const startedMs = call.terminal.now().getTime();
  const report = await takeFolder(stage, folder);
  writeSources({ ...call, output: 'table' }, await readSourceCounts(hub.trail.table));
  const tookMs = call.terminal.now().getTime() - startedMs;
  say(
    stage,
    `\n${plural(report.read, 'record')} read in ${formatDuration(tookMs)}: ${plural(report.appended, 'event')} in one schema (OCSF) on one trail; ` +
      `${formatCount(report.duplicates)} came by two roads and were kept once. ${formatCount(report.rejected)} could not be read.`,
  );
  say(stage, `${style.green(plural(report.alerts.length, 'alert'))} in a fortnight of normal work.\n`);
  say(
    stage,
    'A trail is a log that only grows: each addition is signed with a fingerprint of all that was there before, so that nothing on it can be changed unseen.\n',
  );
}

export async function alertsChapter(stage: Stage, folder: string): Promise<readonly ListedAlert[]> {
  const { call, hub, attackStartsMs } = stage;
  const { out, style, width } = call.terminal;
  heading(stage, 2, `Then one night, from ${formatTime(attackStartsMs)} UTC`);
  const { alerts, read, duplicates } = await takeFolder(stage, folder);
  const sorted = alerts.toSorted((a, b) => a.firstTime - b.firstTime);
  say(
    stage,
    `${formatCount(read)} more records arrive from all four systems (${formatCount(duplicates)} of them by a second road), and ${style.red(plural(alerts.length, 'alert'))} go out. In order:\n`,
  );
  writeAlerts({ ...call, output: 'table' }, sorted);
  const loudest = sorted.find(({ severity }) => severity === 'critical') ?? sorted[0];
  if (loudest !== undefined) {
    say(
      stage,
      '\nOne of them, as the person on call gets it, with the first steps of its runbook filled in from the event:\n',
    );
    const color = style.bold('x') === 'x' ? 'never' : 'always';
    const text = await alertText(hub, loudest, { width: Math.min(width, 110) - 4, color });
    out.write(
      `${text
        .trimEnd()
        .split('\n')
        .map((line) => `  ${style.dim('│')} ${line}`)
        .join('\n')}\n\n`,
    );
  }
  return sorted;
}

/** Where it happened matters more here than whether it succeeded. */
const COLUMNS = EVENT_COLUMNS.map((column) =>
  column.title === 'source'
    ? { ...column, keep: 6 }
    : column.title === 'status'
      ? { ...column, keep: 1 }
      : column,
);

export async function questionChapter(stage: Stage): Promise<QueryHit | undefined> {
  const { call, hub, folder } = stage;
  heading(stage, 3, 'Ask the trail: what else was done from that address?');
  const expression = `ip:${INTRUDER_IP} AND NOT source:trailproof`;
  command(stage, `query '${expression}' --data ${folder}`);
  const found = query(hub.trail.ports, { expression, nowMs: call.terminal.now().getTime() });
  const hits: QueryHit[] = [];
  if (found.ok) for await (const hit of found.value) hits.push(hit);
  const rows = hits.map(({ event }) => event).toSorted((a, b) => a.time - b.time);
  writeListing(
    { ...call, output: 'table' },
    { columns: COLUMNS, rows, json: (event) => event, empty: 'Nothing.' },
  );
  say(stage, '\nOne address, several identities, four systems, in one table.\n');
  return hits.find(({ event }) => event.api?.operation === 'StopLogging') ?? hits[0];
}

export async function proofChapter(stage: Stage, hit: QueryHit | undefined): Promise<void> {
  if (hit === undefined) return;
  const { call, hub, folder } = stage;
  const { style } = call.terminal;
  const uid = hit.event.metadata.uid.slice(0, 12);
  heading(stage, 4, 'Prove it to somebody who does not trust you');
  const proof = await proveEvent(hub.trail.ports, hit);
  if (!proof.ok) return say(stage, style.red(`It cannot be proven: ${proof.fault}`));
  const file = join(folder, 'event.proof.json');
  writeFileSync(file, formatProofFile(proof.value));
  const hashes = proof.value.proof.split('\n\n')[0]?.split('\n').slice(2).length ?? 0;
  const [, size] = proof.value.proof.split('\n\n')[1]?.split('\n') ?? [];
  command(stage, `prove ${uid} -o ${file} --data ${folder}`);
  say(
    stage,
    `The event is entry ${hit.index} of ${size}. The trail is a hash tree: ${hashes} hashes lead from this event to the root that was ` +
      `signed. Whoever has the file and the public key can check it on any machine, without this one:\n`,
  );
  command(stage, `verify ${file} --key ${placesIn(folder).verifierKey}`);
  const key = parseVerifierKey(hub.trail.keys.vkey);
  const proven = verifyProofFile(readFileSync(file, 'utf8'), key.ok ? [key.value] : []);
  say(
    stage,
    proven.ok
      ? `${style.green('✔ proven')}: entry ${proven.value.index}\n`
      : style.red(`✘ ${proven.fault}\n`),
  );
  const report = await verifyAll(stage, placesIn(folder).trail);
  say(stage, 'And the whole trail, every line and every hash:\n');
  command(stage, `verify --data ${folder}`);
  verdict(stage, report);
}

/** Changes one byte in a copy, in the line of the event that somebody would like to be rid of. */
export async function tamperChapter(stage: Stage, hit: QueryHit | undefined): Promise<void> {
  if (hit === undefined) return;
  const { call, folder } = stage;
  heading(stage, 5, 'What if somebody with access to the disk changes the log?');
  const copy = join(folder, 'tampered-copy');
  rmSync(copy, { recursive: true, force: true });
  cpSync(placesIn(folder).trail, copy, { recursive: true });
  const key = await blockOf(copy, hit.index);
  if (key === undefined) return;
  const bytes = readFileSync(join(copy, key));
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(join(copy, key), bytes);
  say(
    stage,
    `In a copy of the trail, one bit is flipped in the stored events around "${hit.event.api?.operation ?? ''}":\n`,
  );
  command(stage, `verify ${copy} --key ${placesIn(folder).verifierKey}`);
  verdict(stage, await verifyAll(stage, copy));
  say(
    stage,
    call.terminal.style.dim(
      'Deleting a line, swapping two or signing all of it anew with another key is told the same way; putting the whole ' +
        'folder back to an earlier state is told by a checkpoint that you kept elsewhere (--since).\n',
    ),
  );
}

export function endChapter(stage: Stage, alerts: readonly ListedAlert[]): void {
  const { folder } = stage;
  const id = alerts.at(-1)?.uid.slice(0, 12) ?? '';
  heading(stage, undefined, 'Try next');
  suggest(stage, [
    [`alerts ${id} --data ${folder}`, 'another alert, with its runbook'],
    [`query 'actor:tomas-reyes AND operation:workflows.*' --data ${folder}`, 'ask something else'],
    [`rules list`, 'what is looked for'],
    [`ingest PATH`, 'your own audit files, onto a trail of your own'],
    [`help`, 'everything'],
  ]);
  say(
    stage,
    `\nThe events as they were delivered are in ${join(folder, DELIVERED)}; the trail is in ${placesIn(folder).trail}.`,
  );
}

async function takeFolder(stage: Stage, folder: string): Promise<IngestReport> {
  const { err, now } = stage.call.terminal;
  const files: readonly FoundFile[] = await findFiles([folder]);
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const progress = makeProgress({
    stream: err,
    label: 'Reading',
    total,
    unit: 'bytes',
    now: () => now().getTime(),
  });
  const ingestion = beginIngestion(stage.hub, now);
  let done = 0;
  for (const { path } of files) {
    const chunks = readChunks(path, (count) => {
      done += count;
      progress.update(done);
    });
    await ingestion.takeStream(chunks, { file: path });
  }
  const report = await ingestion.finish();
  progress.finish();
  return report;
}

async function verifyAll({ hub }: Stage, folder: string): Promise<TrailReport> {
  const key = parseVerifierKey(hub.trail.keys.vkey);
  return verifyTrail({ store: openReadOnly(folder), keys: key.ok ? [key.value] : [] });
}

async function blockOf(folder: string, index: number): Promise<string | undefined> {
  let found: string | undefined;
  for await (const key of openReadOnly(folder).list('events/')) {
    const block = parseBlockKey(key);
    if (block !== undefined && block.first <= index) found = key;
  }
  return found;
}

function verdict(stage: Stage, report: TrailReport): void {
  const { style } = stage.call.terminal;
  const [fault] = report.faults;
  const { lines, entries, tiles, checkpoints } = report.checked;
  const checked = `${plural(lines, 'line')}, ${plural(entries, 'entry')}, ${plural(tiles, 'tile')}, ${plural(checkpoints, 'signature')}`;
  if (fault === undefined) {
    say(stage, `${style.green('✔ nothing was changed')}  (${checked})\n`);
    return;
  }
  const where = fault.index === undefined ? '' : `, from entry ${fault.index} on`;
  say(stage, `${style.red(`✘ ${fault.code}`)}  ${fault.key}${where}`);
  say(stage, `  ${fault.message}\n`);
}
