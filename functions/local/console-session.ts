import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Who may look: a token in a link lets one browser in, once, and becomes its session. All of it is in memory: a hub
 * that starts again lets nobody in until its new link is opened.
 */
export interface Sessions {
  /** The token that lets the next browser in. */
  token(): string;
  /** The id of a new session, where the token is the one that is waiting; it is then used up. */
  open(token: string): string | undefined;
  find(id: string | undefined): Session | undefined;
}

export interface Session {
  /** The token of a form that is sent to a path: of this session and this path alone. */
  formToken(path: string): string;
}

export const SESSION_S = 12 * 3600;
/** More browsers than anybody has; the oldest leaves. */
const SESSIONS_MAX = 20;

export function openSessions(nowMs: () => number, opened: () => void): Sessions {
  let waiting = secret();
  const sessions = new Map<string, { readonly key: Buffer; readonly endsMs: number }>();
  return {
    token: () => waiting,
    open(token) {
      if (!sameSecret(token, waiting)) return undefined;
      waiting = secret();
      const id = secret();
      const [oldest] = sessions.keys();
      if (sessions.size >= SESSIONS_MAX && oldest !== undefined) sessions.delete(oldest);
      sessions.set(nameOf(id), { key: randomBytes(32), endsMs: nowMs() + SESSION_S * 1000 });
      opened();
      return id;
    },
    find(id) {
      // By its hash: how long the search takes says nothing of the id.
      const name = nameOf(id ?? '');
      const session = sessions.get(name);
      if (session === undefined) return undefined;
      if (nowMs() > session.endsMs) {
        sessions.delete(name);
        return undefined;
      }
      return {
        formToken: (path) => createHmac('sha256', session.key).update(path).digest('base64url'),
      };
    },
  };
}

/** Compares in constant time, whatever the lengths. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

function nameOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
