import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { authenticate, type Gate } from './authenticate.ts';

/** What the hub does with one body that was let in. Resolves once it is durable. */
export type TakeBody = (delivery: Delivery) => Promise<Answer>;

export interface Delivery {
  readonly source: string;
  readonly body: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A delivery that was turned away: only the hash of its body and its harmless headers are ever kept. */
export interface Refusal {
  readonly source: string;
  readonly why: string;
  readonly body: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly address: string;
}

export interface HttpOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly gate: Gate;
  readonly sources: readonly string[];
  readonly take: TakeBody;
  readonly refused: (refusal: Refusal) => void;
}

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Raw bytes of one body; what it may inflate to is bounded where it is inflated. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;

/** Serves `POST /ingest/<source>` on loopback. Nothing else listens, and nothing is answered before it is durable. */
export async function serve(options: HttpOptions): Promise<RunningServer> {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, maxHeaderSize: 16_384 },
    (request, response) => {
      respond(request, options).then(
        (answer) => send(response, answer),
        (error: unknown) => {
          const retry = error instanceof Error && 'retryable' in error && error.retryable === true;
          send(response, {
            status: retry ? 503 : 500,
            body: { error: retry ? 'Try again.' : 'The hub failed; see its terminal.' },
          });
          if (!retry)
            process.stderr.write(
              `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
            );
        },
      );
    },
  );
  await listen(server, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

async function respond(request: IncomingMessage, options: HttpOptions): Promise<Answer> {
  if (!isLoopbackHost(request.headers.host))
    return { status: 421, body: { error: 'This hub answers to localhost only.' } };
  const path = (request.url ?? '').split('?')[0] ?? '';
  const route = /^\/ingest\/([a-z0-9.]+)$/.exec(path);
  if (route === null)
    return { status: 404, body: { error: 'Expected POST /ingest/<source>.', sources: options.sources } };
  if (request.method !== 'POST')
    return { status: 405, body: { error: `Expected POST, found ${request.method}.` } };
  const source = route[1] ?? '';
  if (!options.sources.includes(source)) {
    return { status: 404, body: { error: `There is no source ${source}.`, sources: options.sources } };
  }
  const body = await readBody(request);
  if (body === undefined)
    return { status: 413, body: { error: `A body has at most ${BODY_BYTES_MAX} bytes.` } };
  const attributes = attributesOf(request);
  const why = authenticate({ source, body, attributes }, options.gate);
  if (why !== undefined) {
    options.refused({
      source,
      why,
      body,
      attributes: harmless(attributes),
      address: request.socket.remoteAddress ?? 'unknown',
    });
    return { status: 401, body: { error: why } };
  }
  return options.take({ source, body: unwrapForm(body, attributes), attributes: harmless(attributes) });
}

/** A page of another site must not reach a hub on loopback by a name that it points there (DNS rebinding). */
function isLoopbackHost(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/.test(host ?? '');
}

async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function attributesOf(request: IncomingMessage): Record<string, string> {
  const attributes: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) attributes[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return attributes;
}

const SECRET_HEADER =
  /^(authorization|proxy-authorization|cookie|x-hub-signature.*|x-gitlab-token|.*-(token|secret|key))$/;

function harmless(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !SECRET_HEADER.test(name)));
}

/** GitHub may send `payload=<JSON>` as a form; its signature, checked before, is over the form's bytes. */
function unwrapForm(body: Uint8Array, attributes: Readonly<Record<string, string>>): Uint8Array {
  if (!attributes['content-type']?.startsWith('application/x-www-form-urlencoded')) return body;
  const payload = new URLSearchParams(Buffer.from(body).toString('utf8')).get('payload');
  return payload === null ? body : Buffer.from(payload);
}

function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(`${JSON.stringify(answer.body)}\n`);
}
