import { createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError, type Caller } from '../service.ts';
import { canonicalRequest, type SignedParts, sha256Hex } from './canonical-request.ts';

export interface AccessKeys {
  findAccessKey(accessKeyId: string): { readonly caller: Caller; readonly secretAccessKey: string } | undefined;
}

export interface SignedRequest extends SignedParts {
  readonly body: Uint8Array;
}

interface Signature {
  readonly accessKeyId: string;
  /** `20260101/us-east-1/s3/aws4_request` */
  readonly scope: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20260101T000000Z` */
  readonly amzDate: string;
  /** Set for a presigned URL. */
  readonly expiresInS?: number;
}

/** AWS takes a signature for five minutes, its own clock within fifteen. */
const LARGEST_SKEW_MS = 15 * 60 * 1000;
const LONGEST_PRESIGNED_S = 7 * 24 * 3600;

/** Name in the credential scope of the request; undefined when it carries no signature. */
export function signingService(request: SignedParts): string | undefined {
  return readSignature(request)?.service;
}

/**
 * Who signed the request, by header or presigned URL.
 *
 * Chunk signatures of a streamed S3 body are not checked; the signature of its headers is.
 *
 * @throws AwsError with the service's own error name when there is no signature, or a wrong or late one
 */
export function verifySignature(request: SignedRequest, keys: AccessKeys, now: Date): Caller {
  const signature = readSignature(request);
  if (signature === undefined) {
    throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token', 403);
  }
  const isS3 = signature.service === 's3';
  const key = keys.findAccessKey(signature.accessKeyId);
  if (key === undefined) {
    throw isS3
      ? new AwsError('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', 403)
      : new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 400);
  }
  refuseWrongTime(signature, now, isS3);
  if (!signature.signedHeaders.includes('host')) throw doesNotMatch(isS3);
  const payloadHash = signedPayloadHash(request, signature, isS3);
  const canonical = canonicalRequest(request, signature.signedHeaders, payloadHash, signature.service);
  const expected = createHmac('sha256', signingKey(key.secretAccessKey, signature.scope))
    .update(['AWS4-HMAC-SHA256', signature.amzDate, signature.scope, sha256Hex(canonical)].join('\n'))
    .digest();
  const given = Buffer.from(signature.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw doesNotMatch(isS3);
  return key.caller;
}

function readSignature(request: SignedParts): Signature | undefined {
  const header = request.headers['authorization'];
  return header === undefined ? readPresigned(request) : readHeader(header, request.headers);
}

function readHeader(header: string, headers: Readonly<Record<string, string>>): Signature | undefined {
  if (!header.startsWith('AWS4-HMAC-SHA256 ')) return undefined;
  const fields = new Map(
    header
      .slice('AWS4-HMAC-SHA256 '.length)
      .split(',')
      .map((field) => field.trim().split('='))
      .map(([name = '', ...value]) => [name, value.join('=')]),
  );
  return signatureOf(
    fields.get('Credential') ?? '',
    fields.get('SignedHeaders') ?? '',
    fields.get('Signature') ?? '',
    headers['x-amz-date'] ?? '',
  );
}

function readPresigned(request: SignedParts): Signature | undefined {
  const query = new URLSearchParams(request.rawQuery);
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') return undefined;
  const signature = signatureOf(
    query.get('X-Amz-Credential') ?? '',
    query.get('X-Amz-SignedHeaders') ?? '',
    query.get('X-Amz-Signature') ?? '',
    query.get('X-Amz-Date') ?? '',
  );
  return { ...signature, expiresInS: Number(query.get('X-Amz-Expires')) };
}

function signatureOf(credential: string, signedHeaders: string, signature: string, amzDate: string): Signature {
  const [accessKeyId = '', ...scope] = credential.split('/');
  return {
    accessKeyId,
    scope: scope.join('/'),
    service: scope[2] ?? '',
    signedHeaders: signedHeaders.split(';'),
    signature,
    amzDate,
  };
}

function refuseWrongTime(signature: Signature, now: Date, isS3: boolean): void {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(signature.amzDate);
  if (match === null || !signature.scope.startsWith(signature.amzDate.slice(0, 8))) throw doesNotMatch(isS3);
  const [, year, month, day, hour, minute, second] = match;
  const ageMs = now.getTime() - Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (signature.expiresInS === undefined) {
    if (Math.abs(ageMs) <= LARGEST_SKEW_MS) return;
    throw isS3
      ? new AwsError(
          'RequestTimeTooSkewed',
          'The difference between the request time and the current time is too large.',
          403,
        )
      : new AwsError('InvalidSignatureException', `Signature expired: ${signature.amzDate} is too far from now`, 403);
  }
  const { expiresInS } = signature;
  if (!(expiresInS >= 1 && expiresInS <= LONGEST_PRESIGNED_S)) {
    throw new AwsError('AuthorizationQueryParametersError', 'X-Amz-Expires must be between 1 and 604800 seconds', 400);
  }
  if (ageMs > expiresInS * 1000 || ageMs < -LARGEST_SKEW_MS) {
    throw new AwsError('AccessDenied', 'Request has expired', 403);
  }
}

/**
 * The hash that stands in the canonical request. A hash in the header is compared with the body first, so that a
 * body changed on the way is refused even though the header's own signature is right.
 */
function signedPayloadHash(request: SignedRequest, signature: Signature, isS3: boolean): string {
  if (signature.expiresInS !== undefined && isS3) return 'UNSIGNED-PAYLOAD';
  const declared = request.headers['x-amz-content-sha256'];
  if (declared === undefined) return sha256Hex(request.body);
  if (declared === 'UNSIGNED-PAYLOAD' || declared.startsWith('STREAMING-')) return declared;
  if (declared !== sha256Hex(request.body)) {
    throw isS3
      ? new AwsError(
          'XAmzContentSHA256Mismatch',
          "The provided 'x-amz-content-sha256' header does not match what was computed.",
          400,
        )
      : doesNotMatch(isS3);
  }
  return declared;
}

function doesNotMatch(isS3: boolean): AwsError {
  return isS3
    ? new AwsError(
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
        403,
      )
    : new AwsError(
        'InvalidSignatureException',
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
        403,
      );
}

const signingKeys = new Map<string, Buffer>();

/** Keys last a day and a region has few, so the derived ones are kept. */
function signingKey(secretAccessKey: string, scope: string): Buffer {
  const cacheKey = `${secretAccessKey}|${scope}`;
  let key = signingKeys.get(cacheKey);
  if (key === undefined) {
    key = scope
      .split('/')
      .reduce(
        (parent, part) => createHmac('sha256', parent).update(part).digest(),
        Buffer.from(`AWS4${secretAccessKey}`),
      );
    if (signingKeys.size >= 1000) signingKeys.clear();
    signingKeys.set(cacheKey, key);
  }
  return key;
}
