import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError, type AwsRequest } from '../../service.ts';

export interface VerifiedBody {
  readonly bytes: Buffer;
  /** MD5 in hexadecimal: the ETag. */
  readonly md5: string;
  /** `x-amz-checksum-…` headers to keep with the object: those sent and found right. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** S3's limit for one PUT or one part. */
const MAX_BODY_BYTES = 5 * 1024 ** 3;

const ALGORITHMS: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  crc32: (bytes) => base64OfUint32(crc32(bytes)),
  crc32c: (bytes) => base64OfUint32(crc32c(bytes)),
  sha1: (bytes) => createHash('sha1').update(bytes).digest('base64'),
  sha256: (bytes) => createHash('sha256').update(bytes).digest('base64'),
};

/**
 * The object bytes of a request: the `aws-chunked` framing taken off, every checksum that was sent verified.
 *
 * @throws AwsError BadDigest, XAmzContentSHA256Mismatch, IncompleteBody, EntityTooLarge
 */
export function verifiedBody(request: AwsRequest): VerifiedBody {
  const { headers } = request;
  const isChunked = (headers['content-encoding'] ?? '').split(/\s*,\s*/).includes('aws-chunked');
  const isStreaming = (headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  const { bytes, trailers } =
    isChunked || isStreaming ? unchunk(Buffer.from(request.body)) : { bytes: Buffer.from(request.body), trailers: {} };
  if (bytes.length > MAX_BODY_BYTES) {
    throw new AwsError(
      'EntityTooLarge',
      `Your proposed upload of ${bytes.length} bytes exceeds the maximum allowed size of ${MAX_BODY_BYTES}`,
    );
  }
  const declared = headers['x-amz-decoded-content-length'];
  if (declared !== undefined && Number(declared) !== bytes.length) {
    throw new AwsError('IncompleteBody', `the request declares ${declared} bytes and carries ${bytes.length}`);
  }
  const md5 = createHash('md5').update(bytes);
  const md5Base64 = md5.copy().digest('base64');
  const contentMd5 = headers['content-md5'];
  if (contentMd5 !== undefined && contentMd5 !== md5Base64) throw badDigest('Content-MD5', contentMd5, md5Base64);
  verifyPayloadHash(headers['x-amz-content-sha256'], bytes);
  return { bytes, md5: md5.digest('hex'), checksums: verifiedChecksums({ ...headers, ...trailers }, bytes) };
}

function verifyPayloadHash(declared: string | undefined, bytes: Buffer): void {
  if (declared === undefined || !/^[0-9a-f]{64}$/.test(declared)) return;
  if (createHash('sha256').update(bytes).digest('hex') !== declared) {
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed",
    );
  }
}

function verifiedChecksums(headers: Readonly<Record<string, string>>, bytes: Buffer): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const algorithm = /^x-amz-checksum-(crc\w+|sha\d+)$/.exec(name)?.[1];
    if (algorithm === undefined) continue;
    const compute = ALGORITHMS[algorithm];
    if (compute === undefined) {
      throw new AwsError(
        'NotImplemented',
        `the laptop S3 verifies ${Object.keys(ALGORITHMS).join(', ')}, not ${algorithm}`,
        501,
      );
    }
    const computed = compute(bytes);
    if (computed !== value) throw badDigest(algorithm.toUpperCase(), value, computed);
    kept[name] = value;
  }
  return kept;
}

function badDigest(what: string, given: string, computed: string): AwsError {
  return new AwsError(
    'BadDigest',
    `The ${what} you specified did not match the calculated checksum: given ${given}, calculated ${computed}`,
  );
}

/**
 * Takes `aws-chunked` framing off: `<hex length>[;chunk-signature=…]\r\n<bytes>\r\n`, ended by a chunk of length 0
 * and trailing headers. Source: "Signature calculations for the Authorization header: transferring payload in
 * multiple chunks", Amazon S3 API Reference.
 */
function unchunk(framed: Buffer): { bytes: Buffer; trailers: Record<string, string> } {
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = framed.indexOf('\r\n', at);
    const size = lineEnd === -1 ? Number.NaN : Number.parseInt(framed.toString('latin1', at, lineEnd), 16);
    if (!Number.isSafeInteger(size)) throw incomplete();
    at = lineEnd + 2;
    if (size === 0) return { bytes: Buffer.concat(pieces), trailers: trailersOf(framed.toString('utf8', at)) };
    if (at + size + 2 > framed.length) throw incomplete();
    pieces.push(framed.subarray(at, at + size));
    at += size + 2;
  }
}

function incomplete(): AwsError {
  return new AwsError('IncompleteBody', 'The aws-chunked body ended before its last chunk');
}

function trailersOf(text: string): Record<string, string> {
  const lines = text.split('\r\n').flatMap((line) => {
    const colon = line.indexOf(':');
    return colon === -1 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
  });
  return Object.fromEntries(lines);
}

function base64OfUint32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString('base64');
}

/** CRC-32C (Castagnoli), reflected polynomial 0x82f63b78. Source: RFC 3720, appendix B.4. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC32C_TABLE[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}

const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});
