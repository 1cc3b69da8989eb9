import { openConsole } from '../../../functions/local/console.ts';
import { type Hub, openHub } from '../../../functions/local/hub.ts';
import { beginIngestion } from '../../../functions/local/ingest.ts';
import { type LiveHub, runLive } from '../../../functions/local/live.ts';

/** A hub on loopback with a console, over what it took in. */
export interface ConsoleHub {
  readonly hub: Hub;
  readonly url: string;
  /** Lets one browser in, once. */
  link(): string;
  /** How often a browser was let in. */
  opened(): number;
  take(records: readonly object[]): Promise<void>;
  close(): Promise<void>;
}

export async function startConsole(
  folder: string,
  records: readonly object[],
  now: () => Date = () => new Date(),
): Promise<ConsoleHub> {
  const hub = await openHub({ folder, now, settings: { rules: [] } });
  let opened = 0;
  let live: LiveHub | undefined;
  const failed = (error: Error) => {
    throw error;
  };
  const take = async (more: readonly object[]) => {
    const ingestion = beginIngestion(hub, now);
    const text = more.map((record) => JSON.stringify(record)).join('\n');
    await ingestion.takeStream(chunks(text), {});
    await ingestion.finish();
  };
  await take(records);
  const pages = await openConsole({
    hub,
    rules: [],
    settle: async () => live?.settle(),
    opened: () => {
      opened += 1;
    },
    failed,
  });
  live = await runLive({
    hub,
    now,
    port: 0,
    githubSecrets: [],
    watch: [],
    routes: [pages.route],
    settled: async () => undefined,
    failed,
  });
  const url = `http://127.0.0.1:${live.port}`;
  return {
    hub,
    url,
    link: () => `${url}${pages.link()}`,
    opened: () => opened,
    take,
    close: async () => {
      await pages.close();
      await live?.close();
      hub.close();
    },
  };
}

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  if (text !== '') yield Buffer.from(text);
}
