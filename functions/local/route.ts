/** A request that reached the hub on loopback: Host checked, body bounded and read. */
export interface HubRequest {
  readonly method: string;
  /** Without the query, percent-encoding as received. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface HubResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Chunks are sent as they are made: a download has no bound. */
  readonly body: string | Uint8Array | AsyncIterable<string>;
}

/** Answers what is its own, and undefined for everything else. It authenticates its requests itself. */
export type Route = (request: HubRequest) => Promise<HubResponse | undefined>;
