/** The bytes behind base64 in the standard or the URL alphabet, with or without padding; undefined for other text. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const body = text.endsWith('==') ? text.slice(0, -2) : text.endsWith('=') ? text.slice(0, -1) : text;
  const padding = text.length - body.length;
  if (body.length % 4 === 1 || (padding > 0 && text.length % 4 !== 0)) return undefined;
  if (!ALPHABET.test(body)) return undefined;
  return new Uint8Array(Buffer.from(body, 'base64'));
}

const ALPHABET = /^[A-Za-z0-9+/]*$|^[A-Za-z0-9_-]*$/;
