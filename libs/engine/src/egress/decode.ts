import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { errorCode } from './error-code.js';

/** The body without its `content-encoding`, or the reason why it cannot be read. A small body can unpack to gigabytes. */
export function decode(body: Buffer, encodings: string | undefined, maxBytes: number): Buffer | string {
  const applied = (encodings ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (applied.length > 2) return 'it is encoded too many times';
  let plain = body;
  for (const encoding of applied.reverse()) {
    if (plain.length === 0) return plain; // An answer to HEAD, or 204, names an encoding and has no body.
    try {
      plain = unpack(plain, encoding, maxBytes);
    } catch (error) {
      return errorCode(error) === 'ERR_BUFFER_TOO_LARGE'
        ? `it unpacks to more than ${maxBytes} bytes`
        : 'its encoding is unknown or broken';
    }
  }
  return plain;
}

function unpack(body: Buffer, encoding: string, maxOutputLength: number): Buffer {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(body, { maxOutputLength });
    case 'br':
      return brotliDecompressSync(body, { maxOutputLength });
    case 'deflate':
      // Half of the world sends a zlib header and half does not; 0x78 is its first byte.
      return body[0] === 0x78 ? inflateSync(body, { maxOutputLength }) : inflateRawSync(body, { maxOutputLength });
    default:
      throw new Error('unknown encoding');
  }
}
