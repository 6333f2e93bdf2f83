import { AwsError, type AwsResponse } from '../../service.ts';
import { authorizeObject, noSuchKey, type S3Call } from './call.ts';
import { headObject, requireBucket } from './object-files.ts';
import type { ObjectRecord, Retention } from './records.ts';
import { xmlResponse } from './xml.ts';

const HEADER = 'x-amz-object-lock-';

/**
 * What a write asks for with its headers, or null.
 *
 * @throws AwsError for a bucket without object lock, for one header without the other, and for a date that has passed
 */
export function askedRetention(call: S3Call): Retention | null {
  const { headers } = call.request;
  const [mode, until] = [headers[`${HEADER}mode`], headers[`${HEADER}retain-until-date`]];
  if (headers[`${HEADER}legal-hold`] !== undefined) {
    throw new AwsError('NotImplemented', 'the laptop S3 has no legal holds', 501);
  }
  if (mode === undefined && until === undefined) return null;
  authorizeObject(call, 's3:PutObjectRetention');
  if (requireBucket(call.region, call.bucket).lock === undefined) {
    throw new AwsError('InvalidRequest', 'Bucket is missing Object Lock Configuration');
  }
  if (mode === undefined || until === undefined) {
    const both = `${HEADER}retain-until-date and ${HEADER}mode must both be supplied`;
    throw new AwsError('InvalidArgument', both);
  }
  if (mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') {
    throw new AwsError('InvalidArgument', `Unknown wormMode directive: "${mode}"`);
  }
  const untilMs = Date.parse(until);
  if (Number.isNaN(untilMs) || untilMs <= call.region.clock.now().getTime()) {
    throw new AwsError('InvalidArgument', 'The retain until date must be in the future!');
  }
  return { mode, untilMs };
}

/** Whether the caller lifts governance, and may. */
export function bypassesGovernance(call: S3Call, current: ObjectRecord | undefined): boolean {
  if (call.request.headers['x-amz-bypass-governance-retention'] !== 'true') return false;
  authorizeObject(call, 's3:BypassGovernanceRetention');
  return current?.retention?.mode === 'GOVERNANCE';
}

export function retentionHeaders({ retention }: ObjectRecord): Record<string, string> {
  if (retention === undefined) return {};
  return {
    [`${HEADER}mode`]: retention.mode,
    [`${HEADER}retain-until-date`]: new Date(retention.untilMs).toISOString(),
  };
}

/** A write into a bucket with locks has to say what its bytes are, so that nothing broken is kept for years. */
export function requireChecksum(call: S3Call, checksums: Readonly<Record<string, string>>): void {
  if (requireBucket(call.region, call.bucket).lock === undefined) return;
  if (call.request.headers['content-md5'] !== undefined || Object.keys(checksums).length > 0) return;
  throw new AwsError(
    'InvalidRequest',
    'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
  );
}

/** GetObjectRetention. */
export async function getRetentionCall(call: S3Call): Promise<AwsResponse> {
  authorizeObject(call, 's3:GetObjectRetention');
  requireBucket(call.region, call.bucket);
  const record = headObject(call.region, call.bucket, call.key);
  if (record === undefined) throw noSuchKey(call);
  const { retention } = record;
  if (retention === undefined) {
    const message = 'The specified object does not have a ObjectLock configuration';
    throw new AwsError('NoSuchObjectLockConfiguration', message, 404);
  }
  return xmlResponse('Retention', {
    Mode: retention.mode,
    RetainUntilDate: new Date(retention.untilMs).toISOString(),
  });
}
