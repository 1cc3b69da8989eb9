import { cutInert } from './cut.ts';
import type { HttpResponse, Outcome } from './sink.ts';

/** Longest pause that a receiver may ask for: beyond it, asking again does no harm. */
const PAUSE_MAX_MS = 3_600_000;

/** What a status says that every receiver means alike; undefined where the sink itself has to say. */
export function commonOutcome(response: HttpResponse): Outcome | undefined {
  const { status } = response;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const why = `HTTP ${status}${said(response.body)}`;
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return { kind: 'retry', why, afterMs: pauseMs(response) };
  }
  return undefined;
}

/** `Retry-After` in seconds or as a date, which is read against the receiver's own clock. RFC 9110, section 10.2.3. */
export function pauseMs({ headers }: HttpResponse): number | undefined {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1_000, PAUSE_MAX_MS);
  const pause = Date.parse(text) - Date.parse(headers['date'] ?? '');
  return Number.isNaN(pause) ? undefined : Math.min(Math.max(pause, 0), PAUSE_MAX_MS);
}

/** The beginning of what the receiver said, for the list of deliveries. */
export function said(body: string): string {
  const text = cutInert(body.slice(0, 300).trim(), 200);
  return text === '' ? '' : `: ${text}`;
}
