import { setTimeout } from 'node:timers/promises';
import { httpClient } from '../../shared/adapters/local/http-client.ts';
import type { ListedAlert } from '../../shared/stages/alert.ts';
import { AT_EASE, type DeliverySink, type Described, deliver } from '../../shared/stages/deliver.ts';
import { wakeSnoozed } from '../../shared/stages/snooze.ts';
import { runbookFor } from './alert-text.ts';
import type { Hub } from './hub.ts';
import { linksToAlert } from './links.ts';

export interface DeliveriesOptions {
  readonly hub: Pick<Hub, 'trail' | 'rules'>;
  readonly sinks: readonly DeliverySink[];
  /** Address of the console, where others reach it. */
  readonly linkBase: string | undefined;
  /** Something was left to be appended. */
  readonly left: () => void;
  readonly failed: (error: Error) => void;
}

export interface Deliveries {
  /** Something may be due. */
  ring(): void;
  /** Resolves when nothing is being sent any more. */
  close(): Promise<void>;
}

/** Another process may have left something to be told; nobody rings then. */
const POLL_MS = 2_000;
const AFTER_FAULT_MS = 5_000;

/** Sends what is due, to each sink in its own time, until it is closed. Begun only when the folds have caught up. */
export function runDeliveries(options: DeliveriesOptions): Deliveries {
  const { hub, sinks } = options;
  const rings = new Set<() => void>();
  const stopping = new AbortController();
  const dependencies = {
    ports: hub.trail.ports,
    http: httpClient,
    describe: (alert: ListedAlert) => describeAlert(hub, options.linkBase, alert),
  };
  const loops = [
    ...sinks.map((sink) => {
      let pace = AT_EASE;
      return loop(options, { rings, stopping }, async () => {
        const pass = await deliver(
          { ...dependencies, isStopping: () => stopping.signal.aborted },
          sink,
          pace,
        );
        pace = pass.pace;
        if (pass.delivered + pass.dead > 0) options.left();
        return pass.nextMs;
      });
    }),
    loop(options, { rings, stopping }, async () => {
      const { woken, nextMs } = await wakeSnoozed(hub.trail.ports);
      if (woken > 0) options.left();
      return nextMs;
    }),
  ];
  return {
    ring: () => {
      for (const ring of rings) ring();
    },
    async close() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

/** How long something that ends by itself waits for its sinks. */
const PATIENCE_MS = 60_000;

/** Sends everything that is due now, for something that ends after it; a sink that is away is not waited for long. */
export async function deliverAll(
  options: Pick<DeliveriesOptions, 'hub' | 'sinks' | 'linkBase'>,
): Promise<{ readonly delivered: number; readonly waiting: readonly string[] }> {
  const { hub, sinks, linkBase } = options;
  const { ports } = hub.trail;
  const endMs = ports.clock().getTime() + PATIENCE_MS;
  const describe = (alert: ListedAlert) => describeAlert(hub, linkBase, alert);
  let delivered = 0;
  const waiting = await Promise.all(
    sinks.map(async (sink) => {
      let pace = AT_EASE;
      for (;;) {
        const pass = await deliver({ ports, http: httpClient, describe }, sink, pace);
        pace = pass.pace;
        delivered += pass.delivered;
        if (pass.nextMs === undefined) return [];
        // What is held back for a day, as digests are, is not what a sink did not take.
        if (pass.nextMs >= endMs || pace.failures > 2) return pace.failures > 0 ? [sink.name] : [];
        await setTimeout(Math.max(0, pass.nextMs - ports.clock().getTime()));
      }
    }),
  );
  return { delivered, waiting: waiting.flat() };
}

interface Bell {
  readonly rings: Set<() => void>;
  readonly stopping: AbortController;
}

/** Again and again: when it is time, when it rings, and now and then. */
async function loop(
  { hub, failed }: DeliveriesOptions,
  { rings, stopping }: Bell,
  round: () => Promise<number | undefined>,
): Promise<void> {
  const { signal } = stopping;
  while (!signal.aborted) {
    const rung = new AbortController();
    const ring = () => rung.abort();
    rings.add(ring);
    let waitMs: number;
    try {
      const nextMs = await round();
      const nowMs = hub.trail.ports.clock().getTime();
      waitMs = Math.min(POLL_MS, Math.max(0, (nextMs ?? Number.POSITIVE_INFINITY) - nowMs));
    } catch (error) {
      failed(error instanceof Error ? error : new Error(String(error)));
      waitMs = AFTER_FAULT_MS;
    }
    await setTimeout(waitMs, undefined, { signal: AbortSignal.any([signal, rung.signal]) }).catch(
      () => undefined,
    );
    rings.delete(ring);
  }
}

/** The runbook filled in for an alert, and where the console shows it. */
export async function describeAlert(
  hub: Pick<Hub, 'trail' | 'rules'>,
  linkBase: string | undefined,
  alert: ListedAlert,
): Promise<Described> {
  return { runbook: await runbookFor(hub, alert), links: linksToAlert(linkBase, alert) };
}
