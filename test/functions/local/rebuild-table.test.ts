import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { placesIn } from '../../../functions/local/compose.ts';
import { openHub } from '../../../functions/local/hub.ts';
import { beginIngestion, type IngestReport } from '../../../functions/local/ingest.ts';
import { rebuildTable } from '../../../functions/local/rebuild-table.ts';
import { cloudTrailRecord } from '../../cli/support/roads.ts';

const folder = mkdtempSync(join(tmpdir(), 'trailproof-rebuild-'));
const now = () => new Date(Date.UTC(2026, 4, 4, 12));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function take(record: object): Promise<IngestReport> {
  const hub = await openHub({ folder, settings: { rules: [] }, now });
  try {
    const ingestion = beginIngestion(hub, now);
    await ingestion.takeBody(Buffer.from(JSON.stringify(record)), {
      source: 'aws.cloudtrail',
      attributes: {},
    });
    return await ingestion.finish();
  } finally {
    hub.close();
  }
}

test('a rebuilt table still tells a second copy of an event from one that contradicts it', async () => {
  const record = cloudTrailRecord(1);
  expect(await take(record)).toMatchObject({ appended: 1, duplicates: 0 });
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${placesIn(folder).table}${suffix}`, { force: true });
  expect((await rebuildTable(folder, now)).ok).toBe(true);
  expect(await take(record)).toMatchObject({ appended: 0, duplicates: 1 });
  expect(await take({ ...record, errorCode: 'AccessDenied' })).toMatchObject({ appended: 1, findings: 1 });
});
