import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AwsError, type AwsResponse, type Region } from '../../service.ts';
import { verifiedBody } from './body.ts';
import { authorizeBucket, authorizeObject, type S3Call } from './call.ts';
import { writeCondition } from './conditions.ts';
import { adoptFile, incomingPath, requireBucket } from './object-files.ts';
import { parseTagHeader } from './tagging.ts';
import { keptHeaders } from './write-object.ts';
import { elementText, elementTexts, requireDocument, xmlResponse } from './xml.ts';

interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedAt: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<string, Part>>;
}

interface Part {
  readonly etag: string;
  readonly sizeBytes: number;
  readonly lastModified: string;
}

const MAX_PARTS = 10_000;
/** Every part but the last must have this size. */
const MIN_PART_BYTES = 5 * 1024 ** 2;

/** CreateMultipartUpload. */
export async function createUpload(call: S3Call): Promise<AwsResponse> {
  authorizeObject(call, 's3:PutObject');
  requireBucket(call.region, call.bucket);
  const id = randomUUID().replaceAll('-', '');
  save(call.region, {
    id,
    bucket: call.bucket,
    key: call.key,
    initiatedAt: call.region.clock.now().toISOString(),
    headers: keptHeaders(call.request.headers),
    tags: parseTagHeader(call.request.headers['x-amz-tagging']),
    parts: {},
  });
  return xmlResponse('InitiateMultipartUploadResult', { Bucket: call.bucket, Key: call.key, UploadId: id });
}

/** UploadPart: the same number again replaces the part. */
export async function uploadPart(call: S3Call, uploadId: string): Promise<AwsResponse> {
  authorizeObject(call, 's3:PutObject');
  requireUpload(call, uploadId);
  if (call.request.headers['x-amz-copy-source'] !== undefined) {
    throw new AwsError('NotImplemented', 'the laptop S3 has no UploadPartCopy', 501);
  }
  const number = Number(call.request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    throw new AwsError('InvalidArgument', `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`);
  }
  const { bytes, md5, checksums } = verifiedBody(call.request);
  const incoming = incomingPath(call.region);
  await writeFile(incoming, bytes);
  const upload = requireUpload(call, uploadId); // an abort or another part may have come in between
  mkdirSync(partsFolder(call.region, uploadId), { recursive: true });
  renameSync(incoming, partPath(call.region, uploadId, number));
  const part: Part = { etag: md5, sizeBytes: bytes.length, lastModified: call.region.clock.now().toISOString() };
  save(call.region, { ...upload, parts: { ...upload.parts, [number]: part } });
  return { status: 200, headers: { etag: `"${md5}"`, ...checksums } };
}

/** CompleteMultipartUpload: the named parts, in order, become the object at once. */
export async function completeUpload(call: S3Call, uploadId: string): Promise<AwsResponse> {
  authorizeObject(call, 's3:PutObject');
  const upload = requireUpload(call, uploadId);
  const numbers = chosenParts(upload, requireDocument(call.request.body, 'CompleteMultipartUpload'));
  const body = incomingPath(call.region);
  const md5 = createHash('md5');
  for (const number of numbers) {
    await pipeline(createReadStream(partPath(call.region, uploadId, number)), createWriteStream(body, { flags: 'a' }));
    md5.update(Buffer.from(upload.parts[number]!.etag, 'hex'));
  }
  const record = await adoptFile(call.region, call.bucket, call.key, body, {
    etag: `${md5.digest('hex')}-${numbers.length}`,
    headers: upload.headers,
    tags: upload.tags,
    condition: writeCondition(call.request.headers),
    reason: 'CompleteMultipartUpload',
  });
  forget(call.region, uploadId);
  return xmlResponse('CompleteMultipartUploadResult', {
    Location: `${call.region.endpointUrl}${call.request.path}`,
    Bucket: call.bucket,
    Key: call.key,
    ETag: `"${record.etag}"`,
  });
}

