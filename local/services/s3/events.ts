import type { Region } from '../../service.ts';
import type { BucketRecord, ObjectRecord } from './records.ts';

/** Tells EventBridge of a change when the bucket asks for it, in the shape of S3's own events. */
export function emitObjectEvent(
  region: Region,
  bucket: BucketRecord,
  detailType: 'Object Created' | 'Object Deleted',
  key: string,
  record: ObjectRecord,
  reason: string,
): void {
  if (!bucket.hasEventBridge) return;
  const created = detailType === 'Object Created' ? { size: record.sizeBytes, etag: record.etag } : {};
  region.emit({
    source: 'aws.s3',
    detailType,
    resources: [`arn:aws:s3:::${bucket.name}`],
    detail: {
      version: '0',
      bucket: { name: bucket.name },
      object: { key, ...created, sequencer: BigInt(record.fileMtimeNs).toString(16).toUpperCase() },
      requester: region.accountId,
      reason,
    },
  });
}
