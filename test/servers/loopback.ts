import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** How a server of ours misbehaves: before it does anything, except `lost`, which does everything but answer. */
export type Failure =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang'
  | 'close'
  | 'lost';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answered {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Loopback {
  readonly url: string;
  /** Every request that arrived, answered or not. */
  readonly asked: readonly Asked[];
  /** The next `count` requests fail like this; `Infinity` until called again with 0. */
  fail(count: number, how: Failure): void;
  /** Refuses connections, as a machine that is off does; `up` brings it back at the same address. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

const BODY_MAX = 4_000_000;

/** An HTTP server on 127.0.0.1 that records what it was asked and can be told to fail. */
export async function startLoopback(answer: (asked: Asked) => Answered): Promise<Loopback> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  let failing: { count: number; how: Failure } = { count: 0, how: 'close' };

  function take(request: Asked, response: ServerResponse): void {
    asked.push(request);
    if (failing.count > 0) {
      failing.count -= 1;
      const { how } = failing;
      if (how === 'hang') return;
      if (how === 'lost') answer(request);
      if (how === 'lost' || how === 'close') {
        response.socket?.destroy();
        return;
      }
      response.writeHead(how.status, how.headers).end(how.body ?? '');
      return;
    }
    const { status, headers, body } = answer(request);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  }

  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > BODY_MAX) incoming.destroy();
      else chunks.push(chunk);
    });
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const { method = '', url = '', headers } = incoming;
      take({ method, path: url, headers, body }, response);
    });
    incoming.on('error', () => {});
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;

  const down = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    fail(count, how) {
      failing = { count, how };
    },
    down,
    up: () => listen(server, port),
    close: () => (server.listening ? down() : Promise.resolve()),
  };
}

/** So many requests are served in a window, and the rest is told when to come again. */
export interface RateLimit {
  readonly count: number;
  readonly windowMs: number;
  readonly retryAfterS: number;
}

/** Whether a request is one too many. */
export function limiter(limit: RateLimit | undefined): (key: string) => boolean {
  const times = new Map<string, number[]>();
  return (key) => {
    if (limit === undefined) return false;
    const now = Date.now();
    const recent = (times.get(key) ?? []).filter((time) => now - time < limit.windowMs);
    times.set(key, recent);
    if (recent.length >= limit.count) return true;
    recent.push(now);
    return false;
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
