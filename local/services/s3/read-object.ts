import { AwsError, type AwsResponse } from '../../service.ts';
import { authorizeObject, noSuchKey, type S3Call } from './call.ts';
import { isNotModified } from './conditions.ts';
import { getObject, headObject, requireBucket } from './object-files.ts';
import { retentionHeaders } from './object-lock.ts';
import type { ObjectRecord } from './records.ts';

/** GetObject, with ranges (206) and conditions (304, 412). */
export async function getObjectCall(call: S3Call): Promise<AwsResponse> {
  authorizeObject(call, 's3:GetObject');
  const found = await getObject(call.region, call.bucket, call.key);
  if (found === undefined) throw noSuchKey(call);
  const { body, record } = found;
  if (isNotModified(call.request.headers, record)) return { status: 304, headers: validators(record) };
  const asked = range(call.request.headers['range'], body.length);
  if (asked === undefined) {
    return { status: 200, headers: { ...objectHeaders(call, record), ...checksums(call, record) }, body };
  }
  return {
    status: 206,
    headers: { ...objectHeaders(call, record), 'content-range': `bytes ${asked.from}-${asked.to}/${body.length}` },
    body: body.subarray(asked.from, asked.to + 1),
  };
}

/** HeadObject: the headers of GetObject; `content-length` says the size, though no body follows. */
export async function headObjectCall(call: S3Call): Promise<AwsResponse> {
  authorizeObject(call, 's3:GetObject');
  requireBucket(call.region, call.bucket);
  const record = headObject(call.region, call.bucket, call.key);
  if (record === undefined) throw noSuchKey(call);
  if (isNotModified(call.request.headers, record)) return { status: 304, headers: validators(record) };
  const asked = range(call.request.headers['range'], record.sizeBytes);
  const sizeBytes = asked === undefined ? record.sizeBytes : asked.to - asked.from + 1;
  return {
    status: asked === undefined ? 200 : 206,
    headers: {
      ...objectHeaders(call, record),
      ...(asked === undefined ? checksums(call, record) : {}),
      'content-length': String(sizeBytes),
    },
  };
}

function validators(record: ObjectRecord): Record<string, string> {
  return { etag: `"${record.etag}"`, 'last-modified': new Date(record.lastModified).toUTCString() };
}

function objectHeaders(call: S3Call, record: ObjectRecord): Record<string, string> {
  const kept = Object.entries(record.headers).filter(([name]) => !name.startsWith('x-amz-checksum-'));
  const tagCount = Object.keys(record.tags).length;
  return {
    'content-type': 'binary/octet-stream',
    ...requireBucket(call.region, call.bucket).encryptionHeaders,
    ...Object.fromEntries(kept),
    ...retentionHeaders(record),
    ...(tagCount === 0 ? {} : { 'x-amz-tagging-count': String(tagCount) }),
    ...validators(record),
    'accept-ranges': 'bytes',
    ...overrides(call.request.query),
  };
}

/** Checksums of the whole object; a client verifies them, so a part of the object must not carry them. */
function checksums(call: S3Call, record: ObjectRecord): Record<string, string> {
  if (call.request.headers['x-amz-checksum-mode']?.toUpperCase() !== 'ENABLED') return {};
  return Object.fromEntries(Object.entries(record.headers).filter(([name]) => name.startsWith('x-amz-checksum-')));
}

/** `response-content-type=…` and its kin, as presigned links use them. */
function overrides(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    ['content-type', 'content-disposition', 'content-encoding', 'content-language', 'cache-control', 'expires'].flatMap(
      (name) => {
        const value = query.get(`response-${name}`);
        return value === null ? [] : [[name, value]];
      },
    ),
  );
}

/**
 * Bytes a `Range` header asks for, both ends inclusive. Undefined, the whole object, without a header and for the
 * several ranges and other units that S3 ignores too.
 *
 * @throws AwsError InvalidRange when no byte of the object is in it
 */
function range(header: string | undefined, sizeBytes: number): { from: number; to: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null) return undefined;
  const [first, last] = [match[1]!, match[2]!];
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const to = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (from >= sizeBytes || to < from) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, {
      RangeRequested: header,
      ActualObjectSize: sizeBytes,
    });
  }
  return { from, to };
}
