import { RemovalPolicy } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type ObjectLock, PrivateBucket } from './private-bucket.ts';

export interface AuditArchiveProps {
  readonly retain: boolean;
  readonly accessLogs: IBucket;
  readonly lock: ObjectLock;
}

/** The key that signs the audit chains, and the bucket whose objects nobody can change while their lock lasts. */
export class AuditArchive extends Construct {
  readonly keyArn: string;
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, { retain, accessLogs, lock }: AuditArchiveProps) {
    super(scope, id);
    this.keyArn = new Key(this, 'Key', {
      description: 'Headgate: signs checkpoints of the audit chains',
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    }).keyArn;
    this.bucket = new PrivateBucket(this, 'Audit', { retain, accessLogs, lock }).bucket;
  }
}
