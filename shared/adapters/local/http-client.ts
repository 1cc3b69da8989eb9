import { type HttpClient, type IncomingResponse, PortError } from '../../ports.ts';

/** HTTP over fetch. */
export const httpClient: HttpClient = {
  async send({ method, url, headers, body }, { timeoutMs, bodyLengthMax }) {
    // One clock for the connection, the answer and all of its body.
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, { method, headers, body, redirect: 'manual', signal });
      return {
        status: response.status,
        headers: headersOf(response),
        body: await beginningOf(response, bodyLengthMax),
      };
    } catch (cause) {
      throw new PortError('unavailable', whyOf(cause, timeoutMs));
    }
  },
};

function headersOf(response: Response): IncomingResponse['headers'] {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of response.headers) headers[name] = value;
  return headers;
}

/** Bytes of a body that were asked for; the rest is never read. */
async function beginningOf({ body }: Response, lengthMax: number): Promise<string> {
  if (body === null) return '';
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return (text + decoder.decode()).slice(0, lengthMax);
    text += decoder.decode(value, { stream: true });
    if (text.length >= lengthMax) break;
  }
  await reader.cancel();
  return text.slice(0, lengthMax);
}

/** The system's code and nothing of the request: fetch's own message may quote the URL. */
function whyOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
  return `no answer (${/^[A-Za-z0-9_]{1,40}$/.test(code) ? code : 'error'})`;
}
