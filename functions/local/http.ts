import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { authenticate, type Gate } from './authenticate.ts';
import type { HubResponse, Route } from './route.ts';

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
  /** What else is served: the first that answers, answers. Each authenticates its requests itself. */
  readonly routes?: readonly Route[];
}

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Raw bytes of one delivery; what it may inflate to is bounded where it is inflated. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;
/** Of every other request: forms, and the buttons of Slack and PagerDuty. */
const FORM_BYTES_MAX = 1024 * 1024;
/** Of a body that is too large, read and thrown away. */
const DRAINED_BYTES_MAX = 2 * BODY_BYTES_MAX;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Serves `POST /ingest/<source>` and some routes, on loopback and nowhere else. No delivery is answered before it is
 * durable.
 */
export async function serve(options: HttpOptions): Promise<RunningServer> {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, maxHeaderSize: 16_384 },
    (request, response) => {
      answer(request, response, options).catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
        response.destroy();
      });
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

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpOptions,
): Promise<void> {
  let found: HubResponse;
  try {
    found = await respond(request, options);
  } catch (error) {
    // Whoever hangs up half way is no fault of the hub's, and is not heard any more.
    if (!request.complete && request.destroyed) return;
    const retry = error instanceof Error && 'retryable' in error && error.retryable === true;
    found = inJson({
      status: retry ? 503 : 500,
      body: { error: retry ? 'Try again.' : 'The hub failed; see its terminal.' },
    });
    if (!retry)
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
  // A body that would have to be made is not made to be thrown away.
  const isHead = request.method === 'HEAD';
  await send(response, isHead ? { ...found, body: '' } : found);
}

async function respond(request: IncomingMessage, options: HttpOptions): Promise<HubResponse> {
  if (!isLoopbackHost(request.headers.host))
    return inJson({ status: 421, body: { error: 'This hub answers to localhost only.' } });
  const target = request.url ?? '';
  const cut = target.indexOf('?');
  const path = cut < 0 ? target : target.slice(0, cut);
  const ingest = /^\/ingest\/([a-z0-9.]+)$/.exec(path);
  if (ingest !== null) return inJson(await takeDelivery(request, ingest[1] ?? '', options));
  const { routes = [] } = options;
  const body = routes.length === 0 ? new Uint8Array() : await readBody(request, FORM_BYTES_MAX);
  if (body === undefined)
    return inJson({ status: 413, body: { error: `A body has at most ${FORM_BYTES_MAX} bytes.` } });
  const asked = {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(cut < 0 ? '' : target.slice(cut + 1)),
    headers: attributesOf(request),
    body,
  };
  for (const route of routes) {
    const found = await route(asked);
    if (found !== undefined) return found;
  }
  return inJson({
    status: 404,
    body: { error: 'Expected POST /ingest/<source>.', sources: options.sources },
  });
}

async function takeDelivery(request: IncomingMessage, source: string, options: HttpOptions): Promise<Answer> {
  if (request.method !== 'POST')
    return { status: 405, body: { error: `Expected POST, found ${request.method}.` } };
  if (!options.sources.includes(source)) {
    return { status: 404, body: { error: `There is no source ${source}.`, sources: options.sources } };
  }
  const body = await readBody(request, BODY_BYTES_MAX);
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

async function readBody(request: IncomingMessage, bytesMax: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    // Whoever stops reading cuts the line, and the sender never hears why.
    if (sizeBytes > DRAINED_BYTES_MAX) return undefined;
    if (sizeBytes <= bytesMax) chunks.push(chunk);
  }
  return sizeBytes > bytesMax ? undefined : Buffer.concat(chunks);
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

function inJson(answer: Answer): HubResponse {
  return {
    status: answer.status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
    body: `${JSON.stringify(answer.body)}\n`,
  };
}

/** A body that is made while it is sent waits for a reader that is slower, and ends with one that has gone. */
async function send(response: ServerResponse, { status, headers, body }: HubResponse): Promise<void> {
  response.writeHead(status, headers);
  if (typeof body === 'string' || body instanceof Uint8Array) {
    response.end(body);
    return;
  }
  try {
    await pipeline(Readable.from(body), response);
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!gone) throw error;
  }
}
