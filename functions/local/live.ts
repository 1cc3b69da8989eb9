import { hash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sources } from '../../shared/sources/index.ts';
import type { DeliverySink } from '../../shared/stages/deliver.ts';
import { refusalEntry } from '../../shared/stages/refusal.ts';
import { placesIn } from './compose.ts';
import { runDeliveries } from './deliveries.ts';
import { readChunks } from './find-files.ts';
import { type Answer, type Delivery, type Refusal, type RunningServer, serve } from './http.ts';
import { type Hub, HubStopped, type Settled } from './hub.ts';
import { beginIngestion } from './ingest.ts';
import type { Route } from './route.ts';
import { watch } from './watch.ts';

export interface LiveOptions {
  readonly hub: Hub;
  readonly now: () => Date;
  readonly port: number;
  /** Secrets themselves, already resolved. */
  readonly githubSecrets: readonly string[];
  /** Files and folders to take in, now and whenever they change. */
  readonly watch: readonly string[];
  /** What else the hub serves beside deliveries. What they leave to be appended is, soon after any POST. */
  readonly routes?: readonly Route[];
  /** Where alerts are sent. */
  readonly sinks?: readonly DeliverySink[];
  /** Address of the console, where others reach it. */
  readonly linkBase?: string | undefined;
  readonly settled: (settled: Settled) => Promise<void>;
  /** What nobody waits for has failed; the hub goes on. */
  readonly failed: (error: Error) => void;
}

export interface LiveHub {
  readonly port: number;
  /** Commits what waits and brings every fold up to it, in its turn. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** What arrives within this time is one commit. */
const GATHER_MS = 1000;
/** So often somebody looks whether time has passed for what waits for it, though nothing arrives. */
const PULSE_MS = 30_000;
/** Refused deliveries that become events of their own, per minute: a flood must not fill the trail. */
const REFUSALS_PER_MINUTE = 60;

/** Listens and watches until it is closed. A delivery is answered once it is durable; folds follow within a second or so. */
export async function runLive(options: LiveOptions): Promise<LiveHub> {
  const { hub } = options;
  const work = serialQueue(options.failed);
  let timer: NodeJS.Timeout | undefined;
  const settleSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void work(async () => settled(await hub.settle()));
    }, GATHER_MS);
  };
  const deliveries = runDeliveries({
    hub,
    sinks: options.sinks ?? [],
    linkBase: options.linkBase,
    left: settleSoon,
    failed: options.failed,
  });
  const settled = async (found: Settled): Promise<void> => {
    deliveries.ring();
    await options.settled(found);
  };
  const server = await serve({
    port: options.port,
    gate: { token: hubToken(hub.trail.folder), githubSecrets: options.githubSecrets },
    sources: sources.map(({ id }) => id),
    take: (delivery) => take(options, delivery).finally(settleSoon),
    refused: refusalRecorder(options, settleSoon),
    routes: (options.routes ?? []).map((route) => followedUp(route, settleSoon)),
  });
  const pulse = setInterval(settleSoon, PULSE_MS);
  const stopWatching = watch({
    paths: options.watch,
    failed: options.failed,
    changed: async (paths) => {
      let faults: ReadonlyMap<string, Error> = new Map();
      await work(async () => {
        faults = await takeFiles({ ...options, settled }, paths);
      });
      return faults;
    },
  });
  return {
    port: server.port,
    settle: () => work(async () => settled(await hub.settle())),
    close: async () => {
      clearInterval(pulse);
      // What they leave to be appended is committed by whoever settles last.
      await deliveries.close();
      await closeAll({ server, stopWatching, timer, work });
    },
  };
}

/** What a form or a button leaves to be appended is in force within a second or so. */
function followedUp(route: Route, settleSoon: () => void): Route {
  return async (request) => {
    const found = await route(request);
    if (found !== undefined && request.method === 'POST') settleSoon();
    return found;
  };
}

async function closeAll(parts: {
  readonly server: RunningServer;
  readonly stopWatching: () => void;
  readonly timer: NodeJS.Timeout | undefined;
  readonly work: (job: () => Promise<void>) => Promise<void>;
}): Promise<void> {
  parts.stopWatching();
  clearTimeout(parts.timer);
  await parts.server.close();
  await parts.work(async () => undefined);
}

/** One job after the other; a job that fails is reported, and the next runs. */
function serialQueue(failed: (error: Error) => void): (job: () => Promise<void>) => Promise<void> {
  let tail: Promise<void> = Promise.resolve();
  return (job) => {
    tail = tail.then(job).catch((error: unknown) => failed(asError(error)));
    return tail;
  };
}

async function take({ hub, now }: LiveOptions, delivery: Delivery): Promise<Answer> {
  const { source, body, attributes } = delivery;
  const { read, events, rejected, control } = await beginIngestion(hub, now).takeBody(body, {
    source,
    attributes,
  });
  return { status: 202, body: { read, events, rejected, control } };
}

/** The token of this hub, made at the first start; mode 0600. */
export function hubToken(folder: string): string {
  const file = join(placesIn(folder).keys, 'hub.token');
  if (!existsSync(file))
    writeFileSync(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}

/** Class A of malformed input: the body's hash and the harmless headers are kept, the body is not. */
function refusalRecorder(options: LiveOptions, settleSoon: () => void): (refusal: Refusal) => void {
  let minute = 0;
  let count = 0;
  return (refusal) => {
    const atMs = options.now().getTime();
    const current = Math.floor(atMs / 60_000);
    count = current === minute ? count + 1 : 1;
    minute = current;
    if (count > REFUSALS_PER_MINUTE) return;
    const { body, ...rest } = refusal;
    const entry = refusalEntry({
      ...rest,
      timeMs: atMs,
      sizeBytes: body.byteLength,
      sha256: hash('sha256', body, 'hex'),
      nonce: randomBytes(16).toString('hex'),
    });
    options.hub.append([entry]).then(settleSoon, options.failed);
  };
}

/**
 * Takes files one by one, so that one that cannot be read keeps none of the others, and follows up. Answers with those
 * that failed.
 */
async function takeFiles(
  options: LiveOptions,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Error>> {
  const { hub, now, failed } = options;
  const ingestion = beginIngestion(hub, now);
  const faults = new Map<string, Error>();
  for (const path of paths) {
    const chunks = readChunks(path, () => undefined);
    await ingestion.takeStream(chunks, { file: path }).catch((error: unknown) => {
      faults.set(path, asError(error));
    });
  }
  try {
    await options.settled(await ingestion.finish());
  } catch (error) {
    // All of it waits to be appended, durably: taking it in again would only make more of it wait.
    if (error instanceof HubStopped) failed(error);
    else for (const path of paths) faults.set(path, asError(error));
  }
  return faults;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
