/**
 * What is wrong with an address that alerts are sent to; undefined for a good one. Messages quote nothing of it, since
 * a part of it may be a secret.
 */
export function addressFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null) return 'expected a URL such as https://example.com/hook';
  if (url.username !== '' || url.password !== '') return 'expected no name and password in the URL';
  if (url.hash !== '') return 'expected no fragment (#…) in the URL';
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return undefined;
  return 'expected https:// (http:// only to 127.0.0.1, [::1] or localhost)';
}

/** A link as people may follow it, or undefined: only the web, never a script or a file. */
export function linkTo(text: string | undefined, lengthMax = 2_000): string | undefined {
  if (text === undefined || text.length > lengthMax) return undefined;
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  return url.href.length > lengthMax ? undefined : url.href;
}

/** The URL parser has already made 127.1 and 0x7f000001 into dotted form. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
