import type { Row, RowValue } from '../../ports.ts';

/** Attributes as one JSON text; bytes are `{"bytes":"<base64>"}`, which no other attribute value looks like. */
export function encodeAttributes(attributes: Row['attributes']): string {
  const plain: [string, unknown][] = [];
  for (const [name, value] of Object.entries(attributes)) plain.push([name, encodeValue(value)]);
  return JSON.stringify(Object.fromEntries(plain));
}

export function decodeAttributes(text: string): Row['attributes'] {
  const plain: Record<string, unknown> = JSON.parse(text);
  return Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, decodeValue(value)]));
}

function encodeValue(value: RowValue): unknown {
  return value instanceof Uint8Array ? { bytes: Buffer.from(value).toString('base64') } : value;
}

function decodeValue(value: unknown): RowValue {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { bytes } = value as { bytes: string };
    return new Uint8Array(Buffer.from(bytes, 'base64'));
  }
  return value as RowValue;
}
