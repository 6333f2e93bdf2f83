/** What the store keeps of a bucket. */
export interface BucketRecord {
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly hasEventBridge: boolean;
  /** Answered on every object of the bucket, as `x-amz-server-side-encryption…` headers. */
  readonly encryptionHeaders: Readonly<Record<string, string>>;
  /** Absent for a bucket without object lock. */
  readonly lock?: { readonly defaultRetention: DefaultRetention | undefined } | undefined;
}

export type LockMode = 'GOVERNANCE' | 'COMPLIANCE';

export interface DefaultRetention {
  readonly mode: LockMode;
  readonly days: number;
}

/** Until when an object cannot be changed or deleted. */
export interface Retention {
  readonly mode: LockMode;
  readonly untilMs: number;
}

/** What the store keeps of an object beside its file. */
export interface ObjectRecord {
  /** Without quotes. */
  readonly etag: string;
  readonly sizeBytes: number;
  /** ISO 8601. */
  readonly lastModified: string;
  /** Response headers kept with the object, names in lower case: `content-type`, `x-amz-meta-…`, `x-amz-checksum-…`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Modification time of the file this record describes; another file at the path makes the record void. */
  readonly fileMtimeNs: string;
  /** Absent for an object that was never locked. */
  readonly retention?: Retention;
}
