import { type FoundFile, findFiles } from '../../functions/local/find-files.ts';
import { type Hub, HubStopped, openHub } from '../../functions/local/hub.ts';
import { beginIngestion, type IngestReport } from '../../functions/local/ingest.ts';
import { plural } from '../../functions/local/plural.ts';
import { inert } from '../../shared/inert.ts';
import { sources } from '../../shared/sources/index.ts';
import { type Call, type Command, type ExitStatus, IoError, UsageError } from '../command.ts';
import { commandOn, writeHint } from '../command-on.ts';
import { formatBytes, formatCount, formatDuration, makeProgress } from '../ui/progress.ts';
import { renderTable } from '../ui/table.ts';
import { wrap } from '../ui/wrap.ts';
import { warmUp } from '../warm-up.ts';

export const ingest: Command = {
  name: 'ingest',
  summary: 'take files, folders or standard input onto the trail',
  usage: 'PATH... [--source ID]',
  about:
    'Reads JSON, NDJSON and their gzip and zstd forms, of any size. Source and envelope are recognised by their shape, ' +
    'never by a file name. Every record becomes an event, a known duplicate, a kept reject or control traffic, and the ' +
    'counts add up. Taking in the same events again, by the same or another transport, adds nothing.',
  options: [
    {
      name: 'source',
      value: 'ID',
      choices: sources.map(({ id }) => id),
      about: `say what it is: ${sources.map(({ id }) => id).join(', ')}`,
    },
  ],
  examples: [
    { line: 'ingest ./AWSLogs', does: 'a folder of CloudTrail files as S3 holds them' },
    {
      line: 'ingest export.ndjson.gz activity.json --data /srv/trail',
      does: 'several files onto a trail elsewhere',
    },
    {
      line: 'ingest - --source github.audit < audit.ndjson',
      does: 'standard input, said to be of one source',
    },
  ],
  positionals: { min: 1, max: Number.POSITIVE_INFINITY, name: 'PATH' },
  run,
};

async function run(call: Call): Promise<ExitStatus> {
  const { now } = call.terminal;
  const startedMs = now().getTime();
  const files = await find(call.positionals);
  const hub = await openHub({ folder: call.dataFolder, settings: call.settings, now });
  reportFaultyRules(call, hub);
  try {
    await warmUp(call, hub);
    const { report, sizeBytes } = await takeAll(call, hub, files);
    writeReport(call, report, { elapsedMs: now().getTime() - startedMs, sizeBytes });
    return 0;
  } catch (error) {
    if (error instanceof HubStopped) throw new IoError(error.message);
    throw error;
  } finally {
    hub.close();
  }
}

async function find(paths: readonly string[]): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  for (const path of paths) {
    if (path === '-') found.push({ path, sizeBytes: 0 });
    else found.push(...(await findFiles([path]).catch((cause: unknown) => notReadable(path, cause))));
  }
  if (found.length === 0) throw new UsageError(`There are no files in ${paths.join(', ')}.`);
  return found;
}

function notReadable(path: string, cause: unknown): never {
  throw new IoError(`Cannot read ${inert(path)}: ${cause instanceof Error ? cause.message : String(cause)}`);
}

async function takeAll(
  call: Call,
  hub: Hub,
  files: readonly FoundFile[],
): Promise<{ report: IngestReport; sizeBytes: number }> {
  const { err, now } = call.terminal;
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const progress = makeProgress({
    stream: err,
    label: 'Reading',
    total,
    unit: 'bytes',
    now: () => now().getTime(),
  });
  const ingestion = beginIngestion(hub, now, total);
  const source = call.option('source');
  let sizeBytes = 0;
  let read = 0;
  try {
    for (const { path } of files) {
      const onBytes = (count: number) => {
        sizeBytes += count;
        progress.update(sizeBytes, read > 0 ? `${formatCount(read)} records` : '');
      };
      const from = source === undefined ? { onBytes } : { source, onBytes };
      const summary =
        path === '-'
          ? await ingestion.takeStream(standardInput(call, onBytes), { ...from, file: path })
          : await ingestion.takeFile(path, from);
      read += summary.read;
    }
    progress.update(sizeBytes, 'committing');
    return { report: await ingestion.finish(), sizeBytes };
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'path' in error) {
      return notReadable(String(error.path), error);
    }
    throw error;
  } finally {
    progress.finish();
    await ingestion.close();
  }
}

async function* standardInput(call: Call, onBytes: (count: number) => void): AsyncIterable<Uint8Array> {
  for await (const chunk of call.terminal.input as AsyncIterable<Buffer>) {
    onBytes(chunk.length);
    yield chunk;
  }
}

/** A rule that does not load is a rule that does not fire: never silently. */
export function reportFaultyRules(call: Call, hub: Hub): void {
  const { err, errStyle } = call.terminal;
  for (const { file, line, column, severity, message } of hub.rules.faults) {
    if (severity === 'error')
      err.write(`${errStyle.yellow('rule not at work')} ${file}:${line}:${column}: ${inert(message)}\n`);
  }
}

function writeReport(
  call: Call,
  report: IngestReport,
  took: { readonly elapsedMs: number; readonly sizeBytes: number },
): void {
  const { out, style, width } = call.terminal;
  if (call.output === 'json' || call.output === 'ndjson') {
    const shape = { ...report, alerts: report.alerts.length };
    out.write(`${JSON.stringify(shape, null, call.output === 'json' ? 2 : undefined)}\n`);
    return;
  }
  const number = (count: number) => (count === 0 ? '·' : formatCount(count));
  const rows = [...Object.entries(report.sources), ['total', report] as const];
  const column = (title: 'read' | 'appended' | 'duplicates' | 'rejected' | 'control') => ({
    title,
    value: ([, counts]: (typeof rows)[number]) => number(counts[title]),
    align: 'right' as const,
  });
  const columns = [
    { title: 'source', value: ([name]: (typeof rows)[number]) => name, min: 12 },
    column('read'),
    column('appended'),
    column('duplicates'),
    column('rejected'),
    column('control'),
  ];
  out.write(renderTable(columns, rows, { width, heading: style.dim }));
  writeRest(call, report, took);
}

function writeRest(
  call: Call,
  report: IngestReport,
  took: { readonly elapsedMs: number; readonly sizeBytes: number },
): void {
  const { out, style, width } = call.terminal;
  const perSecond = Math.round(report.read / Math.max(0.001, took.elapsedMs / 1000));
  const speed = `${formatBytes(took.sizeBytes)} in ${formatDuration(took.elapsedMs)}, ${formatCount(perSecond)} records/s`;
  out.write(`\n${style.dim(speed)}\n`);
  const say = (text: string, paint: (line: string) => string = (line) => line) => {
    for (const line of wrap(text, width)) out.write(`${paint(line)}\n`);
  };
  if (report.rejected > 0) {
    const reasons = Object.entries(report.rejects).map(
      ([reason, count]) => `${formatCount(count)} ${reason}`,
    );
    say(
      `${plural(report.rejected, 'record')} rejected (${reasons.join(', ')}), each kept with its reason under ${call.dataFolder}/trail/rejects/.`,
      style.yellow,
    );
  }
  if (report.findings > 0) {
    out.write(
      `${style.bold(plural(report.findings, 'finding'))}, ${plural(report.alerts.length, 'new alert')}:\n`,
    );
    out.write(`  ${commandOn(call, 'alerts')}\n`);
  } else if (report.appended > 0) {
    writeHint(call, `Ask it something: ${commandOn(call, "query '*'")}`);
  }
}
