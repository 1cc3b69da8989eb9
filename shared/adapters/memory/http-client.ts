import { type HttpClient, type IncomingResponse, type OutgoingRequest, PortError } from '../../ports.ts';

/** What a server does with a request: it answers, never does, or hangs up. */
export type Answering = (request: OutgoingRequest) => Promise<IncomingResponse | 'hang' | 'close'>;

/** HTTP to a function in the same process; it waits for nobody. */
export function memoryHttpClient(answer: Answering): HttpClient {
  return {
    async send(request, { timeoutMs, bodyLengthMax }) {
      const found = await answer(request);
      if (found === 'hang') throw new PortError('unavailable', `no answer within ${timeoutMs} ms`);
      if (found === 'close') throw new PortError('unavailable', 'no answer (closed)');
      const headers = Object.entries(found.headers).map(([name, value]) => [name.toLowerCase(), value]);
      return {
        status: found.status,
        headers: Object.fromEntries(headers) as Record<string, string>,
        body: found.body.slice(0, bodyLengthMax),
      };
    },
  };
}
