import { type Answering, memoryHttpClient } from '../../shared/adapters/memory/http-client.ts';
import type { Routing } from '../../shared/alert/route.ts';
import type { EnvironmentPlace } from '../../shared/detect/environment.ts';
import type { IncomingResponse, OutgoingRequest, Table } from '../../shared/ports.ts';
import { commonOutcome } from '../../shared/sinks/answer.ts';
import type { AnySink } from '../../shared/sinks/index.ts';
import { alertFold, type ListedAlert } from '../../shared/stages/alert.ts';
import { enqueue, sequence } from '../../shared/stages/append.ts';
import { AT_EASE, type DeliverySink, deliver, type Pace, type Pass } from '../../shared/stages/deliver.ts';
import type { FoldedEvent } from '../../shared/stages/fold.ts';
import { parseEvent } from '../../shared/stages/folded-event.ts';
import { readLines } from '../../shared/stages/read-trail.ts';
import { announceSinks } from '../../shared/stages/sinks.ts';
import type { PendingEntry } from '../../shared/trail/pending.ts';
import type { TrailPorts } from '../../shared/trail/sequence/trail-ports.ts';
import { testTrail } from '../trail/sequence/trail.ts';

/** What a receiver was told, as it kept it. */
export interface Told {
  readonly sink: string;
  readonly id: string;
  readonly change: string;
  readonly state: string;
  /** What the sink took it to be before. */
  readonly knew?: string | undefined;
  readonly about: string;
  readonly count: number;
  readonly isRepeat: boolean;
}

export interface World {
  readonly trail: TrailPorts;
  readonly told: readonly Told[];
  readonly opened: readonly string[];
  /** What each receiver does, by its name, before it keeps anything; keeps and answers 200 where it is undefined. */
  readonly behaviour: Map<
    string,
    (request: OutgoingRequest) => IncomingResponse | 'hang' | 'close' | 'lost' | undefined
  >;
  nowMs: number;
  append(...entries: readonly PendingEntry[]): Promise<void>;
  /** Commits what waits, and lets the alert fold follow. */
  settle(): Promise<void>;
  /** Forgets every row of the alert fold's making, and makes them again from the trail. */
  rebuild(): Promise<void>;
  /** One pass to one sink. */
  pass(sink?: string): Promise<Pass>;
  /** Passes and settling until nothing is left to do now. */
  run(): Promise<void>;
  readonly sinks: readonly DeliverySink[];
}

export interface WorldOptions {
  readonly sinks?: readonly string[];
  readonly routing?: Omit<Routing, 'sinks'>;
  readonly places?: readonly EnvironmentPlace[];
  readonly intervalMs?: number;
}

/** A receiver's sink that renders what matters here, and remembers what it was first told under. */
export const plainSink: AnySink = {
  id: 'plain',
  schema: {},
  secrets: [],
  intervalMs: 0,
  faults: () => [],
  render(message, { deliveryId, settings, reference }) {
    const of =
      message.kind === 'alert'
        ? {
            change: message.change,
            state: message.state,
            knew: message.told,
            about: message.alert.uid,
            count: message.alert.count,
          }
        : { change: 'deployment', state: 'deployed', about: message.uid, count: 1 };
    const body = JSON.stringify({ ...of, reference: reference ?? {} });
    const headers = { id: deliveryId };
    return [{ method: 'POST', url: String(settings['url']), headers, body, remember: { first: deliveryId } }];
  },
  read: (response) => commonOutcome(response) ?? { kind: 'refused', why: `HTTP ${response.status}` },
};

export const START_MS = Date.UTC(2026, 2, 4, 3);

export function makeWorld(
  options: WorldOptions = {},
): World & { dependencies(): Parameters<typeof deliver>[0] } {
  const { sinks: names = ['ops'], intervalMs = 0 } = options;
  const partitions = new Set<string>();
  const plain = testTrail();
  const trail = { ...plain, table: listening(plain.table, partitions) };
  const told: Told[] = [];
  const opened: string[] = [];
  const behaviour: World['behaviour'] = new Map();
  const paces = new Map<string, Pace>();
  const sinks = names.map((name) => ({ name, sink: plainSink, settings: { url: name }, intervalMs }));
  let cursor = 0;
  const ports = { ...trail, clock: () => new Date(world.nowMs) };
  const answer: Answering = async (request) => {
    const how = behaviour.get(request.url)?.(request);
    if (how !== undefined && how !== 'lost') return how;
    const id = request.headers['id'] ?? '';
    const body = JSON.parse(request.body) as Omit<Told, 'sink' | 'id' | 'isRepeat'>;
    told.push({ ...body, sink: request.url, id, isRepeat: told.some((each) => each.id === id) });
    return how === 'lost' ? 'hang' : { status: 200, headers: {}, body: '' };
  };
  const dependencies = () => ({
    ports,
    http: memoryHttpClient(answer),
    describe: async (_: ListedAlert) => ({ links: {} }),
  });
  const follow = async () => {
    const fold = alertFold({
      table: trail.table,
      routing: { sinks: names, routes: [], ...options.routing },
      ...(options.places === undefined ? {} : { places: options.places }),
      changed: (alert, change) => {
        if (change === 'opened') opened.push(alert.uid);
      },
    });
    const events: FoldedEvent[] = [];
    const first = cursor;
    for await (const { index, source, line } of readLines(trail, cursor, Number.MAX_SAFE_INTEGER)) {
      const event = parseEvent(line);
      if (event !== undefined) events.push({ index, source, event, record: undefined, raw: '' });
      cursor = index + 1;
    }
    await fold.apply(events, { first, next: cursor });
  };
  const world: ReturnType<typeof makeWorld> = {
    trail,
    told,
    opened,
    behaviour,
    sinks,
    dependencies,
    nowMs: START_MS,
    append: async (...entries) => {
      const who = { by: 'alice', via: 'settings' };
      // Within a millisecond, what is left first may be appended second.
      if ((await announceSinks(ports, names, who)) === 'announced') await world.settle();
      await enqueue(ports, entries);
    },
    settle: async () => {
      await sequence(ports);
      await follow();
    },
    rebuild: async () => {
      for (const pk of partitions) {
        if (!/^(alert|finding|silence|sink|due|delivery|dead|seen)/.test(pk)) continue;
        await trail.table.delete(await trail.table.query(pk, {}));
      }
      cursor = 0;
      await follow();
    },
    pass: async (name = names[0]) => {
      const sink = sinks.find((each) => each.name === name) as DeliverySink;
      const pass = await deliver(dependencies(), sink, paces.get(sink.name) ?? AT_EASE);
      paces.set(sink.name, pass.pace);
      return pass;
    },
    run: async () => {
      for (let round = 0; round < 100; round += 1) {
        await world.settle();
        let nextMs = Number.POSITIVE_INFINITY;
        for (const { name } of sinks) nextMs = Math.min(nextMs, (await world.pass(name)).nextMs ?? nextMs);
        if (nextMs > world.nowMs) break;
      }
      await world.settle();
    },
  };
  return world;
}

/** The same table, with the partitions that were ever written to. */
function listening(table: Table, partitions: Set<string>): Table {
  return {
    get: (keys) => table.get(keys),
    query: (pk, range) => table.query(pk, range),
    delete: (keys) => table.delete(keys),
    put: (row, condition) => {
      partitions.add(row.pk);
      return table.put(row, condition);
    },
    write: (rows) => {
      for (const { pk } of rows) partitions.add(pk);
      return table.write(rows);
    },
  };
}
