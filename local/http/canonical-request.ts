import { createHash } from 'node:crypto';

/** The parts of a request that a signature covers. */
export interface SignedParts {
  readonly method: string;
  /** As sent, still percent-encoded. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The canonical request of Signature Version 4.
 * Source: AWS, "Create a signed AWS API request", step 1.
 *
 * @param service S3 signs the path as it is sent; every other service encodes it once more
 */
export function canonicalRequest(
  parts: SignedParts,
  signedHeaders: readonly string[],
  payloadHash: string,
  service: string,
): string {
  const path = service === 's3' ? parts.path : parts.path.split('/').map(encodeRfc3986).join('/');
  const headers = signedHeaders.map(
    (name) => `${name}:${(parts.headers[name] ?? '').trim().replaceAll(/\s+/g, ' ')}\n`,
  );
  return [
    parts.method,
    path === '' ? '/' : path,
    canonicalQuery(parts.rawQuery),
    headers.join(''),
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

function canonicalQuery(rawQuery: string): string {
  return rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [encodeRfc3986(decode(name)), encodeRfc3986(decode(value))] as const;
    })
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort(([a, av], [b, bv]) => (a === b ? compare(av, bv) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Text that is no valid percent-encoding stands for itself; its signature will not match, which is the answer. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
