import { AwsError } from '../../service.ts';

/** What a shard takes in a second. Source: Kinesis developer guide, "Quotas and limits". */
const BYTES_PER_SECOND = 1024 ** 2;
const RECORDS_PER_SECOND = 1000;

interface Bucket {
  bytes: number;
  records: number;
  filledAtMs: number;
}

/** How much each shard may still take: what is not used in a second is not kept for the next. */
export class WriteThroughput {
  readonly #buckets = new Map<string, Bucket>();

  /** @throws AwsError `ProvisionedThroughputExceededException` when the shard has had its share of this second */
  take(
    stream: { readonly name: string; readonly maxRecordBytes: number },
    shard: string,
    bytes: number,
    nowMs: number,
  ) {
    // one record of the largest size fits, even where it is more than a second's share
    const mostBytes = Math.max(BYTES_PER_SECOND, stream.maxRecordBytes);
    const key = `${stream.name}/${shard}`;
    const bucket = this.#buckets.get(key) ?? { bytes: mostBytes, records: RECORDS_PER_SECOND, filledAtMs: nowMs };
    const seconds = Math.max(0, nowMs - bucket.filledAtMs) / 1000;
    bucket.bytes = Math.min(mostBytes, bucket.bytes + seconds * BYTES_PER_SECOND);
    bucket.records = Math.min(RECORDS_PER_SECOND, bucket.records + seconds * RECORDS_PER_SECOND);
    bucket.filledAtMs = nowMs;
    this.#buckets.set(key, bucket);
    if (bucket.bytes < bytes || bucket.records < 1) {
      throw new AwsError(
        'ProvisionedThroughputExceededException',
        `Rate exceeded for shard ${shard} in stream ${stream.name}.`,
      );
    }
    bucket.bytes -= bytes;
    bucket.records--;
  }
}
