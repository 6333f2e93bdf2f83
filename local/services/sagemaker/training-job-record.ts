import type { JobRecord } from './jobs.ts';
import type { CreateTrainingJobInput } from './training-job-shape.ts';

export interface FinalMetric {
  readonly MetricName: string;
  readonly Value: number;
  readonly Timestamp: number;
}

export interface StatusTransition {
  readonly Status: string;
  readonly StartTime: number;
  readonly EndTime?: number;
  readonly StatusMessage: string;
}

/** A training job as it is kept. */
export interface TrainingJobRecord extends JobRecord {
  readonly input: CreateTrainingJobInput;
  readonly secondaryStatus: string;
  readonly transitions: readonly StatusTransition[];
  readonly modifiedSeconds: number;
  readonly startedSeconds?: number;
  readonly metrics: readonly FinalMetric[];
}

/** What `DescribeTrainingJob` answers, and what the event of a state change carries. */
export function describeTrainingJob(job: TrainingJobRecord): Record<string, unknown> {
  const { Tags: _, ...input } = job.input;
  const { startedSeconds, endedSeconds } = job;
  const billable =
    startedSeconds === undefined || endedSeconds === undefined ? undefined : Math.ceil(endedSeconds - startedSeconds);
  return {
    ...input,
    TrainingJobName: job.name,
    TrainingJobArn: job.arn,
    ...(job.status === 'Completed' ? { ModelArtifacts: { S3ModelArtifacts: modelArtifactUri(job) } } : {}),
    TrainingJobStatus: job.status,
    SecondaryStatus: job.secondaryStatus,
    SecondaryStatusTransitions: job.transitions,
    CreationTime: job.createdSeconds,
    LastModifiedTime: job.modifiedSeconds,
    ...(startedSeconds === undefined ? {} : { TrainingStartTime: startedSeconds }),
    ...(endedSeconds === undefined ? {} : { TrainingEndTime: endedSeconds }),
    ...(billable === undefined ? {} : { TrainingTimeInSeconds: billable, BillableTimeInSeconds: billable }),
    ...(job.failureReason === undefined ? {} : { FailureReason: job.failureReason }),
    ...(job.metrics.length === 0 ? {} : { FinalMetricDataList: job.metrics }),
  };
}

export function outputPrefix({ name, input }: TrainingJobRecord): string {
  return `${input.OutputDataConfig.S3OutputPath.replace(/\/+$/, '')}/${name}/output/`;
}

/** With `CompressionType: NONE` the model is a prefix of single files. */
export function modelArtifactUri(job: TrainingJobRecord): string {
  const prefix = outputPrefix(job);
  return job.input.OutputDataConfig.CompressionType === 'NONE' ? `${prefix}model/` : `${prefix}model.tar.gz`;
}
