import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface PrivateBucketProps {
  readonly retain: boolean;
  /** Where requests are logged; absent only for the bucket that holds those logs. */
  readonly accessLogs?: IBucket;
  /** Days after which objects under a prefix are deleted, by prefix; the empty prefix is the whole bucket. */
  readonly expireAfterDays?: Readonly<Record<string, number>>;
  /** Keeps every version of every object from being changed or deleted for a while. @default none */
  readonly lock?: ObjectLock;
}

export interface ObjectLock {
  /** `governance`: whoever has a permission of its own may lift it. `compliance`: nobody may, root included. */
  readonly mode: 'governance' | 'compliance';
  readonly days: number;
}

/** How long an overwritten or deleted object can be brought back. */
const NONCURRENT_DAYS = 30;
const UNFINISHED_UPLOAD_DAYS = 2;

/** A bucket nobody outside the account reads, over TLS alone, whose objects can be brought back for a month. */
export class PrivateBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      ...(props.lock === undefined
        ? {}
        : { objectLockEnabled: true, objectLockDefaultRetention: retentionOf(props.lock) }),
      serverAccessLogsBucket: props.accessLogs,
      serverAccessLogsPrefix: props.accessLogs === undefined ? undefined : `${id}/`,
      removalPolicy: props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      lifecycleRules: [
        {
          id: 'forget-old-versions',
          noncurrentVersionExpiration: Duration.days(NONCURRENT_DAYS),
          abortIncompleteMultipartUploadAfter: Duration.days(UNFINISHED_UPLOAD_DAYS),
        },
        ...Object.entries(props.expireAfterDays ?? {}).map(([prefix, days]) => ({
          id: `expire-${prefix.replaceAll('/', '') || 'all'}`,
          prefix: prefix === '' ? undefined : prefix,
          expiration: Duration.days(days),
          noncurrentVersionExpiration: Duration.days(1),
        })),
      ],
    });
  }
}

function retentionOf({ mode, days }: ObjectLock): ObjectLockRetention {
  const period = Duration.days(days);
  return mode === 'compliance' ? ObjectLockRetention.compliance(period) : ObjectLockRetention.governance(period);
}
