import { rmdirSync } from 'node:fs';
import { AwsError, type AwsResponse } from '../../service.ts';
import { createBucket } from './bucket.ts';
import { authorizeBucket, authorizeObject, type S3Call } from './call.ts';
import { listPage } from './listing.ts';
import { bucketFolder, deleteObject, headObject, requireBucket } from './object-files.ts';
import { bypassesGovernance } from './object-lock.ts';
import type { BucketRecord } from './records.ts';
import { elementText, elementTexts, requireDocument, xmlResponse } from './xml.ts';

const MAX_KEYS = 1000;

/** ListObjectsV2. */
export async function listObjectsCall(call: S3Call): Promise<AwsResponse> {
  const { query } = call.request;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const asked = query.get('max-keys') ?? String(MAX_KEYS);
  authorizeBucket(call, 's3:ListBucket', {
    's3:prefix': prefix,
    's3:max-keys': asked,
    ...(delimiter === '' ? {} : { 's3:delimiter': delimiter }),
  });
  if (!/^\d+$/.test(asked))
    throw new AwsError('InvalidArgument', `max-keys must be a whole number from 0: given "${asked}"`);
  const maxKeys = Math.min(Number(asked), MAX_KEYS);
  const token = query.get('continuation-token') ?? undefined;
  const startAfter = query.get('start-after') ?? undefined;
  const listing = listPage(call.region, call.bucket, {
    prefix,
    delimiter,
    maxKeys,
    ...(startAfter === undefined ? {} : { startAfter }),
    ...(token === undefined ? {} : { resumeAfter: decodeToken(token) }),
  });
  const isUrl = query.get('encoding-type') === 'url';
  const text = (key: string) => (isUrl ? encodeURIComponent(key).replaceAll('%2F', '/') : key);
  return xmlResponse('ListBucketResult', {
    Name: call.bucket,
    Prefix: text(prefix),
    Delimiter: delimiter === '' ? undefined : text(delimiter),
    EncodingType: isUrl ? 'url' : undefined,
    MaxKeys: maxKeys,
    KeyCount: listing.objects.length + listing.commonPrefixes.length,
    IsTruncated: listing.next !== undefined,
    ContinuationToken: token,
    NextContinuationToken: listing.next === undefined ? undefined : Buffer.from(listing.next).toString('base64url'),
    StartAfter: startAfter === undefined ? undefined : text(startAfter),
    Contents: listing.objects.map(({ key, record }) => ({
      Key: text(key),
      LastModified: record.lastModified,
      ETag: `"${record.etag}"`,
      Size: record.sizeBytes,
      StorageClass: record.headers['x-amz-storage-class'] ?? 'STANDARD',
    })),
    CommonPrefixes: listing.commonPrefixes.map((name) => ({ Prefix: text(name) })),
  });
}

function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (text !== '' && Buffer.from(text).toString('base64url') === token) return text;
  throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect');
}

/** DeleteObjects: each key is asked for and answered on its own. */
export async function deleteObjectsCall(call: S3Call): Promise<AwsResponse> {
  requireBucket(call.region, call.bucket);
  const xml = requireDocument(call.request.body, 'Delete');
  const keys = elementTexts(xml, 'Object').map((object) => elementText(object, 'Key') ?? '');
  if (keys.length === 0 || keys.length > MAX_KEYS) {
    throw new AwsError('MalformedXML', `a Delete document names 1 to ${MAX_KEYS} objects: given ${keys.length}`);
  }
  const results = keys.map((key) => deleteOne(call, key));
  const isQuiet = elementText(xml, 'Quiet') === 'true';
  return xmlResponse('DeleteResult', {
    Deleted: isQuiet ? [] : results.flatMap((result) => ('Code' in result ? [] : [result])),
    Error: results.flatMap((result) => ('Code' in result ? [result] : [])),
  });
}

function deleteOne(call: S3Call, key: string): { Key: string } | { Key: string; Code: string; Message: string } {
  try {
    authorizeObject(call, 's3:DeleteObject', key);
    const current = headObject(call.region, call.bucket, key);
    deleteObject(call.region, call.bucket, key, bypassesGovernance({ ...call, key }, current));
    return { Key: key };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { Key: key, Code: error.code, Message: error.message };
  }
}

/** ListBuckets. */
export async function listBucketsCall(call: S3Call): Promise<AwsResponse> {
  call.region.authorize(call.request.caller, 's3:ListAllMyBuckets', '*');
  const buckets = call.region.store('s3').list<BucketRecord>('bucket');
  return xmlResponse('ListAllMyBucketsResult', {
    Owner: { ID: call.region.accountId },
    Buckets: { Bucket: buckets.map(({ value }) => ({ Name: value.name, CreationDate: value.createdAt })) },
  });
}

/** CreateBucket: in us-east-1 a bucket of one's own is created again without complaint. */
export async function createBucketCall(call: S3Call): Promise<AwsResponse> {
  authorizeBucket(call, 's3:CreateBucket');
  const known = call.region.store('s3').get<BucketRecord>('bucket', call.bucket);
  if (known === undefined) {
    createBucket(call.region, call.bucket, {
      hasEventBridge: false,
      encryptionHeaders: { 'x-amz-server-side-encryption': 'AES256' },
    });
  }
  return { status: 200, headers: { location: `/${call.bucket}` } };
}

/** DeleteBucket. */
export async function deleteBucketCall(call: S3Call): Promise<AwsResponse> {
  authorizeBucket(call, 's3:DeleteBucket');
  const listing = listPage(call.region, call.bucket, { maxKeys: 1 });
  if (listing.objects.length > 0)
    throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
  call.region.store('s3').delete('bucket', call.bucket);
  rmdirSync(bucketFolder(call.region, call.bucket));
  return { status: 204 };
}

/** HeadBucket. */
export async function headBucketCall(call: S3Call): Promise<AwsResponse> {
  authorizeBucket(call, 's3:ListBucket');
  requireBucket(call.region, call.bucket);
  return { status: 200, headers: { 'x-amz-bucket-region': call.region.regionName } };
}

/** GetBucketLocation: us-east-1 is the empty constraint. */
export async function bucketLocationCall(call: S3Call): Promise<AwsResponse> {
  authorizeBucket(call, 's3:GetBucketLocation');
  requireBucket(call.region, call.bucket);
  const { regionName } = call.region;
  const answer = xmlResponse('LocationConstraint', {});
  return regionName === 'us-east-1'
    ? answer
    : { ...answer, body: String(answer.body).replace('></', `>${regionName}</`) };
}
