import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AwsError, type Region, type ResourceRequest } from '../../service.ts';
import { readProperties, templateBoolean, templateNumber, templateTags } from '../read-document.ts';

/** How a function is fed from the shards of a Kinesis stream. */
export interface EventSourceMapping {
  readonly uuid: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly roleArn: string;
  readonly streamArn: string;
  /** Where a shard is begun that has no checkpoint: its oldest record for null. */
  readonly startAtMs: number | null;
  readonly isEnabled: boolean;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly bisects: boolean;
  /** -1 for without end. */
  readonly maximumRetryAttempts: number;
  readonly maximumRecordAgeSeconds: number;
  readonly reportsItemFailures: boolean;
  /** ARN of a bucket or a queue; null for records that are dropped. */
  readonly onFailure: string | null;
  readonly countsEvents: boolean;
}

const only = (what: string) => z.undefined(`${what} is not supported by the laptop region`).optional();

/** Limits and defaults: Lambda API reference, CreateEventSourceMapping. */
const Properties = z
  .strictObject({
    FunctionName: z.string(),
    EventSourceArn: z
      .string()
      .regex(/^arn:[^:]+:kinesis:[^:]*:\d{12}:stream\/.+$/, 'the laptop region maps Kinesis streams alone'),
    StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP']),
    StartingPositionTimestamp: templateNumber.optional(),
    Enabled: templateBoolean.default(true),
    BatchSize: templateNumber.pipe(z.int().min(1).max(10_000)).default(100),
    MaximumBatchingWindowInSeconds: templateNumber.pipe(z.int().min(0).max(300)).default(0),
    BisectBatchOnFunctionError: templateBoolean.default(false),
    MaximumRetryAttempts: templateNumber.pipe(z.int().min(-1).max(10_000)).default(-1),
    MaximumRecordAgeInSeconds: templateNumber.pipe(z.union([z.literal(-1), z.int().min(60).max(604_800)])).default(-1),
    ParallelizationFactor: templateNumber
      .pipe(z.literal(1, 'the laptop region runs one batch of a shard at a time'))
      .optional(),
    FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
    DestinationConfig: z
      .strictObject({
        OnFailure: z.strictObject({
          Destination: z
            .string()
            .regex(/^arn:[^:]+:(s3|sqs):/, 'the laptop region sends what failed to S3 buckets and SQS queues'),
        }),
      })
      .optional(),
    MetricsConfig: z.strictObject({ Metrics: z.array(z.literal('EventCount')) }).optional(),
    Tags: templateTags,
    FilterCriteria: only('a filter'),
    TumblingWindowInSeconds: only('a tumbling window'),
  })
  .refine((it) => (it.StartingPosition === 'AT_TIMESTAMP') === (it.StartingPositionTimestamp !== undefined), {
    error: 'StartingPositionTimestamp goes with StartingPosition AT_TIMESTAMP, and with no other',
  });

/** What a function's role has to be allowed to do with its stream. Source: Lambda developer guide, Kinesis permissions. */
const STREAM_ACTIONS = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'];

/**
 * Checks the properties of an AWS::Lambda::EventSourceMapping.
 *
 * @throws AwsError when the function's role may not read the stream
 */
export function readMapping(
  region: Region,
  request: ResourceRequest,
  find: (reference: string) => { readonly name: string; readonly arn: string; readonly roleArn: string },
): EventSourceMapping {
  const asked = readProperties(Properties, request, 'AWS::Lambda::EventSourceMapping');
  const { name, arn, roleArn } = find(asked.FunctionName);
  const missing = STREAM_ACTIONS.filter((action) => !mayRead(region, roleArn, action, asked.EventSourceArn));
  if (missing.length > 0) {
    throw new AwsError(
      'InvalidParameterValueException',
      `Cannot access stream ${asked.EventSourceArn}. Please ensure the role can perform the ${missing.join(', ')} Actions on your stream in IAM.`,
    );
  }
  return {
    uuid: uuidOf(request.generatedName),
    functionName: name,
    functionArn: arn,
    roleArn,
    streamArn: asked.EventSourceArn,
    startAtMs: startOf(asked.StartingPosition, asked.StartingPositionTimestamp, region.clock.now()),
    isEnabled: asked.Enabled,
    batchSize: asked.BatchSize,
    windowSeconds: asked.MaximumBatchingWindowInSeconds,
    bisects: asked.BisectBatchOnFunctionError,
    maximumRetryAttempts: asked.MaximumRetryAttempts,
    maximumRecordAgeSeconds: asked.MaximumRecordAgeInSeconds,
    reportsItemFailures: asked.FunctionResponseTypes.length > 0,
    onFailure: asked.DestinationConfig?.OnFailure.Destination ?? null,
    countsEvents: asked.MetricsConfig !== undefined,
  };
}

function startOf(position: string, timestampSeconds: number | undefined, now: Date): number | null {
  if (position === 'TRIM_HORIZON') return null;
  return timestampSeconds === undefined ? now.getTime() : timestampSeconds * 1000;
}

function mayRead(region: Region, roleArn: string, action: string, streamArn: string): boolean {
  try {
    region.authorize(region.callerForRole(roleArn), `kinesis:${action}`, streamArn);
    return true;
  } catch (error) {
    if (error instanceof AwsError) return false;
    throw error;
  }
}

/** The same at every start, so that checkpoints are found again. */
function uuidOf(generatedName: string): string {
  const hex = createHash('sha256').update(generatedName).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
