import { expect, test } from 'vitest';
import type { Answering } from '../../shared/adapters/memory/http-client.ts';
import { type HttpClient, PortError } from '../../shared/ports.ts';

export interface OpenedClient {
  readonly client: HttpClient;
  readonly url: string;
  close(): Promise<void>;
}

const LIMITS = { timeoutMs: 10_000, bodyLengthMax: 100 };

/** What every HTTP client does. `open` stands a server up that answers like that. */
export function httpClientContract(open: (answer: Answering) => Promise<OpenedClient>): void {
  async function sent(answer: Answering, limits = LIMITS) {
    const { client, url, close } = await open(answer);
    const request = { method: 'POST', url, headers: { 'x-one': '1' }, body: 'ü {"a":1}' } as const;
    try {
      return await client.send(request, limits);
    } catch (error) {
      return error;
    } finally {
      await close();
    }
  }

  test('a request arrives as it was given, and its answer comes back', async () => {
    const seen: unknown[] = [];
    const answer = await sent(async ({ method, headers, body }) => {
      seen.push({ method, one: headers['x-one'], body });
      return { status: 202, headers: { 'Retry-After': '7' }, body: 'ö taken' };
    });
    expect(seen).toEqual([{ method: 'POST', one: '1', body: 'ü {"a":1}' }]);
    expect(answer).toMatchObject({ status: 202, headers: { 'retry-after': '7' }, body: 'ö taken' });
  });

  test.each([400, 404, 429, 500, 503])('status %d is an answer like any other', async (status) => {
    expect(await sent(async () => ({ status, headers: {}, body: '' }))).toMatchObject({ status });
  });

  test('a redirect is not followed', async () => {
    let count = 0;
    const answer = await sent(async ({ url }) => {
      count += 1;
      return { status: 307, headers: { location: url }, body: '' };
    });
    expect(answer).toMatchObject({ status: 307 });
    expect(count).toBe(1);
  });

  test('of a body that is too long, the beginning is read', async () => {
    const answer = await sent(async () => ({ status: 200, headers: {}, body: 'x'.repeat(1_000_000) }));
    expect(answer).toMatchObject({ status: 200, body: 'x'.repeat(LIMITS.bodyLengthMax) });
  });

  test.each(['hang', 'close'] as const)(
    'a server that does %s is unavailable, and may be asked again',
    async (how) => {
      const error = await sent(async () => how, { ...LIMITS, timeoutMs: 50 });
      expect(error).toBeInstanceOf(PortError);
      expect(error).toMatchObject({ code: 'unavailable', retryable: true });
      expect(String(error)).not.toContain('127.0.0.1');
    },
  );
}
