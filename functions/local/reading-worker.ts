/** What runs in a reading thread: files become readings there, and nothing is written. See reading-thread.ts. */
import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { sources } from '../../shared/sources/index.ts';
import { createReader, type SourceReading } from '../../shared/sources/read.ts';
import { readStream } from '../../shared/stages/ingest.ts';
import { readChunks } from './find-files.ts';
import { AHEAD_MAX, type FileRequest, type ToMain, type ToThread } from './reading-thread.ts';

/** A message has readings of about so many events, or of lines of so many characters. */
const MESSAGE_COUNT = 250;
const MESSAGE_LENGTH = 1024 * 1024;

const reader = createReader({
  sources,
  random: (sizeBytes) => new Uint8Array(randomBytes(sizeBytes)),
  salt: workerData as Uint8Array,
});
let credits = AHEAD_MAX;
let resume = (): void => undefined;

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'file') {
    void readFile(message);
  } else {
    credits += 1;
    resume();
  }
});

function post(message: ToMain): void {
  parentPort?.postMessage(message);
}

async function readFile({ path, source, receivedAtMs }: FileRequest): Promise<void> {
  let sizeBytes = 0;
  const chunks = readChunks(path, (count) => {
    sizeBytes += count;
  });
  const delivery = { source, receivedAt: new Date(receivedAtMs), attributes: { file: path }, chunks };
  try {
    for await (const readings of gathered(readStream(reader, delivery))) {
      await credit();
      post({ kind: 'readings', readings, sizeBytes });
      sizeBytes = 0;
    }
    post({ kind: 'end', sizeBytes });
  } catch (error) {
    const { message, code, path: place } = error as NodeJS.ErrnoException;
    post({ kind: 'failed', message, code, path: place });
  }
}

/** Waits until the other side has taken enough: what is read ahead is in memory. */
async function credit(): Promise<void> {
  while (credits === 0) {
    await new Promise<void>((resolve) => {
      resume = resolve;
    });
  }
  credits -= 1;
}

async function* gathered(
  stream: AsyncIterable<readonly SourceReading[]>,
): AsyncGenerator<readonly SourceReading[]> {
  let waiting: SourceReading[] = [];
  let count = 0;
  let length = 0;
  for await (const readings of stream) {
    for (const reading of readings) {
      // What its line says is parsed on the other side: copying it there would cost more.
      const events = reading.events.map(({ parsed: _, ...event }) => event);
      waiting.push({ ...reading, events });
      count += 1 + events.length;
      for (const { line } of events) length += line.length;
    }
    if (count < MESSAGE_COUNT && length < MESSAGE_LENGTH) continue;
    yield waiting;
    waiting = [];
    count = 0;
    length = 0;
  }
  if (waiting.length > 0) yield waiting;
}
