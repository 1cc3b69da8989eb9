import { gzipSync } from 'node:zlib';
import { AWS } from './cast.ts';
import type { Moment } from './moment.ts';

/** A file as a vendor would deliver it. */
export interface StoryFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A moment in the envelope of its road, as it will stand in a file. */
interface Packed {
  readonly atMs: number;
  readonly road: Moment['road'];
  readonly bytes: Uint8Array;
}

const NEWLINE = Buffer.from('\n');

/**
 * Gathers moments and puts them into files like those that the vendors write. A moment is text as soon as it is told: a
 * company of a hundred times the teams has a million values that nobody needs twice.
 */
export function packer(chapter: string): {
  add(moments: readonly Moment[]): void;
  files(): readonly StoryFile[];
} {
  const packed: Packed[] = [];
  return {
    add(moments) {
      for (const moment of moments) {
        const { atMs, road } = moment;
        packed.push({ atMs, road, bytes: Buffer.from(JSON.stringify(enveloped(moment))) });
      }
    },
    files: () =>
      filesOf(
        packed.toSorted((a, b) => a.atMs - b.atMs),
        chapter,
      ),
  };
}

function filesOf(sorted: readonly Packed[], chapter: string): readonly StoryFile[] {
  const on = (road: Moment['road']) => sorted.filter((each) => each.road === road);
  const files: StoryFile[] = [
    { path: `${chapter}/github/webhooks.ndjson`, bytes: lines(on('github-webhook')) },
    { path: `${chapter}/github/audit-log.ndjson`, bytes: lines(on('github-audit')) },
    { path: `${chapter}/aws/eventbridge.ndjson`, bytes: lines(on('aws-eventbridge')) },
    { path: `${chapter}/gcp/pubsub-push.ndjson`, bytes: lines(on('gcp-pubsub')) },
    ...byDay(on('aws-trail')).map(([day, records]) => ({
      path: `${chapter}/aws/AWSLogs/${AWS.account}/CloudTrail/${AWS.region}/${day}/${AWS.account}_CloudTrail_${AWS.region}_${day.replaceAll('/', '')}T0000Z_larkspur.json.gz`,
      bytes: gzipSync(list('Records', records), { level: 6 }),
    })),
    ...byDay(on('azure-eventhub')).map(([day, records]) => ({
      path: `${chapter}/azure/eventhub-${day.replaceAll('/', '-')}.json`,
      bytes: list('records', records),
    })),
  ];
  return files.filter(({ bytes }) => bytes.length > 0);
}

function lines(moments: readonly Packed[]): Uint8Array {
  return Buffer.concat(moments.flatMap(({ bytes }) => [bytes, NEWLINE]));
}

function list(member: string, moments: readonly Packed[]): Uint8Array {
  const between = Buffer.from(',');
  const items = moments.flatMap(({ bytes }, i) => (i === 0 ? [bytes] : [between, bytes]));
  return Buffer.concat([Buffer.from(`{"${member}":[`), ...items, Buffer.from(']}')]);
}

function enveloped(moment: Moment): unknown {
  switch (moment.road) {
    case 'github-webhook':
      return { headers: moment.headers, body: JSON.stringify(moment.event) };
    case 'gcp-pubsub':
      return pushOf(moment);
    default:
      return moment.event;
  }
}

function pushOf(moment: Moment): unknown {
  const messageId = String(moment.atMs) + String(moment.event['insertId']).replaceAll(/\D/g, '').slice(0, 4);
  return {
    message: {
      data: Buffer.from(JSON.stringify(moment.event)).toString('base64'),
      messageId,
      publishTime: new Date(moment.atMs + 1500).toISOString(),
      attributes: { 'logging.googleapis.com/timestamp': String(moment.event['timestamp']) },
    },
    subscription: 'projects/larkspur-shop/subscriptions/audit-to-trailproof',
  };
}

function byDay(moments: readonly Packed[]): readonly (readonly [string, readonly Packed[]])[] {
  const days = Map.groupBy(moments, ({ atMs }) =>
    new Date(atMs).toISOString().slice(0, 10).replaceAll('-', '/'),
  );
  return [...days];
}
