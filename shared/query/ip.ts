/** IP addresses as numbers, for CIDR questions and for one spelling of each address. */

/** Both ends inclusive. Versions never mix, except that an IPv4-mapped IPv6 address is its IPv4 address. */
export interface IpRange {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** `10.0.0.0/8`, `2001:db8::/32`; undefined for anything else. Host bits are ignored. */
export function parseCidr(text: string): IpRange | undefined {
  const slash = text.indexOf('/');
  if (slash === -1) return undefined;
  const address = parseIp(text.slice(0, slash));
  const lengthText = text.slice(slash + 1);
  if (address === undefined || !/^[0-9]{1,3}$/.test(lengthText)) return undefined;
  const bits = address.version === 4 ? 32 : 128;
  const prefix = Number(lengthText);
  if (prefix > bits) return undefined;
  const hostBits = BigInt(bits - prefix);
  const first = (address.number >> hostBits) << hostBits;
  return { version: address.version, first, last: first | ((1n << hostBits) - 1n) };
}

export function inRange(text: string, range: IpRange): boolean {
  const address = parseIp(text);
  if (address === undefined || address.version !== range.version) return false;
  return address.number >= range.first && address.number <= range.last;
}

/** One spelling for every spelling of an address (IPv6 in full, lower case); undefined where it is no address. */
export function canonicalIp(text: string): string | undefined {
  const address = parseIp(text);
  if (address === undefined) return undefined;
  if (address.version === 4) {
    return [24n, 16n, 8n, 0n].map((shift) => String((address.number >> shift) & 0xffn)).join('.');
  }
  const digits = address.number.toString(16).padStart(32, '0');
  return (digits.match(/.{4}/g) ?? []).join(':');
}

interface IpAddress {
  readonly version: 4 | 6;
  readonly number: bigint;
}

const IP_LENGTH_MAX = 45;
const MAPPED_PREFIX = 0xffffn;

export function parseIp(text: string): IpAddress | undefined {
  if (text.length > IP_LENGTH_MAX || text.length < 2) return undefined;
  if (!text.includes(':')) return parseIp4(text);
  const number = parseIp6(text);
  if (number === undefined) return undefined;
  if (number >> 32n === MAPPED_PREFIX) return { version: 4, number: number & 0xffffffffn };
  return { version: 6, number };
}

function parseIp4(text: string): IpAddress | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let number = 0;
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    number = number * 256 + Number(part);
  }
  return { version: 4, number: BigInt(number) };
}

function parseIp6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  let number = 0n;
  for (const group of [...head, ...new Array<number>(missing).fill(0), ...tail]) {
    number = (number << 16n) | BigInt(group);
  }
  return number;
}

/** 16-bit groups; the last may be written as an IPv4 address where `last` says that the text ends there. */
function groupsOf(text: string, last: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [position, part] of parts.entries()) {
    if (last && position === parts.length - 1 && part.includes('.')) {
      const address = parseIp4(part);
      if (address === undefined) return undefined;
      groups.push(Number(address.number >> 16n), Number(address.number & 0xffffn));
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}
