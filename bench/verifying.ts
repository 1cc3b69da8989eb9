import { readFileSync } from 'node:fs';
import { openTrail } from '../functions/local/compose.ts';
import { openReadOnly } from '../functions/local/read-only.ts';
import { proveEvent } from '../shared/stages/prove.ts';
import { readLine } from '../shared/stages/query-lookup.ts';
import { parseVerifierKey } from '../shared/trail/key.ts';
import { formatProofFile, verifyProofFile } from '../shared/trail/proof-file.ts';
import { verifyTrail } from '../shared/trail/verify.ts';
import { cpuOf, quantile } from './measure.ts';

export interface VerifyResult {
  readonly entries: number;
  /** Of CPU, for the whole trail: signatures, tiles, entries, blocks and lines. */
  readonly entriesPerSecond: number;
  readonly proofP95Ms: number;
}

const PROOFS = 200;

/** Verifies the trail in a folder, and then proofs of some of its events. */
export async function measureVerify(folder: string): Promise<VerifyResult> {
  const trail = await openTrail({ folder: `${folder}/trail`, now: () => new Date() });
  try {
    const { us, value: report } = await cpuOf(() =>
      verifyTrail({ store: openReadOnly(`${folder}/trail/trail`) }),
    );
    if (report.faultCount > 0) throw new Error(`the trail does not verify: ${report.faults[0]?.message}`);
    const key = parseVerifierKey(readFileSync(`${folder}/trail/keys/log.vkey`, 'utf8').trim());
    if (!key.ok) throw new Error(key.fault);
    const times: number[] = [];
    for (let n = 0; n < PROOFS; n += 1) {
      const index = 1 + Math.floor((n * (report.size - 1)) / PROOFS);
      const line = await readLine(trail.ports, index);
      const proof = await proveEvent(trail.ports, { index, line: line?.line ?? '' });
      if (!proof.ok) throw new Error(proof.fault);
      const text = formatProofFile(proof.value);
      const { us: proofUs, value } = await cpuOf(() => verifyProofFile(text, [key.value]));
      if (!value.ok) throw new Error(value.fault);
      times.push(proofUs / 1000);
    }
    return {
      entries: report.size,
      entriesPerSecond: report.size / (us / 1e6),
      proofP95Ms: quantile(times, 0.95),
    };
  } finally {
    trail.close();
  }
}
