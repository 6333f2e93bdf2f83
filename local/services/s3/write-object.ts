import { AwsError, type AwsResponse } from '../../service.ts';
import { verifiedBody } from './body.ts';
import { authorizeObject, noSuchKey, parseCall, type S3Call } from './call.ts';
import { isNotModified, writeCondition } from './conditions.ts';
import { deleteObject, getObject, headObject, putObject, requireBucket } from './object-files.ts';
import { askedRetention, bypassesGovernance, requireChecksum } from './object-lock.ts';
import { parseTagHeader } from './tagging.ts';
import { xmlResponse } from './xml.ts';

const KEPT_HEADERS = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-language',
  'expires',
  'x-amz-storage-class',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-website-redirect-location',
];
/** S3's limit for all user metadata of an object. */
const MAX_METADATA_BYTES = 2048;

/** Request headers that S3 keeps with the object. */
export function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(
    ([name]) => KEPT_HEADERS.includes(name) || name.startsWith('x-amz-meta-'),
  );
  const metadata = kept.filter(([name]) => name.startsWith('x-amz-meta-'));
  const metadataBytes = metadata.reduce(
    (sum, [name, value]) => sum + name.length - 'x-amz-meta-'.length + Buffer.byteLength(value),
    0,
  );
  if (metadataBytes > MAX_METADATA_BYTES) {
    throw new AwsError(
      'MetadataTooLarge',
      `Your metadata headers exceed the maximum allowed metadata size: ${metadataBytes} bytes of ${MAX_METADATA_BYTES}`,
    );
  }
  const encoding = (headers['content-encoding'] ?? '')
    .split(/\s*,\s*/)
    .filter((one) => one !== '' && one !== 'aws-chunked');
  return { ...Object.fromEntries(kept), ...(encoding.length === 0 ? {} : { 'content-encoding': encoding.join(',') }) };
}

/** Encryption headers of the answer: what the request asked for, else the bucket's default. */
function encryptionHeaders(call: S3Call): Record<string, string> {
  const asked = Object.entries(call.request.headers).filter(([name]) =>
    name.startsWith('x-amz-server-side-encryption'),
  );
  return { ...requireBucket(call.region, call.bucket).encryptionHeaders, ...Object.fromEntries(asked) };
}

/** PutObject. */
export async function putObjectCall(call: S3Call): Promise<AwsResponse> {
  const { headers } = call.request;
  authorizeObject(call, 's3:PutObject');
  if (headers['x-amz-tagging'] !== undefined) authorizeObject(call, 's3:PutObjectTagging');
  requireBucket(call.region, call.bucket);
  const { bytes, md5, checksums } = verifiedBody(call.request);
  requireChecksum(call, checksums);
  await putObject(call.region, call.bucket, call.key, bytes, {
    retention: askedRetention(call),
    etag: md5,
    headers: { ...keptHeaders(headers), ...checksums },
    tags: parseTagHeader(headers['x-amz-tagging']),
    condition: writeCondition(headers),
  });
  return { status: 200, headers: { etag: `"${md5}"`, ...encryptionHeaders(call), ...checksums } };
}

/** CopyObject. */
export async function copyObjectCall(call: S3Call, copySource: string): Promise<AwsResponse> {
  const { headers } = call.request;
  const [sourcePath = ''] = copySource.split('?');
  const path = sourcePath.startsWith('/') ? sourcePath : `/${sourcePath}`;
  const source = parseCall(call.region, { ...call.request, path });
  authorizeObject(source, 's3:GetObject');
  authorizeObject(call, 's3:PutObject');
  requireBucket(call.region, call.bucket);
  const found = await getObject(call.region, source.bucket, source.key);
  if (found === undefined) throw noSuchKey(source);
  if (isNotModified(copySourceConditions(headers), found.record)) {
    throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  }
  const replaces = headers['x-amz-metadata-directive'] === 'REPLACE';
  if (!replaces && source.bucket === call.bucket && source.key === call.key) {
    throw new AwsError(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata",
    );
  }
  const record = await putObject(call.region, call.bucket, call.key, found.body, {
    headers: replaces ? keptHeaders(headers) : found.record.headers,
    tags:
      headers['x-amz-tagging-directive'] === 'REPLACE' ? parseTagHeader(headers['x-amz-tagging']) : found.record.tags,
    condition: writeCondition(headers),
    reason: 'CopyObject',
  });
  const answer = xmlResponse('CopyObjectResult', { ETag: `"${record.etag}"`, LastModified: record.lastModified });
  return { ...answer, headers: { ...answer.headers, ...encryptionHeaders(call) } };
}

function copySourceConditions(headers: Readonly<Record<string, string>>): Record<string, string> {
  const prefix = 'x-amz-copy-source-if-';
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [`if-${name.slice(prefix.length)}`, value]),
  );
}

/** DeleteObject: a key that is not there is deleted already. */
export async function deleteObjectCall(call: S3Call): Promise<AwsResponse> {
  authorizeObject(call, 's3:DeleteObject');
  requireBucket(call.region, call.bucket);
  if (call.request.headers['if-match'] !== undefined) {
    writeCondition(call.request.headers)(headObject(call.region, call.bucket, call.key));
  }
  const current = headObject(call.region, call.bucket, call.key);
  deleteObject(call.region, call.bucket, call.key, bypassesGovernance(call, current));
  return { status: 204 };
}
