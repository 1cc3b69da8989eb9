import { writeFileSync } from 'node:fs';
import { proveEvent } from '../../shared/stages/prove.ts';
import { formatProofFile } from '../../shared/trail/proof-file.ts';
import { type Call, type Command, type ExitStatus, IoError } from '../command.ts';
import { findEvent } from '../find-event.ts';
import { withTrail } from '../with-trail.ts';

export const prove: Command = {
  name: 'prove',
  summary: 'write the proof of one event, to be checked by anybody offline',
  usage: 'UID [-o FILE]',
  about:
    'Writes one JSON file with the event as stored, its entry, and a C2SP tlog-proof@v1: the inclusion proof and the ' +
    'signed checkpoint. With the log key, "verify FILE --key VKEY" checks it without this trail and without a network.',
  options: [
    { name: 'file', short: 'o', value: 'FILE', about: 'where to write it (default standard output)' },
  ],
  examples: [
    { line: 'prove 3f9a12bc', does: 'the proof of the event whose uid begins so' },
    { line: 'prove 3f9a12bc -o event.proof.json', does: 'into a file, to be sent to an auditor' },
  ],
  positionals: { min: 1, max: 1, name: 'UID' },
  run,
};

async function run(call: Call): Promise<ExitStatus> {
  return withTrail<ExitStatus>(call, async (trail) => {
    const found = await findEvent(trail, call.positionals[0] ?? '');
    const proof = await proveEvent(trail.ports, found);
    if (!proof.ok)
      throw new IoError(
        `Entry ${found.index} cannot be proven: ${proof.fault}. "trailproof verify" says more.`,
      );
    const text = formatProofFile(proof.value);
    const file = call.option('file');
    const { out, style } = call.terminal;
    if (file === undefined) {
      out.write(text);
      return 0;
    }
    writeFileSync(file, text);
    out.write(`${style.green('✔')} The proof of entry ${found.index} is in ${file}.\n`);
    out.write(style.dim(`Anybody can check it: npx trailproof verify ${file} --key ${trail.keys.vkey}\n`));
    return 0;
  });
}
