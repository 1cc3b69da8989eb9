import type { TextTest } from './pattern.ts';

/** A test whether a text is an address of that network, or undefined when this is no network. */
export function compileCidr(network: string): TextTest | undefined {
  const [address = '', bits, ...rest] = network.trim().split('/');
  const words = parseIp(address);
  if (words === undefined || rest.length > 0) return undefined;
  const width = words.length * 16;
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) return undefined;
  // `::ffff:192.0.2.0/120` is the IPv4 network with 96 bits less.
  const mapped = width === 32 && address.includes(':') ? 96 : 0;
  const prefix = bits === undefined ? width : Number(bits) - mapped;
  if (prefix < 0 || prefix > width) return undefined;
  const masks = words.map((_, i) => maskOf(prefix - i * 16));
  return (text) => {
    const found = parseIp(text);
    if (found === undefined || found.length !== words.length) return false;
    return words.every((word, i) => ((word ^ (found[i] ?? 0)) & (masks[i] ?? 0)) === 0);
  };
}

/** Sixteen bits, of which the first so many count. */
function maskOf(bitCount: number): number {
  const kept = Math.min(Math.max(bitCount, 0), 16);
  return (0xffff << (16 - kept)) & 0xffff;
}

/** An address as 16-bit words: two for IPv4 and for IPv4 inside IPv6 (`::ffff:192.0.2.1`), else eight. */
function parseIp(text: string): readonly number[] | undefined {
  if (text.length > 64) return undefined;
  if (!text.includes(':')) return parseIpv4(text);
  const words = parseIpv6(text.replace(/%.*$/, ''));
  if (words === undefined) return undefined;
  const isMapped = words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff;
  return isMapped ? words.slice(6) : words;
}

function parseIpv4(text: string): readonly number[] | undefined {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (octets === undefined || octets.some((octet) => octet > 255)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = octets;
  return [a * 256 + b, c * 256 + d];
}

function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::').map(parseGroups);
  const [head, tail] = halves;
  if (halves.length > 2 || head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/** Groups of hex digits; the last may be written as IPv4. */
function parseGroups(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const words: number[] = [];
  for (const [i, group] of groups.entries()) {
    if (/^[\da-f]{1,4}$/i.test(group)) words.push(Number.parseInt(group, 16));
    else if (i === groups.length - 1 && group.includes('.'))
      words.push(...(parseIpv4(group) ?? [Number.NaN]));
    else return undefined;
  }
  return words.some(Number.isNaN) ? undefined : words;
}
