import type { Check } from '../../functions/local/doctor/check.ts';
import { diagnose } from '../../functions/local/doctor/doctor.ts';
import { plural } from '../../functions/local/plural.ts';
import { inert } from '../../shared/inert.ts';
import type { Call, Command, ExitStatus } from '../command.ts';
import { writeListing } from '../output.ts';
import { wrap } from '../ui/wrap.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'look over the installation and the data folder, and say what to do',
  usage: '',
  about:
    'Checks Node.js, settings, rules, disk, keys and who can read them, whether table and trail agree, what waits and what ' +
    'was left behind, rejects, and silent sources. Changes nothing, so it is safe beside a hub that runs. It does not read ' +
    'the whole trail: "verify" does. The exit status is 0 whatever it finds; --output json is for scripts.',
  options: [],
  examples: [
    { line: 'doctor', does: 'what is wrong here?' },
    { line: 'doctor --data /srv/trail --output json', does: 'the same for a script or a monitor' },
  ],
  positionals: { min: 0, max: 0, name: '' },
  toleratesFaultySettings: true,
  run,
};

async function run(call: Call): Promise<ExitStatus> {
  const { dataFolder, settings, settingsFile, terminal } = call;
  const checks = await diagnose({
    folder: dataFolder,
    nowMs: terminal.now().getTime(),
    settings,
    settingsFile,
    environment: terminal.environment,
  });
  const countOf = (status: Check['status']) => checks.filter((check) => check.status === status).length;
  const [failed, warned] = [countOf('fail'), countOf('warn')];
  if (call.output === 'json') {
    const shape = { ok: failed === 0, failed, warned, checks: checks.map(checkJson) };
    terminal.out.write(`${JSON.stringify(shape, null, 2)}\n`);
    return 0;
  }
  if (call.output !== 'table') {
    writeListing<Check>(call, {
      columns: [
        { title: 'check', value: ({ check }) => check },
        { title: 'status', value: ({ status }) => status },
        { title: 'found', value: ({ found }) => found },
        { title: 'remedy', value: ({ remedy }) => remedy ?? '' },
      ],
      rows: checks,
      json: checkJson,
      empty: '',
    });
    return 0;
  }
  for (const [n, check] of checks.entries()) writeCheck(call, check, checks[n - 1]?.check === check.check);
  const { style } = terminal;
  const sum =
    failed + warned === 0
      ? style.green('Nothing to do.')
      : `${failed > 0 ? style.red(plural(failed, 'fault')) : 'No faults'}, ${warned > 0 ? style.yellow(plural(warned, 'warning')) : 'no warnings'}.`;
  terminal.out.write(`\n${sum}\n`);
  return 0;
}

function checkJson({ check, status, found, remedy }: Check) {
  return { check, status, found, remedy: remedy ?? null };
}

const NAME_WIDTH = 9;
const INDENT = ' '.repeat(NAME_WIDTH + 4);

function writeCheck({ terminal }: Call, { check, status, found, remedy }: Check, isMore: boolean): void {
  const { out, style, width } = terminal;
  const marks = { ok: style.green('✔'), warn: style.yellow('!'), fail: style.red('✘') };
  const room = Math.max(20, Math.min(width, 120) - INDENT.length);
  const [first = '', ...rest] = wrap(inert(found, 2000), room);
  out.write(`${marks[status]} ${(isMore ? '' : check).padEnd(NAME_WIDTH)}  ${first}\n`);
  for (const line of rest) out.write(`${INDENT}${line}\n`);
  for (const line of remedy === undefined ? [] : wrap(inert(remedy, 2000), room)) {
    out.write(`${INDENT}${style.dim(line)}\n`);
  }
}
