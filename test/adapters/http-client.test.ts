import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { httpClient } from '../../shared/adapters/local/http-client.ts';
import { type Answering, memoryHttpClient } from '../../shared/adapters/memory/http-client.ts';
import { httpClientContract, type OpenedClient } from '../contract/http-client.ts';

describe('in memory', () => {
  httpClientContract(async (answer) => ({
    client: memoryHttpClient(answer),
    url: 'http://127.0.0.1:9/',
    close: async () => undefined,
  }));
});

describe('over fetch', () => {
  httpClientContract(serve);

  test('a server that is not there is unavailable, and nothing of the request is told', async () => {
    const { url, close } = await serve(async () => 'close');
    await close();
    const request = { method: 'POST', url: `${url}?token=s3cret`, headers: {}, body: '' } as const;
    const error = await httpClient.send(request, { timeoutMs: 5_000, bodyLengthMax: 1 }).catch(String);
    expect(error).toBe('PortError: no answer (ECONNREFUSED)');
  });
});

async function serve(answer: Answering): Promise<OpenedClient> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const headers = request.headers as Record<string, string>;
      const body = Buffer.concat(chunks).toString('utf8');
      const found = await answer({ method: 'POST', url: request.url ?? '/', headers, body });
      if (found === 'hang') return;
      if (found === 'close') {
        response.destroy();
        return;
      }
      response.writeHead(found.status, found.headers);
      response.end(found.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    client: httpClient,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
