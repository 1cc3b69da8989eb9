import type { NetworkEndpoint } from './event.ts';

/**
 * The endpoint behind what a source calls an address, which is often none: `ecs.amazonaws.com`, `AWS Internal`,
 * `private`, `203.0.113.7:443`. OCSF's `ip` must be one, so a host name goes to `domain` and any other word to
 * `name`. Without an address it is the fallback.
 */
export function endpointOf(address: string | undefined, fallback: NetworkEndpoint): NetworkEndpoint {
  const text = address?.trim() ?? '';
  if (text === '' || text === '-') return fallback;
  if (isIp(text)) return { ip: text };
  const [host, port] = splitPort(text);
  const isPort = port !== undefined && port <= 65_535;
  if (isPort && isIp(host)) return { ip: host, port };
  if (HOST.test(text)) return { domain: text };
  if (isPort && HOST.test(host)) return { domain: host, port };
  return { name: text };
}

/** Whether a text is an IPv4 or IPv6 address (RFC 4291 section 2.2), without port or brackets. */
export function isIp(text: string): boolean {
  if (text.length > 45) return false;
  return IPV4.test(text) || (text.includes(':') && isIpv6(text));
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** A dotted name whose last label has a letter: never a bare word, never digits and dots alone. */
const HOST =
  /^(?=.{1,253}$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z][A-Za-z0-9-]{0,62}$/;

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    if (half === '') continue;
    const parts = half.split(':');
    for (const [place, group] of parts.entries()) {
      const isLast = index === halves.length - 1 && place === parts.length - 1;
      if (isLast && IPV4.test(group)) groups += 2;
      else if (/^[0-9A-Fa-f]{1,4}$/.test(group)) groups += 1;
      else return false;
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8;
}

function splitPort(text: string): [host: string, port: number | undefined] {
  const match = /^(?:\[([^\]]{1,64})\]|([^:]{1,253})):(\d{1,5})$/.exec(text);
  if (match === null) return [text, undefined];
  return [match[1] ?? match[2] ?? '', Number(match[3])];
}
