export interface ConsoleRequest {
  readonly method: string;
  /** Without the query, percent-encoding as received. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Uint8Array;
}

export interface ConsoleResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | AsyncIterable<string>;
}

/**
 * Nothing but what the server itself has sent is run, shown or called; no page is framed; no address of ours leaves for
 * another site.
 */
const SECURITY: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

export function page(
  status: number,
  document: string,
  more: Readonly<Record<string, string>> = {},
): ConsoleResponse {
  return {
    status,
    headers: {
      ...SECURITY,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      ...more,
    },
    body: document,
  };
}

export function json(value: unknown): ConsoleResponse {
  return {
    status: 200,
    headers: { ...SECURITY, 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: `${JSON.stringify(value)}\n`,
  };
}

/** To be looked at after a form was sent: reloading it sends nothing again. */
export function seeOther(location: string, more: Readonly<Record<string, string>> = {}): ConsoleResponse {
  return {
    status: 303,
    headers: { ...SECURITY, 'cache-control': 'no-store', location, ...more },
    body: '',
  };
}

/** Never shown in the browser: it is data of strangers. */
export function download(
  file: { readonly name: string; readonly type: string },
  body: ConsoleResponse['body'],
): ConsoleResponse {
  return {
    status: 200,
    headers: {
      ...SECURITY,
      'content-type': `${file.type}; charset=utf-8`,
      'content-disposition': `attachment; filename="${file.name.replaceAll(/[^\w.-]/g, '_')}"`,
      'cache-control': 'no-store',
    },
    body,
  };
}

/** A file whose name changes with its bytes. */
export function immutable(type: string, bytes: Uint8Array): ConsoleResponse {
  return {
    status: 200,
    headers: { ...SECURITY, 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' },
    body: bytes,
  };
}
