import { mapLiterals, plainText, type SigmaString } from './sigma-string.ts';

export type Encoding = 'base64' | 'base64offset' | 'utf16' | 'utf16le' | 'utf16be' | 'wide';

/** A value on its way through encodings; `bytes` says that its characters are bytes already. */
export interface Encoded {
  readonly value: SigmaString;
  readonly bytes: boolean;
}

/** Applies one encoding; a string is the fault. `base64offset` gives three values, one for each shift. */
export function encode(input: Encoded, encoding: Encoding): readonly Encoded[] | string {
  if (encoding === 'base64' || encoding === 'base64offset') {
    const text = plainText(input.value);
    if (text === undefined) return `a value for ${encoding} cannot have wildcards: escape them`;
    if (text === '') return `a value for ${encoding} cannot be empty`;
    const bytes = Buffer.from(text, input.bytes ? 'latin1' : 'utf8');
    const texts = encoding === 'base64' ? [bytes.toString('base64')] : shifts(bytes);
    return texts.map((each) => ({ value: [each], bytes: false }));
  }
  if (input.bytes) return `${encoding} cannot follow another UTF-16 encoding`;
  return [{ value: mapLiterals(input.value, (literal) => utf16(literal, encoding)), bytes: true }];
}

/** Strips what depends on the neighbours: the first characters of a shifted value, the last of an unfinished group. */
function shifts(bytes: Buffer): readonly string[] {
  const startAt = [0, 2, 3];
  const dropped = [0, 3, 2];
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift, ' '), bytes]).toString('base64');
    const drop = dropped[(bytes.length + shift) % 3] ?? 0;
    return text.slice(startAt[shift], text.length - drop);
  });
}

/** Each byte as one character. `utf16` is little-endian after a byte order mark. */
function utf16(text: string, encoding: Exclude<Encoding, 'base64' | 'base64offset'>): string {
  const bytes = Buffer.from(text, 'utf16le');
  if (encoding === 'utf16be') bytes.swap16();
  const mark = encoding === 'utf16' ? '\xff\xfe' : '';
  return mark + bytes.toString('latin1');
}
