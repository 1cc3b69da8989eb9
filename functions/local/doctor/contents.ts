import type { ObjectStore, Table } from '../../../shared/ports.ts';
import { readSourceCounts } from '../../../shared/stages/source-counts.ts';
import { loadRules } from '../hub.ts';
import { plural } from '../plural.ts';
import { broken, type Check, doubtful, healthy, messageOf } from './check.ts';

const REJECTS_READ_MAX = 5_000;
const FAULTS_SHOWN = 3;
const SILENT_MS = 48 * 3_600_000;
/** What is not a source that could fall silent. */
const NOT_HEARD = new Set(['trailproof', 'unknown']);

export async function checkRules(folders: readonly string[]): Promise<readonly Check[]> {
  const book = await loadRules(folders).catch((error: unknown) => messageOf(error));
  if (typeof book === 'string') return [broken('rules', book, 'Mend "rules" in the settings.')];
  const faults = book.faults.filter(({ severity }) => severity === 'error');
  const working = `${plural(book.detector.rules.length, 'rule')} at work`;
  if (faults.length === 0) return [healthy('rules', working)];
  return [
    healthy('rules', working),
    ...faults
      .slice(0, FAULTS_SHOWN)
      .map(({ file, line, column, message }) =>
        broken(
          'rules',
          `${file}:${line}:${column}: ${message}`,
          `Mend it: "trailproof rules check ${file}" tells more.`,
        ),
      ),
    ...(faults.length > FAULTS_SHOWN
      ? [
          broken(
            'rules',
            `and ${plural(faults.length - FAULTS_SHOWN, 'fault')} more`,
            '"trailproof rules list" names all.',
          ),
        ]
      : []),
  ];
}

/** What was received and could not be read, by reason. */
export async function checkRejects(objects: Pick<ObjectStore, 'get' | 'list'>): Promise<Check> {
  const reasons = new Map<string, number>();
  let total = 0;
  for await (const key of objects.list('rejects/')) {
    total += 1;
    if (total > REJECTS_READ_MAX) continue;
    const reason = reasonOf((await objects.get(key))?.bytes);
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  if (total === 0) return healthy('rejects', 'none kept');
  const list = [...reasons].sort(([, a], [, b]) => b - a).map(([reason, number]) => `${number} ${reason}`);
  const more = total > REJECTS_READ_MAX ? `, of the first ${REJECTS_READ_MAX}` : '';
  return doubtful(
    'rejects',
    `${plural(total, 'record')} could not be read (${list.join(', ')}${more})`,
    'They are kept under trail/rejects/, each with its reason; mend the sender and deliver them again.',
  );
}

function reasonOf(bytes: Uint8Array | undefined): string {
  try {
    const content: unknown = JSON.parse(Buffer.from(bytes ?? []).toString('utf8'));
    return typeof content === 'object' && content !== null && 'reason' in content
      ? String(content.reason)
      : 'without a reason';
  } catch {
    return 'damaged';
  }
}

/** One line for each source: when it was last heard. */
export async function checkSources(table: Table, nowMs: number): Promise<readonly Check[]> {
  const sources = (await readSourceCounts(table)).filter(({ source }) => !NOT_HEARD.has(source));
  if (sources.length === 0) {
    return [
      doubtful(
        'sources',
        'no events of any source yet',
        '"trailproof ingest PATH" takes some in; docs/sources.md tells how to connect.',
      ),
    ];
  }
  return sources.map(({ source, lastMs, count: events }) => {
    const found = `${source}: ${plural(events, 'event')}, last ${new Date(lastMs).toISOString().slice(0, 19)}Z`;
    return nowMs - lastMs <= SILENT_MS
      ? healthy('sources', found)
      : doubtful(
          'sources',
          `${found}, ${plural(Math.floor((nowMs - lastMs) / 86_400_000), 'day')} ago`,
          'Silence of a source can be an attack: look whether it still delivers.',
        );
  });
}
