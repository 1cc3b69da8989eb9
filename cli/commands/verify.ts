import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { plural } from '../../functions/local/plural.ts';
import { openReadOnly } from '../../functions/local/read-only.ts';
import { inert } from '../../shared/inert.ts';
import { parseVerifierKey, type VerifierKey } from '../../shared/trail/key.ts';
import { proofFileSizeBytesMax, verifyProofFile } from '../../shared/trail/proof-file.ts';
import { verifyTrail } from '../../shared/trail/verify.ts';
import type { Fault, TrailReport } from '../../shared/trail/verify-report.ts';
import { type Call, type Command, type ExitStatus, IoError, UsageError } from '../command.ts';
import { formatCount, formatDuration, makeProgress } from '../ui/progress.ts';
import { wrap } from '../ui/wrap.ts';

export const verify: Command = {
  name: 'verify',
  summary: 'check offline that nothing on the trail was changed',
  usage: '[DIR or FILE] [--key VKEY] [--since CHECKPOINT]',
  about:
    'Checks every signature, tile, entry, block and line of a trail, or one proof file that "prove" wrote. Needs no ' +
    'network and trusts nothing but the key. Names everything that is wrong, and exits 1 if anything is. ' +
    'A trail that somebody with its key wrote anew from the start can only be told by what you kept: pass the key ' +
    'with --key and a checkpoint that you put aside earlier with --since.',
  options: [
    {
      name: 'key',
      value: 'VKEY',
      repeatable: true,
      about: 'the key you trust: the text, or a file that holds it',
    },
    { name: 'since', value: 'CHECKPOINT', about: 'a checkpoint file kept earlier: the trail must extend it' },
  ],
  examples: [
    { line: 'verify', does: 'the trail in .trailproof' },
    {
      line: 'verify /backup/trail --key log.vkey --since checkpoint.last-month',
      does: 'a copy, against what you kept',
    },
    { line: 'verify event.proof.json --key log.vkey', does: 'one event, without the trail' },
  ],
  positionals: { min: 0, max: 1, name: 'DIR' },
  run,
};

async function run(call: Call): Promise<ExitStatus> {
  const target = call.positionals[0] ?? call.dataFolder;
  if (!existsSync(target)) throw new IoError(`There is nothing at ${target} to verify.`);
  const keys = call.options('key').map(readKey);
  if (statSync(target).isFile()) return verifyProof(call, target, keys);
  return verifyFolder(call, target, keys);
}

async function verifyFolder(call: Call, target: string, keys: readonly VerifierKey[]): Promise<ExitStatus> {
  const folder = existsSync(join(target, 'trail')) ? join(target, 'trail') : target;
  const since = call.option('since');
  const trusted = keys.length > 0 ? keys : ownKey(target);
  const { now } = call.terminal;
  const progress = makeProgress({
    stream: call.terminal.err,
    label: 'Verifying',
    total: undefined,
    unit: 'entries',
    now: () => now().getTime(),
  });
  const startedMs = now().getTime();
  const report = await verifyTrail({
    store: openReadOnly(folder),
    ...(trusted.length === 0 ? {} : { keys: trusted }),
    ...(since === undefined ? {} : { since: readFileSync(since) }),
    onProgress: (entries, size) => progress.update(entries, `of ${formatCount(size)} entries`),
  });
  progress.finish();
  if (call.output === 'json' || call.output === 'ndjson') {
    call.terminal.out.write(
      `${JSON.stringify(reportJson(report), null, call.output === 'json' ? 2 : undefined)}\n`,
    );
  } else {
    const keyFrom = keys.length > 0 ? 'reader' : trusted.length > 0 ? 'folder' : 'trail';
    writeReport(call, report, { folder, keyFrom, elapsedMs: now().getTime() - startedMs });
  }
  return report.faultCount === 0 ? 0 : 1;
}

/** Without --key: the key that lies beside the trail. It proves that nothing changed, not who wrote it. */
function ownKey(target: string): readonly VerifierKey[] {
  const file = [join(target, 'keys', 'log.vkey'), join(target, '..', 'keys', 'log.vkey')].find(existsSync);
  return file === undefined ? [] : [readKey(file)];
}

function readKey(given: string): VerifierKey {
  const text = existsSync(given) ? readFileSync(given, 'utf8').trim() : given;
  const key = parseVerifierKey(text);
  if (!key.ok)
    throw new UsageError(
      `--key is a verifier key such as name+1a2b3c4d+AZ…, or a file with one: ${key.fault}.`,
    );
  return key.value;
}

/** Below the values of the report. */
const NOTE_INDENT = ' '.repeat(11);

