import { CfnEventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export interface StreamConsumerProps {
  readonly consumer: IFunction;
  readonly streamArn: string;
  /** Bucket that gets records which are given up, with their bytes, under `aws/lambda/`: Lambda lets nobody choose. */
  readonly failureBucketArn: string;
}

const BATCH_RECORDS = 500;
/** A run of a table for each batch: a second of waiting makes few of many. */
const WINDOW_SECONDS = 1;
/** With the pauses between them some minutes: longer than most outages, and short beside what the stream keeps. */
const RETRIES = 10;
const MAX_AGE_HOURS = 12;

/**
 * Feeds the consumer from the stream, one batch of a shard at a time so that order is kept. Only what failed is tried
 * again; a batch that breaks the function is split until the one record that does it is alone, and that is given up.
 */
export class StreamConsumer extends Construct {
  readonly mapping: CfnEventSourceMapping;

  constructor(scope: Construct, id: string, props: StreamConsumerProps) {
    super(scope, id);
    this.mapping = new CfnEventSourceMapping(this, 'Mapping', {
      functionName: props.consumer.functionName,
      eventSourceArn: props.streamArn,
      startingPosition: 'TRIM_HORIZON',
      batchSize: BATCH_RECORDS,
      maximumBatchingWindowInSeconds: WINDOW_SECONDS,
      parallelizationFactor: 1,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ['ReportBatchItemFailures'],
      maximumRetryAttempts: RETRIES,
      maximumRecordAgeInSeconds: MAX_AGE_HOURS * 3_600,
      destinationConfig: { onFailure: { destination: props.failureBucketArn } },
      metricsConfig: { metrics: ['EventCount'] },
    });
  }
}
