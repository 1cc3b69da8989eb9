import type { Severity } from '../../shared/alert/alert.ts';
import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import { actorOf, operationOf, resourceOf } from '../../shared/ocsf/names.ts';
import { hexIds } from '../../shared/query/hex-ids.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { listFindings } from '../../shared/stages/alert.ts';
import { parseEvent, rawElsewhere } from '../../shared/stages/folded-event.ts';
import { proveEvent } from '../../shared/stages/prove.ts';
import { findByUid, readLine, UID_PREFIX_MIN } from '../../shared/stages/query-lookup.ts';
import { trailSize } from '../../shared/stages/read-trail.ts';
import { countOf } from '../../shared/stages/tally.ts';
import { openCheckpoint } from '../../shared/trail/checkpoint.ts';
import { decodeEntry } from '../../shared/trail/entry.ts';
import { formatVerifierKey, verifierKey } from '../../shared/trail/key.ts';
import { parseTlogProof } from '../../shared/trail/proof.ts';
import type { ProofFile } from '../../shared/trail/proof-file.ts';
import { isoTime, type Question, term } from '../parts.ts';
import type { ConsolePorts } from '../ports.ts';

export interface EventView {
  readonly index: number;
  readonly uid: string;
  readonly size: number;
  readonly nowMs: number;
  readonly dataFolder: string | undefined;
  /** undefined where it was erased: its place can still be proven. */
  readonly event: OcsfEvent | undefined;
  readonly line: string;
  /** The record as received. */
  readonly raw: string;
  readonly proof: ProofView | string;
  readonly near: readonly Near[];
  readonly findings: readonly { readonly uid: string; readonly title: string; readonly severity: Severity }[];
}

/** What else a person would look at next. */
export interface Near {
  readonly name: string;
  readonly value: string;
  readonly question: Question;
  readonly total: number;
  readonly isExact: boolean;
}

export interface ProofView {
  readonly file: ProofFile;
  readonly index: number;
  /** Of the tree that the checkpoint is of. */
  readonly size: number;
  /** Hex. */
  readonly root: string;
  /** Siblings, from the leaf upwards. */
  readonly path: readonly ProofStep[];
  readonly appendedMs: number;
  readonly origin: string;
  readonly vkey: string;
  readonly checkpoint: string;
}

export interface ProofStep {
  readonly side: 'left' | 'right';
  /** Hex. */
  readonly hash: string;
}

export type Found =
  | { readonly kind: 'one'; readonly uid: string; readonly index: number }
  | { readonly kind: 'several'; readonly uids: readonly string[] }
  | { readonly kind: 'none' };

/** The event whose uid begins so. */
export async function findEvent(ports: ConsolePorts, prefix: string): Promise<Found> {
  const rows = prefix.length < UID_PREFIX_MIN ? [] : await findByUid(ports.table, prefix);
  const [row] = rows;
  if (row === undefined) return { kind: 'none' };
  return rows.length > 1
    ? { kind: 'several', uids: rows.map(({ uid }) => uid) }
    : { kind: 'one', uid: row.uid, index: row.index };
}

export async function readEvent(
  ports: ConsolePorts,
  index: number,
): Promise<{ readonly line: string; readonly event: OcsfEvent | undefined; readonly raw: string }> {
  const line = (await readLine(ports, index))?.line ?? '';
  const event = line === '' ? undefined : parseEvent(line);
  const raw = event === undefined ? '' : (event.raw_data ?? (await rawElsewhere(ports, event)));
  return { line, event, raw };
}

export async function loadEvent(
  ports: ConsolePorts,
  found: { readonly uid: string; readonly index: number },
): Promise<EventView> {
  const { line, event, raw } = await readEvent(ports, found.index);
  return {
    ...found,
    size: await trailSize(ports),
    nowMs: ports.clock().getTime(),
    dataFolder: ports.dataFolder,
    event,
    line,
    raw,
    proof: await proofOf(ports, { index: found.index, line }),
    near: event === undefined ? [] : await nearOf(ports, event, raw),
    findings: await findingsOn(ports, found.uid),
  };
}

