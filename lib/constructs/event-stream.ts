import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnStream } from 'aws-cdk-lib/aws-kinesis';
import { Construct } from 'constructs';

export interface EventStreamProps {
  readonly retain: boolean;
}

/**
 * How long a record can be read again. What cannot be stored is given up, and kept in the offline bucket, well before
 * (see `StreamConsumer`).
 */
const RETENTION_HOURS = 24;

/** Where producers put rows of sources one by one. It grows with them: nobody has to count shards. */
export class EventStream extends Construct {
  readonly stream: CfnStream;

  constructor(scope: Construct, id: string, { retain }: EventStreamProps) {
    super(scope, id);
    this.stream = new CfnStream(this, 'Stream', {
      streamModeDetails: { streamMode: 'ON_DEMAND' },
      retentionPeriodHours: RETENTION_HOURS,
      streamEncryption: { encryptionType: 'KMS', keyId: 'alias/aws/kinesis' },
    });
    this.stream.applyRemovalPolicy(retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
  }
}
