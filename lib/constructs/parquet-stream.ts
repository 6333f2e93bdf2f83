import { Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { LogGroup, LogStream, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { allow } from '../permissions/grant.ts';
import { DayTable } from './day-table.ts';
import { ServiceRole } from './service-role.ts';

export interface ParquetStreamProps {
  readonly database: CfnDatabase;
  readonly databaseName: string;
  /** Name of the Glue table, and the first folder of its objects. */
  readonly tableName: string;
  readonly description: string;
  /** Glue type of each column; a record is a JSON object with these members. */
  readonly columns: Readonly<Record<string, string>>;
  readonly bucket: IBucket;
  readonly logRetention: RetentionDays;
}

const BUFFER_SECONDS = 60;
/** The smallest buffer Firehose takes when it converts records to Parquet. */
const BUFFER_MB = 64;

/** Takes JSON records one by one and keeps them as Parquet, by the day they arrived, in a table Athena reads. */
export class ParquetStream extends Construct {
  readonly stream: CfnDeliveryStream;

  constructor(scope: Construct, id: string, props: ParquetStreamProps) {
    super(scope, id);
    const { tableName, bucket } = props;
    const { table } = new DayTable(this, 'Rows', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: props.databaseName,
      tableName,
      description: props.description,
      columns: props.columns,
      partitionKey: 'dt',
      location: `s3://${bucket.bucketName}/${tableName}/`,
    });
    table.addResourceDependency(props.database);
    const logGroup = new LogGroup(this, 'Errors', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const logStream = new LogStream(this, 'ErrorStream', { logGroup, removalPolicy: RemovalPolicy.DESTROY });
    const role = this.deliveryRole(props, logGroup);

    this.stream = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: bucket.bucketArn,
        roleArn: role.roleArn,
        prefix: `${tableName}/dt=!{timestamp:yyyy-MM-dd}/`,
        errorOutputPrefix: `error/${tableName}/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/`,
        bufferingHints: { intervalInSeconds: BUFFER_SECONDS, sizeInMBs: BUFFER_MB },
        compressionFormat: 'UNCOMPRESSED', // Parquet compresses inside
        cloudWatchLoggingOptions: {
          enabled: true,
          logGroupName: logGroup.logGroupName,
          logStreamName: logStream.logStreamName,
        },
        dataFormatConversionConfiguration: {
          enabled: true,
          inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
          outputFormatConfiguration: { serializer: { parquetSerDe: { compression: 'SNAPPY' } } },
          schemaConfiguration: {
            catalogId: Aws.ACCOUNT_ID,
            databaseName: props.databaseName,
            tableName,
            region: Stack.of(this).region,
            roleArn: role.roleArn,
            versionId: 'LATEST',
          },
        },
      },
    });
    this.stream.node.addDependency(table);
  }

  private deliveryRole({ databaseName, tableName, bucket }: ParquetStreamProps, logGroup: LogGroup) {
    const glue = `arn:aws:glue:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    return new ServiceRole(this, 'Delivery', {
      service: 'firehose.amazonaws.com',
      description: `Firehose: keeps ${tableName} records`,
      grants: [
        allow(
          ['s3:AbortMultipartUpload', 's3:PutObject'],
          [`${bucket.bucketArn}/${tableName}/*`, `${bucket.bucketArn}/error/${tableName}/*`],
          { because: 'the wildcard ends a fixed prefix of one bucket: Firehose makes up object keys' },
        ),
        allow(['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], bucket.bucketArn),
        allow(
          ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'],
          [`${glue}:catalog`, `${glue}:database/${databaseName}`, `${glue}:table/${databaseName}/${tableName}`],
        ),
        allow('logs:PutLogEvents', logGroup.logGroupArn),
      ],
    }).role;
  }
}
