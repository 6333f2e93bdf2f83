import { copyFileSync, linkSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Caller, Region } from '../../service.ts';
import { listObjects } from '../s3/listing.ts';
import { adoptFile, headObject, objectPath, parseS3Uri, putObject, type S3Location } from '../s3/object-files.ts';

/** S3 as a job sees it: every read and write is asked for in the name of the job's execution role. */
export class RoleFiles {
  readonly #region: Region;
  readonly #caller: Caller;

  constructor(region: Region, roleArn: string) {
    this.#region = region;
    this.#caller = region.callerForRole(roleArn);
  }

  /** Objects whose key starts with the URI's key; folder markers are left out. */
  list(uri: string): S3Location[] {
    const { bucket, key: prefix } = parseS3Uri(uri);
    this.#region.authorize(this.#caller, 's3:ListBucket', `arn:aws:s3:::${bucket}`, { 's3:prefix': prefix });
    return listObjects(this.#region, bucket, prefix)
      .map(({ key }) => ({ bucket, key }))
      .filter(({ key }) => !key.endsWith('/'));
  }

  /** Path of the object's file, to be read and never written; undefined when there is no such object. */
  pathOf({ bucket, key }: S3Location): string | undefined {
    this.#region.authorize(this.#caller, 's3:GetObject', `arn:aws:s3:::${bucket}/${key}`);
    return headObject(this.#region, bucket, key) === undefined ? undefined : objectPath(this.#region, bucket, key);
  }

  /**
   * Lays a copy of the object at a path of the same disk without copying bytes where the disk can; a container may
   * read it but must not change it.
   */
  fetch(location: S3Location, target: string): boolean {
    const path = this.pathOf(location);
    if (path === undefined) return false;
    mkdirSync(dirname(target), { recursive: true });
    try {
      linkSync(path, target);
    } catch {
      copyFileSync(path, target);
    }
    return true;
  }

  async put(location: S3Location, body: Uint8Array | string, contentType: string): Promise<void> {
    this.allowPut(location);
    await putObject(this.#region, location.bucket, location.key, body, { headers: { 'content-type': contentType } });
  }

  /** Makes a file of the region's own disk the object; the file is gone from its old path. */
  async adopt(location: S3Location, file: string, contentType: string): Promise<void> {
    this.allowPut(location);
    await adoptFile(this.#region, location.bucket, location.key, file, { headers: { 'content-type': contentType } });
  }

  allowPut({ bucket, key }: S3Location): void {
    this.#region.authorize(this.#caller, 's3:PutObject', `arn:aws:s3:::${bucket}/${key}`);
  }
}