function chosenParts(upload: Upload, xml: string): number[] {
  const chosen = elementTexts(xml, 'Part').map((part) => ({
    number: Number(elementText(part, 'PartNumber')),
    etag: (elementText(part, 'ETag') ?? '').replaceAll('"', ''),
  }));
  if (chosen.length === 0) throw new AwsError('MalformedXML', 'You must specify at least one part');
  chosen.forEach(({ number, etag }, index) => {
    const part = upload.parts[number];
    if (part === undefined || part.etag !== etag) {
      throw new AwsError(
        'InvalidPart',
        `One or more of the specified parts could not be found: part ${number} with ETag ${etag}`,
      );
    }
    if (index > 0 && chosen[index - 1]!.number >= number) {
      throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order');
    }
    if (index < chosen.length - 1 && part.sizeBytes < MIN_PART_BYTES) {
      throw new AwsError(
        'EntityTooSmall',
        `Your proposed upload is smaller than the minimum allowed size: part ${number} has ${part.sizeBytes} bytes of ${MIN_PART_BYTES}`,
      );
    }
  });
  return chosen.map(({ number }) => number);
}

/** AbortMultipartUpload. */
export async function abortUpload(call: S3Call, uploadId: string): Promise<AwsResponse> {
  authorizeObject(call, 's3:AbortMultipartUpload');
  requireUpload(call, uploadId);
  forget(call.region, uploadId);
  return { status: 204 };
}

/** ListParts. */
export async function listParts(call: S3Call, uploadId: string): Promise<AwsResponse> {
  authorizeObject(call, 's3:ListMultipartUploadParts');
  const { parts } = requireUpload(call, uploadId);
  const after = Number(call.request.query.get('part-number-marker') ?? 0);
  const maxParts = Math.min(Number(call.request.query.get('max-parts') ?? 1000), 1000);
  const numbers = Object.keys(parts)
    .map(Number)
    .filter((number) => number > after)
    .sort((a, b) => a - b);
  const page = numbers.slice(0, maxParts);
  const isTruncated = numbers.length > page.length;
  return xmlResponse('ListPartsResult', {
    Bucket: call.bucket,
    Key: call.key,
    UploadId: uploadId,
    MaxParts: maxParts,
    IsTruncated: isTruncated,
    NextPartNumberMarker: isTruncated ? page.at(-1) : undefined,
    Part: page.map((number) => {
      const part = parts[number]!;
      return { PartNumber: number, ETag: `"${part.etag}"`, Size: part.sizeBytes, LastModified: part.lastModified };
    }),
  });
}

/** ListMultipartUploads, in one page. */
export async function listUploads(call: S3Call): Promise<AwsResponse> {
  authorizeBucket(call, 's3:ListBucketMultipartUploads');
  requireBucket(call.region, call.bucket);
  const prefix = call.request.query.get('prefix') ?? '';
  const uploads = call.region
    .store('s3')
    .list<Upload>('upload')
    .filter(({ value }) => value.bucket === call.bucket && value.key.startsWith(prefix));
  return xmlResponse('ListMultipartUploadsResult', {
    Bucket: call.bucket,
    IsTruncated: false,
    Upload: uploads.map(({ value }) => ({ Key: value.key, UploadId: value.id, Initiated: value.initiatedAt })),
  });
}

function requireUpload(call: S3Call, uploadId: string): Upload {
  const upload = call.region.store('s3').get<Upload>('upload', uploadId);
  if (upload?.bucket === call.bucket && upload.key === call.key) return upload;
  throw new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
    { UploadId: uploadId },
  );
}

function save(region: Region, upload: Upload): void {
  region.store('s3').put('upload', upload.id, upload);
}

function forget(region: Region, uploadId: string): void {
  region.store('s3').delete('upload', uploadId);
  rmSync(partsFolder(region, uploadId), { recursive: true, force: true });
}

function partsFolder(region: Region, uploadId: string): string {
  return join(region.stateDir, 's3', '.uploads', uploadId);
}

function partPath(region: Region, uploadId: string, number: number): string {
  return join(partsFolder(region, uploadId), String(number));
}
