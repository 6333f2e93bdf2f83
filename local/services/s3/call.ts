import { AwsError, type AwsRequest, type Region } from '../../service.ts';

/** One S3 request, taken apart. */
export interface S3Call {
  readonly region: Region;
  readonly request: AwsRequest;
  /** Empty for a request on the service itself. */
  readonly bucket: string;
  /** Empty for a request on the bucket. */
  readonly key: string;
}

/** S3's limit for a key, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/** Path-style addressing: `/<bucket>/<key>`, percent-encoded. */
export function parseCall(region: Region, request: AwsRequest): S3Call {
  const [, bucket = '', key = ''] = /^\/([^/]*)(?:\/(.*))?$/s.exec(request.path) ?? [];
  return { region, request, bucket: decode(bucket), key: decode(key) };
}

function decode(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', `Couldn't parse the specified URI: "${text}"`);
  }
  if (Buffer.byteLength(decoded) > MAX_KEY_BYTES) {
    throw new AwsError(
      'KeyTooLongError',
      `Your key is too long: ${Buffer.byteLength(decoded)} bytes of ${MAX_KEY_BYTES}`,
    );
  }
  return decoded;
}

/** Asks for a permission on the bucket. */
export function authorizeBucket(call: S3Call, action: string, context: Readonly<Record<string, string>> = {}): void {
  call.region.authorize(call.request.caller, action, `arn:aws:s3:::${call.bucket}`, context);
}

/** Asks for a permission on the object. */
export function authorizeObject(call: S3Call, action: string, key: string = call.key): void {
  call.region.authorize(call.request.caller, action, `arn:aws:s3:::${call.bucket}/${key}`);
}

/**
 * The refusal of a read whose key is not there. Who may not list the bucket may not learn that either, so they get
 * AccessDenied, as on AWS; a grant that asks for a prefix does not count, since reading one object has none.
 */
export function noSuchKey(call: S3Call, key: string = call.key): AwsError {
  try {
    authorizeBucket(call, 's3:ListBucket');
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  return new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
}
