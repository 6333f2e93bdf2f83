/**
 * Objects as plain files: `<stateDir>/s3/<bucket>/<key>`, with what a file can not hold (content type, checksums,
 * user metadata) in the region's store. A body is written beside the buckets and renamed into place, so a reader
 * sees the old object or the new one. It is the operating system's from then on: a killed region loses nothing, a
 * power cut may.
 *
 * Other stand-ins use these functions in process and ask `region.authorize` themselves.
 */

import { createHash, randomUUID } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AwsError, type Region } from '../../service.ts';
import { emitObjectEvent } from './events.ts';
import { BESIDE_FOLDER, keyToPath } from './key-path.ts';
import type { BucketRecord, ObjectRecord, Retention } from './records.ts';
import { requireUnlocked, retentionOfNew } from './retention.ts';

export type { ObjectRecord } from './records.ts';

export interface PutOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** MD5 of the body when the caller has another ETag in mind, as multipart uploads do. */
  readonly etag?: string;
  /** Throws to refuse the write; runs in the same tick as the rename, so that of racing writers one wins. */
  readonly condition?: (current: ObjectRecord | undefined) => void;
  /** Name of the API operation for the event. */
  readonly reason?: string;
  /** Lock that was asked for; by default the bucket's. */
  readonly retention?: Retention | null;
}

export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** Reads `s3://bucket/key`; the key may be empty. */
export function parseS3Uri(uri: string): S3Location {
  const match = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri);
  if (match === null)
    throw new AwsError('InvalidRequestException', `"${uri}" is not an S3 URI like s3://bucket/prefix/`);
  return { bucket: match[1]!, key: match[2]! };
}

export function bucketFolder(region: Region, bucket: string): string {
  return join(region.stateDir, 's3', bucket);
}

/** @throws AwsError NoSuchBucket */
export function requireBucket(region: Region, bucket: string): BucketRecord {
  const found = region.store('s3').get<BucketRecord>('bucket', bucket);
  if (found !== undefined) return found;
  throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: bucket });
}

/** File that holds the object, or that would hold it if there were one. */
export function objectPath(region: Region, bucket: string, key: string): string {
  const plain = join(bucketFolder(region, bucket), keyToPath(key));
  return isFolder(plain) || existsSync(plain + BESIDE_FOLDER) ? plain + BESIDE_FOLDER : plain;
}

/** Folder of {@link incomingPath}; no bucket name starts with a dot. */
export function incomingFolder(region: Region): string {
  return join(region.stateDir, 's3', '.incoming');
}

/** A fresh path on the file system of the buckets, for a body on its way in. */
export function incomingPath(region: Region): string {
  const folder = incomingFolder(region);
  mkdirSync(folder, { recursive: true });
  return join(folder, randomUUID());
}

export async function putObject(
  region: Region,
  bucket: string,
  key: string,
  body: Uint8Array | string,
  options: PutOptions = {},
): Promise<ObjectRecord> {
  const incoming = incomingPath(region);
  await writeFile(incoming, body);
  return adoptFile(region, bucket, key, incoming, {
    etag: createHash('md5').update(body).digest('hex'),
    ...options,
  });
}

/** Makes a finished file on the same file system the object's body; the file is gone from its old path afterwards. */
export async function adoptFile(
  region: Region,
  bucket: string,
  key: string,
  file: string,
  options: PutOptions = {},
): Promise<ObjectRecord> {
  const settings = requireBucket(region, bucket);
  const etag = options.etag ?? (await md5OfStream(file));
  try {
    const current = headObject(region, bucket, key);
    options.condition?.(current);
    requireUnlocked(region, current);
  } catch (error) {
    unlinkSync(file);
    throw error;
  }
  const path = makeRoom(bucketFolder(region, bucket), keyToPath(key));
  renameSync(file, path);
  const retention = options.retention ?? retentionOfNew(region, settings);
  const record = {
    ...recordOf(path, etag),
    headers: options.headers ?? {},
    tags: options.tags ?? {},
    ...(retention === undefined ? {} : { retention }),
  };
  region.store('s3').put(`object:${bucket}`, key, record);
  emitObjectEvent(region, settings, 'Object Created', key, record, options.reason ?? 'PutObject');
  return record;
}

/** Undefined when there is no such object. A file that came without this module gets a record from its content. */
export function headObject(region: Region, bucket: string, key: string): ObjectRecord | undefined {
  const path = objectPath(region, bucket, key);
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) return undefined;
  const store = region.store('s3');
  const known = store.get<ObjectRecord>(`object:${bucket}`, key);
  if (known !== undefined && known.fileMtimeNs === String(stat.mtimeNs) && known.sizeBytes === Number(stat.size))
    return known;
  const record = { ...recordOf(path, md5OfFile(path)), headers: {}, tags: {} };
  store.put(`object:${bucket}`, key, record);
  return record;
}

/** Undefined when there is no such object. */
export async function getObject(
  region: Region,
  bucket: string,
  key: string,
): Promise<{ readonly body: Buffer; readonly record: ObjectRecord } | undefined> {
  requireBucket(region, bucket);
  const record = headObject(region, bucket, key);
  if (record === undefined) return undefined;
  return { body: await readFile(objectPath(region, bucket, key)), record };
}

/**
 * @param bypassesGovernance takes an object away that is locked in governance mode
 * @returns whether there was such an object
 */
export function deleteObject(region: Region, bucket: string, key: string, bypassesGovernance = false): boolean {
  const settings = requireBucket(region, bucket);
  const record = headObject(region, bucket, key);
  if (record === undefined) return false;
  if (!bypassesGovernance) requireUnlocked(region, record);
  const path = objectPath(region, bucket, key);
  unlinkSync(path);
  region.store('s3').delete(`object:${bucket}`, key);
  removeEmptyFolders(dirname(path), bucketFolder(region, bucket));
  emitObjectEvent(region, settings, 'Object Deleted', key, record, 'DeleteObject');
  return true;
}

/** Changes what is kept beside the body, such as tags. */
export function updateRecord(region: Region, bucket: string, key: string, record: ObjectRecord): void {
  region.store('s3').put(`object:${bucket}`, key, record);
}

function recordOf(path: string, etag: string): Omit<ObjectRecord, 'headers' | 'tags'> {
  const stat = statSync(path, { bigint: true });
  return {
    etag,
    sizeBytes: Number(stat.size),
    lastModified: new Date(Number(stat.mtimeMs)).toISOString(),
    fileMtimeNs: String(stat.mtimeNs),
  };
}

/** Creates the folders above an object, moving aside any object whose path must become a folder. */
function makeRoom(root: string, path: string): string {
  const segments = path.split('/');
  let folder = root;
  for (const segment of segments.slice(0, -1)) {
    folder = join(folder, segment);
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat?.isFile()) renameSync(folder, folder + BESIDE_FOLDER);
    if (!stat?.isDirectory()) mkdirSync(folder, { recursive: true });
  }
  const plain = join(root, path);
  return isFolder(plain) || existsSync(plain + BESIDE_FOLDER) ? plain + BESIDE_FOLDER : plain;
}

function removeEmptyFolders(from: string, root: string): void {
  for (let folder = from; folder !== root; folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return; // not empty: another object lives here
    }
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function md5OfFile(path: string): string {
  return createHash('md5').update(readFileSync(path)).digest('hex');
}

async function md5OfStream(path: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
