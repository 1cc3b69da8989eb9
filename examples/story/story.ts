import { gzipSync } from 'node:zlib';
import { attack } from './attack.ts';
import { backgroundOfDay } from './background.ts';
import { AWS, type Team, teamsOf } from './cast.ts';
import { type Chance, makeChance } from './chance.ts';
import { deliver, planDelivery } from './delivery.ts';
import { DAY, HOUR, MINUTE, type Moment } from './moment.ts';

/** A file as a vendor would deliver it. */
export interface StoryFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Story {
  readonly attackStartsMs: number;
  /** Fourteen days in which three teams deliver as they should. */
  readonly fortnight: readonly StoryFile[];
  /** Forty minutes of the last night. */
  readonly night: readonly StoryFile[];
}

const DAYS = 14;

export interface StoryOptions {
  readonly nowMs: number;
  readonly seed: number;
  /** So many times the teams and their services, and the intruder's script run as often (default 1). */
  readonly volume?: number;
}

/** Tells the story up to `nowMs`. The same seed gives the same people, changes and digests. */
export function tellStory(options: StoryOptions): Story {
  const { volume = 1 } = options;
  const chance = makeChance(options.seed);
  const teams = teamsOf(volume);
  const midnightMs = Math.floor(options.nowMs / DAY) * DAY;
  const attackStartsMs = lastNight(midnightMs, options.nowMs);
  const normal: Moment[] = [];
  for (let day = DAYS; day >= 0; day -= 1)
    normal.push(...tellDay({ midnightMs: midnightMs - day * DAY, number: DAYS - day }, teams, chance));
  const night = attack(attackStartsMs, chance, volume);
  return {
    attackStartsMs,
    fortnight: pack(
      normal.filter(({ atMs }) => atMs < options.nowMs),
      'fortnight',
    ),
    night: pack(night, 'night'),
  };
}

/** Nineteen to three in the morning, UTC, at least an hour ago. */
function lastNight(midnightMs: number, nowMs: number): number {
  const tonight = midnightMs + 2 * HOUR + 41 * MINUTE;
  return tonight + HOUR + 40 * MINUTE <= nowMs ? tonight : tonight - DAY;
}

function tellDay(
  day: { readonly midnightMs: number; readonly number: number },
  teams: readonly Team[],
  chance: Chance,
): readonly Moment[] {
  const { midnightMs } = day;
  const weekday = new Date(midnightMs).getUTCDay();
  const isWorkday = weekday !== 0 && weekday !== 6;
  const moments = [...backgroundOfDay({ midnightMs, isWorkday }, teams, chance)];
  if (!isWorkday) return moments;
  for (const [n, team] of teams.entries()) {
    const count = chance.whole(2, 4);
    for (let each = 0; each < count; each += 1) {
      const plan = planDelivery(team, 100 + day.number * 10 + (n % 3) * 3 + each * 200, chance);
      const startMs = midnightMs + 8 * HOUR + (each * 110 + chance.whole(0, 60)) * MINUTE;
      moments.push(...deliver(plan, startMs, chance));
    }
  }
  return moments;
}

/** Puts each moment into the envelope of its road, in files like those that the vendor writes. */
function pack(moments: readonly Moment[], chapter: string): readonly StoryFile[] {
  const sorted = moments.toSorted((a, b) => a.atMs - b.atMs);
  const on = (road: Moment['road']) => sorted.filter((moment) => moment.road === road);
  const lines = (road: Moment['road'], shape: (moment: Moment) => unknown) =>
    Buffer.from(
      on(road)
        .map((moment) => `${JSON.stringify(shape(moment))}\n`)
        .join(''),
    );
  const files: StoryFile[] = [
    {
      path: `${chapter}/github/webhooks.ndjson`,
      bytes: lines('github-webhook', (moment) => ({
        headers: moment.headers,
        body: JSON.stringify(moment.event),
      })),
    },
    { path: `${chapter}/github/audit-log.ndjson`, bytes: lines('github-audit', (moment) => moment.event) },
    { path: `${chapter}/aws/eventbridge.ndjson`, bytes: lines('aws-eventbridge', (moment) => moment.event) },
    { path: `${chapter}/gcp/pubsub-push.ndjson`, bytes: lines('gcp-pubsub', pushOf) },
    ...byDay(on('aws-trail')).map(([day, events]) => ({
      path: `${chapter}/aws/AWSLogs/${AWS.account}/CloudTrail/${AWS.region}/${day}/${AWS.account}_CloudTrail_${AWS.region}_${day.replaceAll('/', '')}T0000Z_larkspur.json.gz`,
      bytes: gzipSync(JSON.stringify({ Records: events }), { level: 6 }),
    })),
    ...byDay(on('azure-eventhub')).map(([day, records]) => ({
      path: `${chapter}/azure/eventhub-${day.replaceAll('/', '-')}.json`,
      bytes: Buffer.from(JSON.stringify({ records })),
    })),
  ];
  return files.filter(({ bytes }) => bytes.length > 0);
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

function byDay(moments: readonly Moment[]): readonly (readonly [string, readonly unknown[]])[] {
  const days = Map.groupBy(moments, ({ atMs }) =>
    new Date(atMs).toISOString().slice(0, 10).replaceAll('-', '/'),
  );
  return [...days].map(([day, each]) => [day, each.map(({ event }) => event)] as const);
}
