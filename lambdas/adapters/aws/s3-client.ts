import { S3Client } from '@aws-sdk/client-s3';

/** Whole objects of up to a gigabyte travel in one request, so it may take a minute; three times at most. */
export function s3Client(): S3Client {
  return new S3Client({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
  });
}
