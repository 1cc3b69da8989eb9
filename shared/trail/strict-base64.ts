/**
 * RFC 4648 section 4, exactly one spelling for each value: padded, no white space, unused bits zero. Undefined for
 * anything else. What is compared or signed as text must not have a second spelling.
 */
export function decodeStrictBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