function writeReport(
  call: Call,
  report: TrailReport,
  how: { readonly folder: string; readonly keyFrom: KeyFrom; readonly elapsedMs: number },
): void {
  const { out, style } = call.terminal;
  const { checked } = report;
  const verdict =
    report.faultCount === 0
      ? style.green('✔ nothing was changed')
      : style.red(`✘ ${plural(report.faultCount, 'fault')}`);
  const origin = report.origin === undefined ? 'no checkpoint that could be opened' : inert(report.origin);
  out.write(`${style.bold(`Trail ${origin}`)}, ${plural(report.size, 'entry')}, in ${how.folder}\n\n`);
  out.write(
    `  checked  ${plural(checked.lines, 'stored line')} against their entries, in ${plural(checked.blocks, 'block')}\n`,
  );
  out.write(
    `           ${plural(checked.entries, 'entry')} in ${plural(checked.bundles, 'bundle')}; every hash in ${plural(checked.tiles, 'tile')}\n`,
  );
  out.write(
    `           ${plural(checked.checkpoints, 'signed checkpoint')}, each consistent with the next\n`,
  );
  if (report.extends !== undefined)
    out.write(`           extends the checkpoint of ${plural(report.extends, 'entry')} that you kept\n`);
  if (report.erased.redacted + report.erased.retained > 0) {
    out.write(
      `           ${plural(report.erased.redacted + report.erased.retained, 'line')} erased, as entries explain\n`,
    );
  }
  out.write(`  root     ${report.root ?? 'could not be computed'}\n`);
  out.write(`  key      ${report.key === undefined ? 'none that holds' : inert(report.key.vkey)}\n`);
  const room = Math.max(40, Math.min(call.terminal.width, 110) - NOTE_INDENT.length);
  for (const note of notShown(report, how.keyFrom)) {
    for (const line of wrap(note, room)) out.write(style.dim(`${NOTE_INDENT}${line}\n`));
  }
  out.write(`  took     ${formatDuration(how.elapsedMs)}\n\n${verdict}\n`);
  for (const fault of report.faults) out.write(`  ${style.red(fault.code)}  ${describe(fault)}\n`);
  if (report.faultCount > report.faults.length)
    out.write(`  and ${report.faultCount - report.faults.length} more\n`);
}

/** Who says that the key is the right one: whoever verifies, the file beside the trail, or the trail itself. */
type KeyFrom = 'reader' | 'folder' | 'trail';

const notShownBy: Readonly<Record<KeyFrom, readonly string[]>> = {
  reader: [],
  folder: [
    'the key that lies beside the trail: it shows that nothing changed since, not who wrote it; ' +
      'keep it elsewhere, and pass it with --key',
  ],
  trail: [
    'the key that the trail itself names: it shows that the trail agrees with itself, and no more, because ' +
      'whoever writes all of it anew names another; pass the key that you trust with --key',
  ],
};

/** What this verification cannot tell, so that nobody takes it for more. */
function notShown(report: TrailReport, keyFrom: KeyFrom): readonly string[] {
  if (report.extends !== undefined || report.key === undefined) return notShownBy[keyFrom];
  return [
    ...notShownBy[keyFrom],
    'not shown: that the trail was not put back to an earlier state, or signed anew by its own key; ' +
      'keep a copy of trail/checkpoint elsewhere, and pass it with --since',
  ];
}

function describe(fault: Fault): string {
  const range =
    fault.next === undefined ? `entry ${fault.index}` : `entries ${fault.index} to ${fault.next - 1}`;
  const where = fault.index === undefined ? '' : ` (${range})`;
  return `${inert(fault.key)}${where}: ${inert(fault.message)}`;
}

function reportJson(report: TrailReport) {
  return { ok: report.faultCount === 0, ...report };
}

function verifyProof(call: Call, file: string, keys: readonly VerifierKey[]): ExitStatus {
  if (keys.length === 0) {
    throw new UsageError(
      'A proof file proves nothing without a key that you trust: pass --key VKEY (see keys/log.vkey).',
    );
  }
  const { out, style } = call.terminal;
  if (statSync(file).size > proofFileSizeBytesMax)
    throw new UsageError(`${file} is too large to be a proof file.`);
  const proven = verifyProofFile(readFileSync(file), keys);
  if (call.output === 'json' || call.output === 'ndjson') {
    const shape = proven.ok
      ? {
          ok: true,
          index: proven.value.index,
          size: proven.value.opened.checkpoint.size,
          origin: proven.value.opened.checkpoint.origin,
        }
      : { ok: false, fault: proven.fault };
    out.write(`${JSON.stringify(shape)}\n`);
    return proven.ok ? 0 : 1;
  }
  if (!proven.ok) {
    out.write(`${style.red('✘ not proven')}: ${inert(proven.fault)}\n`);
    return 1;
  }
  const { index, opened } = proven.value;
  out.write(`${style.green('✔ proven')}: entry ${index} of the trail ${inert(opened.checkpoint.origin)}, `);
  out.write(`which had signed ${plural(opened.checkpoint.size, 'entry')}.\n`);
  if (proven.value.line === null)
    out.write('Its line was erased: the file shows that it was there, not what it said.\n');
  return 0;
}
