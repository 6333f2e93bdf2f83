import { PlatformError } from '../../core/errors.ts';

/** Whole objects by bucket and key; one adapter per object store. */
export interface ObjectStore {
  /** @throws ObjectNotFoundError */
  get(location: ObjectLocation): Promise<Uint8Array>;
  /** Replaces whatever was there. Readers see the old or the new object, never a part. */
  put(location: ObjectLocation, body: Uint8Array, contentType: string): Promise<void>;
  /** Writes only when the key is free; false when something is there already (it stays as it was). */
  putIfAbsent(location: ObjectLocation, body: Uint8Array, contentType: string): Promise<boolean>;
  /** Null when there is no such object. */
  head(location: ObjectLocation): Promise<ObjectFacts | null>;
  /** Every key under the prefix in byte order, or the first so many of them. */
  list(bucket: string, prefix: string, most?: number): Promise<readonly ObjectFacts[]>;
  /** @throws ObjectNotFoundError when there is nothing to copy */
  copy(from: ObjectLocation, to: ObjectLocation): Promise<void>;
  /** Deletes every object under the prefix; none is no error. */
  deleteAll(bucket: string, prefix: string): Promise<void>;
  /** A URL that lets its holder PUT exactly one object of exactly this size and SHA-256 for `expiresInSeconds`. */
  uploadUrl(location: ObjectLocation, sha256: string, sizeBytes: number, expiresInSeconds: number): Promise<Upload>;
  /** A URL that lets its holder GET the object for `expiresInSeconds`. */
  downloadUrl(location: ObjectLocation, expiresInSeconds: number): Promise<string>;
}

export interface ObjectLocation {
  readonly bucket: string;
  readonly key: string;
}

export interface ObjectFacts {
  readonly key: string;
  readonly sizeBytes: number;
}

export interface Upload {
  readonly url: string;
  /** Headers the uploader has to send as they are. */
  readonly headers: Readonly<Record<string, string>>;
}

export class ObjectNotFoundError extends PlatformError {
  constructor({ bucket, key }: ObjectLocation, cause?: unknown) {
    super('ObjectNotFoundError', 'not-found', `there is no object s3://${bucket}/${key}`, { bucket, key }, cause);
  }
}
