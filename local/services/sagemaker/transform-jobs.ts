import * as z from 'zod';
import type { Operation } from '../../service.ts';
import { readInput } from '../read-document.ts';
import { type JobRecord, type JobStatus, Jobs } from './jobs.ts';
import { listPageOf } from './list-page.ts';
import { servableModel } from './models.ts';
import { allow, arnOf, invalid, nowSeconds, requireImage, type SageMakerScope } from './sagemaker-scope.ts';
import { listMembers } from './shapes.ts';
import { keepTags } from './tags.ts';
import { type CreateTransformJobInput, createTransformJobInput } from './transform-job-shape.ts';
import { filtersOf, runTransform } from './transform-run.ts';

const JobInput = z.object({ TransformJobName: z.string() });
const ListInput = z.object(listMembers);

interface TransformJobRecord extends JobRecord {
  readonly input: CreateTransformJobInput;
  readonly startedSeconds?: number;
}

/** Batch transform jobs: one model container each, all at once. */
export class TransformJobs {
  readonly #scope: SageMakerScope;
  readonly #jobs: Jobs<TransformJobRecord>;

  constructor(scope: SageMakerScope) {
    this.#scope = scope;
    this.#jobs = new Jobs(scope, 'transform-job');
  }

  readonly operations: Record<string, Operation> = {
    CreateTransformJob: async (document, caller) => {
      const input = readInput(createTransformJobInput, document);
      const arn = arnOf(this.#scope, 'transform-job', input.TransformJobName);
      allow(this.#scope, caller, 'CreateTransformJob', arn);
      if (input.Tags !== undefined) allow(this.#scope, caller, 'AddTags', arn);
      this.#check(input, arn);
      const job: TransformJobRecord = {
        name: input.TransformJobName,
        arn,
        input,
        status: 'InProgress',
        createdSeconds: nowSeconds(this.#scope),
      };
      keepTags(this.#scope, arn, input.Tags);
      this.#jobs.save(job);
      this.#start(job);
      return { TransformJobArn: arn };
    },
    DescribeTransformJob: async (document, caller) => {
      const { TransformJobName } = readInput(JobInput, document);
      allow(this.#scope, caller, 'DescribeTransformJob', arnOf(this.#scope, 'transform-job', TransformJobName));
      return describe(this.#find(TransformJobName));
    },
    StopTransformJob: async (document, caller) => {
      const { TransformJobName } = readInput(JobInput, document);
      allow(this.#scope, caller, 'StopTransformJob', arnOf(this.#scope, 'transform-job', TransformJobName));
      const job = this.#find(TransformJobName);
      if (!this.#jobs.mustBeStopped(job)) return {};
      this.#jobs.save({ ...job, status: 'Stopping' });
      this.#jobs.abort(job.name);
      return {};
    },
    ListTransformJobs: async (document, caller) => {
      const input = readInput(ListInput, document);
      allow(this.#scope, caller, 'ListTransformJobs', '*');
      const { items, ...more } = listPageOf(this.#jobs.list(), input);
      const summary = (job: TransformJobRecord) => ({
        TransformJobName: job.name,
        TransformJobArn: job.arn,
        CreationTime: job.createdSeconds,
        ...(job.endedSeconds === undefined ? {} : { TransformEndTime: job.endedSeconds }),
        TransformJobStatus: job.status,
        ...(job.failureReason === undefined ? {} : { FailureReason: job.failureReason }),
      });
      return { TransformJobSummaries: items.map(summary), ...more };
    },
  };

  /** Jobs that a killed region left unfinished start from scratch; their outputs are written again. */
  resume(): void {
    this.#jobs.resume(
      (job) => this.#start(job),
      ({ name }) => this.#end(name, 'Stopped'),
    );
  }

  /** Ends the processes and leaves the jobs as they are, for `resume`. */
  stop(): Promise<void> {
    return this.#jobs.stop();
  }

  #check(input: CreateTransformJobInput, arn: string): void {
    this.#jobs.mustBeNew(input.TransformJobName, arn);
    requireImage(this.#scope, servableModel(this.#scope, input.ModelName).image);
    const { SplitType = 'None', CompressionType = 'None', DataSource } = input.TransformInput;
    if (SplitType !== 'None' && SplitType !== 'Line')
      throw invalid(`SplitType ${SplitType}: the laptop has None and Line`);
    if (CompressionType === 'Gzip') throw invalid('CompressionType Gzip: the laptop takes uncompressed input only');
    if (DataSource.S3DataSource.S3DataType !== 'S3Prefix')
      throw invalid('S3DataType ManifestFile: the laptop transforms S3Prefix only');
    const processes = input.DataProcessing !== undefined;
    if (processes && SplitType === 'None') throw invalid('DataProcessing needs SplitType Line');
    if ((input.BatchStrategy === 'SingleRecord' || processes) && SplitType !== 'Line')
      throw invalid('BatchStrategy needs SplitType Line');
    const { problem } = filtersOf(input);
    if (problem !== undefined) throw invalid(problem);
    if ((input.MaxPayloadInMB ?? 6) * Math.max(1, input.MaxConcurrentTransforms ?? 1) > 100) {
      throw invalid('MaxConcurrentTransforms * MaxPayloadInMB must not exceed 100 MB');
    }
  }

  #start(job: TransformJobRecord): void {
    this.#jobs.start(job.name, (signal) => this.#run(job, signal));
  }

  async #run(job: TransformJobRecord, signal: AbortSignal): Promise<void> {
    this.#emit(job);
    this.#jobs.save({ ...this.#find(job.name), startedSeconds: nowSeconds(this.#scope) });
    try {
      await runTransform(this.#scope, job.input, servableModel(this.#scope, job.input.ModelName), signal);
      if (!this.#jobs.isStopping) this.#end(job.name, signal.aborted ? 'Stopped' : 'Completed');
    } catch (error) {
      if (this.#jobs.isStopping) return;
      if (signal.aborted) return this.#end(job.name, 'Stopped');
      const failureReason = error instanceof Error ? error.message : String(error);
      this.#scope.region.log('sagemaker', 'error', `transform job ${job.name}: ${failureReason}`);
      this.#end(job.name, 'Failed', failureReason);
    }
  }

  #end(name: string, status: JobStatus, failureReason?: string): void {
    const job = {
      ...this.#find(name),
      status,
      endedSeconds: nowSeconds(this.#scope),
      ...(failureReason === undefined ? {} : { failureReason }),
    };
    this.#jobs.save(job);
    this.#emit(job);
  }

  #find(name: string): TransformJobRecord {
    const job = this.#jobs.find(name);
    if (job === undefined) throw invalid('Requested resource not found.');
    return job;
  }

  #emit(job: TransformJobRecord): void {
    this.#scope.region.emit({
      source: 'aws.sagemaker',
      detailType: 'SageMaker Transform Job State Change',
      resources: [job.arn],
      detail: { ...describe(job), CreationTime: job.createdSeconds * 1000 },
    });
  }
}

function describe(job: TransformJobRecord): Record<string, unknown> {
  const { Tags: _, ...input } = job.input;
  return {
    ...input,
    TransformJobArn: job.arn,
    TransformJobStatus: job.status,
    CreationTime: job.createdSeconds,
    ...(job.startedSeconds === undefined ? {} : { TransformStartTime: job.startedSeconds }),
    ...(job.endedSeconds === undefined ? {} : { TransformEndTime: job.endedSeconds }),
    ...(job.failureReason === undefined ? {} : { FailureReason: job.failureReason }),
  };
}
