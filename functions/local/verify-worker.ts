/** Verifies a trail on a thread of its own: hashing every line must not keep deliveries or pages waiting. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Verification } from '../../console/verifications.ts';
import { parseVerifierKey } from '../../shared/trail/key.ts';
import { verifyTrail } from '../../shared/trail/verify.ts';
import { openReadOnly } from './read-only.ts';

const { folder, vkey, atMs } = workerData as {
  readonly folder: string;
  readonly vkey: string;
  readonly atMs: number;
};
const FAULTS_KEPT = 100;

const key = parseVerifierKey(vkey);
const startedMs = performance.now();
const report = await verifyTrail({ store: openReadOnly(folder), keys: key.ok ? [key.value] : [] });
const { lines, entries, tiles, checkpoints } = report.checked;
const verification: Verification = {
  atMs,
  tookMs: Math.round(performance.now() - startedMs),
  isWhole: report.faultCount === 0,
  lines,
  entries,
  tiles,
  checkpoints,
  faults: report.faults
    .slice(0, FAULTS_KEPT)
    .map(({ code, key: object, message }) => ({ code, key: object, message })),
};
parentPort?.postMessage(verification);
