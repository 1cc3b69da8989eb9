import { decodeBase64 } from '../json/base64.ts';
import { parseWhole, part } from '../json/document.ts';
import {
  isArray,
  isObject,
  type JsonDocument,
  type JsonObject,
  type JsonValue,
  member,
} from '../json/json.ts';
import { decodeUtf8 } from '../json/text.ts';

/** A webhook's body with the headers that it came with. */
export interface KeptRequest {
  readonly document: JsonDocument;
  /** Headers, names in lower case. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * What a request that was kept as `{"headers":{...},"body":...}` carried; functions behind gateways see requests in
 * the same form. The body may be JSON, the text of JSON, that in base64, or a form's `payload`.
 */
export function unwrapRequest(document: JsonDocument): KeptRequest | undefined {
  const { value } = document;
  const headers = member(value, 'headers');
  const body = member(value, 'body');
  if (!isObject(headers) || body === undefined || body === null) return undefined;
  const inner = typeof body === 'string' ? parseBody(body, value) : part(document, 'body');
  if (inner === undefined || typeof inner.value !== 'object') return undefined;
  return { document: inner, attributes: headersOf(headers) };
}

function parseBody(body: string, request: JsonValue): JsonDocument | undefined {
  const text = member(request, 'isBase64Encoded') === true ? textOf(body) : body;
  if (text === undefined) return undefined;
  const parsed = parseWhole(text.startsWith('payload=') ? formPayload(text) : text);
  return parsed.ok ? parsed.value : undefined;
}

function textOf(base64: string): string | undefined {
  const bytes = decodeBase64(base64);
  return bytes === undefined ? undefined : decodeUtf8(bytes);
}

/** The older content type of GitHub's webhooks, application/x-www-form-urlencoded. */
function formPayload(text: string): string {
  return new URLSearchParams(text).get('payload') ?? '';
}

const HEADERS_MAX = 200;

function headersOf(headers: JsonObject): Record<string, string> {
  const attributes: [string, string][] = [];
  for (const name of Object.keys(headers).slice(0, HEADERS_MAX)) {
    const value = headers[name];
    const first = isArray(value) ? value[0] : value;
    if (typeof first === 'string') attributes.push([name.toLowerCase(), first]);
  }
  // From entries: a header called `__proto__` stays a header.
  return Object.fromEntries(attributes);
}
