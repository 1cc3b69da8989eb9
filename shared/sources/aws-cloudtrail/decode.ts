import { decodeBase64 } from '../../json/base64.ts';
import { inflate } from '../../json/inflate.ts';
import { decodeUtf8 } from '../../json/text.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { RejectReason } from '../source.ts';

/** What one subscription or stream message may inflate to, bytes, and how much larger than it was. */
const INFLATED_BYTES_MAX = 64 * 1024 * 1024;
const RATIO_MAX = 100;

export interface DecodeFault {
  readonly reason: RejectReason;
  readonly message: string;
}

/** Text of the `data` of CloudWatch Logs, Kinesis and Firehose: base64 of JSON, or base64 of gzip of JSON. */
export function decodeData(base64: string): Result<string, DecodeFault> {
  const bytes = decodeBase64(base64);
  if (bytes === undefined) {
    return fail({
      reason: 'not-json',
      message: 'expected base64 in the data of a stream or subscription message',
    });
  }
  const inflated = inflate(bytes, { sizeBytesMax: INFLATED_BYTES_MAX, ratioMax: RATIO_MAX });
  if (!inflated.ok) return inflated;
  const text = decodeUtf8(inflated.value);
  if (text === undefined) {
    return fail({
      reason: 'not-utf8',
      message: 'expected UTF-8 in the data of a stream or subscription message',
    });
  }
  return ok(text);
}
