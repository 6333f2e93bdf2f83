import { Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { CfnStream } from 'aws-cdk-lib/aws-kinesis';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { OUTCOME_LOG_COLUMNS, PREDICTION_LOG_COLUMNS } from '../../contracts/prediction-log.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import type { Environment } from '../config/environment.ts';
import { AuditArchive } from '../constructs/audit-archive.ts';
import { EventStream } from '../constructs/event-stream.ts';
import { ItemTable } from '../constructs/item-table.ts';
import { OfflineStore } from '../constructs/offline-store.ts';
import { ParquetStream } from '../constructs/parquet-stream.ts';
import { PrivateBucket } from '../constructs/private-bucket.ts';

export interface DataStackProps extends StackProps {
  readonly environment: Environment;
  readonly definitions: Definitions;
}

/** Everything that is remembered: tables, buckets, the catalogue over them, and the streams that write the logs. */
export class DataStack extends Stack {
  readonly onlineTable: ITable;
  readonly registryTable: ITable;
  readonly predictionTable: ITable;
  readonly offlineBucket: IBucket;
  readonly artifactBucket: IBucket;
  readonly predictionLogBucket: IBucket;
  readonly offlineStore: OfflineStore;
  readonly predictionStream: CfnDeliveryStream;
  readonly outcomeStream: CfnDeliveryStream;
  readonly eventStream: CfnStream;
  readonly audit: AuditArchive;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { environment, definitions } = props;
    const { retainData: retain, deletionProtection, scratchRetentionDays: scratchDays } = environment;
    const kept = { retain, deletionProtection };

    this.onlineTable = new ItemTable(this, 'Online', { ...kept, expiresAt: 'x' }).table;
    this.registryTable = new ItemTable(this, 'Registry', kept).table;
    this.predictionTable = new ItemTable(this, 'Prediction', { ...kept, expiresAt: 'x' }).table;

    this.eventStream = new EventStream(this, 'Events', { retain }).stream;
    const accessLogs = this.addAccessLogs(environment);
    this.offlineBucket = new PrivateBucket(this, 'Offline', {
      retain,
      accessLogs,
      expireAfterDays: {
        'landing/': scratchDays,
        'online-export/': scratchDays,
        'quality/': scratchDays,
        'training-join/': scratchDays,
        'skew-audit/': scratchDays,
        'drift-scan/': scratchDays,
        'batch-entities/': scratchDays,
        'batch-part/': scratchDays,
        'rollout-counts/': scratchDays,
        'training-set-part/': scratchDays,
        'entity-rows/': scratchDays,
        'athena-results/': scratchDays,
      },
    }).bucket;
    this.artifactBucket = new PrivateBucket(this, 'Artifact', {
      retain,
      accessLogs,
      expireAfterDays: {
        'capture/': environment.captureRetentionDays,
        'batch-input/': scratchDays,
        'batch-output/': scratchDays,
      },
    }).bucket;
    this.predictionLogBucket = new PrivateBucket(this, 'PredictionLog', {
      retain,
      accessLogs,
      expireAfterDays: { 'error/': environment.captureRetentionDays },
    }).bucket;

    this.audit = new AuditArchive(this, 'AuditArchive', { retain, accessLogs, lock: environment.auditLock });

    this.offlineStore = new OfflineStore(this, 'OfflineStore', {
      stage: environment.stage,
      definitions,
      bucket: this.offlineBucket,
      scanLimitBytes: environment.athenaScanLimitBytes,
    });
    const stream = {
      database: this.offlineStore.database,
      databaseName: this.offlineStore.databaseName,
      bucket: this.predictionLogBucket,
      logRetention: environment.logRetentionDays,
    };
    this.predictionStream = new ParquetStream(this, 'PredictionStream', {
      ...stream,
      tableName: 'prediction',
      description: 'Every answered prediction and what led to it',
      columns: PREDICTION_LOG_COLUMNS,
    }).stream;
    this.outcomeStream = new ParquetStream(this, 'OutcomeStream', {
      ...stream,
      tableName: 'outcome',
      description: 'What came true for earlier predictions',
      columns: OUTCOME_LOG_COLUMNS,
    }).stream;
  }

  private addAccessLogs({ retainData, captureRetentionDays }: Environment): IBucket {
    const { bucket } = new PrivateBucket(this, 'AccessLogs', {
      retain: retainData,
      expireAfterDays: { '': captureRetentionDays },
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'this bucket receives the access logs; logging its own requests would log without end',
    });
    return bucket;
  }
}