async function proofOf(
  ports: ConsolePorts,
  event: { readonly index: number; readonly line: string },
): Promise<ProofView | string> {
  const key = verifierKey(ports.signer.name, ports.signer.publicKey);
  const file = await proveEvent(ports, event);
  if (!file.ok) return file.fault;
  const proof = parseTlogProof(file.value.proof);
  const entry = decodeEntry(file.value.entry);
  if (!proof.ok || !entry.ok) return 'the proof cannot be read';
  const opened = openCheckpoint(proof.value.checkpoint, [key]);
  if (!opened.ok) return opened.fault;
  const { size, root, origin } = opened.value.checkpoint;
  return {
    file: file.value,
    index: event.index,
    size,
    root: hex(root),
    path: pathOf(event.index, size, proof.value.hashes.map(hex)),
    appendedMs: entry.value.timeMs,
    origin,
    vkey: formatVerifierKey(key),
    checkpoint: proof.value.checkpoint,
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** On which side each sibling stands: RFC 9162 section 2.1.3.2. */
function pathOf(index: number, size: number, hashes: readonly string[]): readonly ProofStep[] {
  let node = index;
  let last = size - 1;
  return hashes.map((hash) => {
    const isLeft = node % 2 === 1 || node === last;
    if (isLeft) {
      while (node % 2 === 0 && node > 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
    return { side: isLeft ? 'left' : 'right', hash };
  });
}

const HOUR_MS = 3_600_000;
const NEAR_MAX = 8;

async function nearOf(ports: ConsolePorts, event: OcsfEvent, raw: string): Promise<readonly Near[]> {
  const near: Near[] = [];
  for (const { name, value, question } of questionsAbout(event, raw).slice(0, NEAR_MAX)) {
    const parsed = parseQuery(question.q, { nowMs: 0 });
    if (!parsed.ok) continue;
    const times = {
      sinceMs: question.since === undefined ? undefined : Date.parse(question.since),
      untilMs: question.until === undefined ? undefined : Date.parse(question.until),
    };
    const counted = await countOf(ports, { expression: parsed.value, ...times });
    near.push({ name, value, question, ...counted });
  }
  return near;
}

function questionsAbout(event: OcsfEvent, raw: string): readonly Pick<Near, 'name' | 'value' | 'question'>[] {
  const around = { since: isoTime(event.time - HOUR_MS), until: isoTime(event.time + HOUR_MS) };
  const { commits, digests } = hexIds(event, raw);
  const wanted: readonly (readonly [name: string, field: string, value: string, times?: typeof around])[] = [
    ['same actor, an hour around', 'actor', actorOf(event), around],
    ['same actor', 'actor', actorOf(event)],
    ['same session', 'actor', event.actor?.session?.uid ?? ''],
    ['same address', 'ip', event.src_endpoint?.ip ?? event.evidences?.[0]?.src_endpoint?.ip ?? ''],
    ['same resource', 'resource', resourceOf(event)],
    ['same run', 'run', event.metadata.correlation_uid ?? ''],
    ['same commit', 'commit', commits[0] ?? ''],
    ['same digest', 'digest', digests[0] ?? ''],
    ['same operation', 'operation', event.finding_info === undefined ? operationOf(event) : ''],
  ];
  return wanted
    .filter(([, , value]) => value !== '' && value.length <= 512)
    .map(([name, field, value, times]) => ({
      name,
      value,
      question: { q: term(field, value), ...times },
    }));
}

/** Findings that are looked through for those about an event. */
const FINDINGS_READ = 500;

async function findingsOn(ports: ConsolePorts, uid: string): Promise<EventView['findings']> {
  const listed = await listFindings(ports.table, FINDINGS_READ);
  return listed
    .filter(({ finding }) => finding.findings.some(({ event }) => event.uid === uid))
    .map(({ finding }) => ({
      uid: finding.findings[0]?.uid ?? '',
      title: finding.title,
      severity: finding.severity,
    }));
}
