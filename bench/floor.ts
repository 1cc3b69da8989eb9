import { hash } from 'node:crypto';
import { gunzipSync, zstdCompressSync } from 'node:zlib';
import { elements, parseWhole } from '../shared/json/document.ts';
import { cpuOf } from './measure.ts';

/** Lines that are compressed together. */
const BLOCK_LINES = 1000;

/**
 * What no pipeline can do without, in library calls alone: gunzip and parse each file, stringify one OCSF event for
 * each record with the record's text in it, hash that line, compress blocks of them. The event has few members and
 * always the same, so that the floor does not move with what our own lines hold. Returns microseconds of CPU.
 */
export async function floorUs(files: readonly Uint8Array[]): Promise<number> {
  // The texts of the records are cut out beforehand: cutting is the pipeline's own work.
  const texts = files.map((file) => {
    const whole = parseWhole(gunzipSync(file).toString());
    return whole.ok ? elements(whole.value, 'Records').map(({ text }) => Buffer.from(text).toString()) : [];
  });
  const { us } = await cpuOf(() => {
    let block: string[] = [];
    for (const [n, file] of files.entries()) {
      const { Records } = JSON.parse(gunzipSync(file).toString()) as { readonly Records: readonly Native[] };
      for (const [at, record] of Records.entries()) {
        const line = JSON.stringify(eventOf(record, texts[n]?.[at] ?? ''));
        hash('sha256', line, 'buffer');
        block.push(line);
        if (block.length < BLOCK_LINES) continue;
        zstdCompressSync(block.join('\n'));
        block = [];
      }
    }
    if (block.length > 0) zstdCompressSync(block.join('\n'));
  });
  return us;
}

interface Native {
  readonly [key: string]: unknown;
  readonly userIdentity: { readonly arn: string; readonly accountId: string; readonly type: string };
}

function eventOf(record: Native, text: string): object {
  const { userIdentity } = record;
  return {
    metadata: {
      version: '1.8.0',
      uid: record['eventID'],
      product: { name: 'CloudTrail', vendor_name: 'AWS' },
    },
    category_uid: 6,
    class_uid: 6003,
    type_uid: 600302,
    activity_id: 2,
    severity_id: 1,
    time: 1767225600000,
    actor: {
      user: { name: userIdentity.arn, type: userIdentity.type, account: { uid: userIdentity.accountId } },
    },
    api: {
      operation: record['eventName'],
      service: { name: record['eventSource'] },
      request: { uid: record['requestID'] },
    },
    cloud: { provider: 'AWS', region: record['awsRegion'] },
    src_endpoint: { ip: record['sourceIPAddress'] },
    http_request: { user_agent: record['userAgent'] },
    raw_data: text,
  };
}
