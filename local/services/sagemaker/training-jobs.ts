import * as z from 'zod';
import type { Operation } from '../../service.ts';
import { readInput } from '../read-document.ts';
import { type JobStatus, Jobs } from './jobs.ts';
import { listPageOf } from './list-page.ts';
import {
  allow,
  allowPassRole,
  arnOf,
  invalid,
  nowSeconds,
  requireImage,
  type SageMakerScope,
} from './sagemaker-scope.ts';
import { listMembers } from './shapes.ts';
import { keepTags } from './tags.ts';
import { describeTrainingJob, type TrainingJobRecord } from './training-job-record.ts';
import { type CreateTrainingJobInput, createTrainingJobInput } from './training-job-shape.ts';
import { finalMetrics } from './training-metrics.ts';
import { runTraining } from './training-run.ts';

const MESSAGES: Readonly<Record<string, string>> = {
  Starting: 'Starting the training job',
  Downloading: 'Downloading input data',
  Training: 'Training image is running',
  Uploading: 'Uploading generated training model',
  Completed: 'Training job completed',
  Failed: 'Training job failed',
  Stopping: 'Stopping the training job',
  Stopped: 'Training job stopped',
  MaxRuntimeExceeded: 'Training job ran longer than MaxRuntimeInSeconds',
};

const DescribeInput = z.object({ TrainingJobName: z.string() });
const ListInput = z.object(listMembers);

/** Training jobs: one child process each, all at once. */
export class TrainingJobs {
  readonly #scope: SageMakerScope;
  readonly #jobs: Jobs<TrainingJobRecord>;

  constructor(scope: SageMakerScope) {
    this.#scope = scope;
    this.#jobs = new Jobs(scope, 'training-job');
  }

  readonly operations: Record<string, Operation> = {
    CreateTrainingJob: async (document, caller) => {
      const input = readInput(createTrainingJobInput, document);
      const arn = arnOf(this.#scope, 'training-job', input.TrainingJobName);
      allow(this.#scope, caller, 'CreateTrainingJob', arn);
      if (input.Tags !== undefined) allow(this.#scope, caller, 'AddTags', arn);
      allowPassRole(this.#scope, caller, input.RoleArn);
      this.check(input, arn);
      keepTags(this.#scope, arn, input.Tags);
      this.begin(input);
      return { TrainingJobArn: arn };
    },
    DescribeTrainingJob: async (document, caller) => {
      const { TrainingJobName } = readInput(DescribeInput, document);
      allow(this.#scope, caller, 'DescribeTrainingJob', arnOf(this.#scope, 'training-job', TrainingJobName));
      return describeTrainingJob(this.#job(TrainingJobName));
    },
    StopTrainingJob: async (document, caller) => {
      const { TrainingJobName } = readInput(DescribeInput, document);
      allow(this.#scope, caller, 'StopTrainingJob', arnOf(this.#scope, 'training-job', TrainingJobName));
      const job = this.#job(TrainingJobName);
      if (!this.#jobs.mustBeStopped(job)) return {};
      this.abort(job.name);
      return {};
    },
    ListTrainingJobs: async (document, caller) => {
      const input = readInput(ListInput, document);
      allow(this.#scope, caller, 'ListTrainingJobs', '*');
      const { items, ...more } = listPageOf(this.#jobs.list(), input);
      const summary = (job: TrainingJobRecord) => ({
        TrainingJobName: job.name,
        TrainingJobArn: job.arn,
        CreationTime: job.createdSeconds,
        LastModifiedTime: job.modifiedSeconds,
        ...(job.endedSeconds === undefined ? {} : { TrainingEndTime: job.endedSeconds }),
        TrainingJobStatus: job.status,
        SecondaryStatus: job.secondaryStatus,
      });
      return { TrainingJobSummaries: items.map(summary), ...more };
    },
  };

  /** Jobs that a killed region left unfinished start from scratch, under the same name and with the same output. */
  resume(): void {
    this.#jobs.resume(
      (job) => this.#start(job),
      ({ name }) => this.#end(name, 'Stopped', 'Stopped', {}),
    );
  }

  /** Ends the processes and leaves the jobs as they are, for `resume`. */
  stop(): Promise<void> {
    return this.#jobs.stop();
  }

  /** Starts a job that was checked. */
  begin(input: CreateTrainingJobInput): void {
    const now = nowSeconds(this.#scope);
    const job: TrainingJobRecord = {
      name: input.TrainingJobName,
      arn: arnOf(this.#scope, 'training-job', input.TrainingJobName),
      input,
      status: 'InProgress',
      secondaryStatus: 'Starting',
      transitions: [{ Status: 'Starting', StartTime: now, StatusMessage: MESSAGES['Starting']! }],
      createdSeconds: now,
      modifiedSeconds: now,
      metrics: [],
    };
    this.#jobs.save(job);
    this.#start(job);
  }

  find(name: string): TrainingJobRecord | undefined {
    return this.#jobs.find(name);
  }

  abort(name: string): void {
    this.#move(name, 'Stopping', { status: 'Stopping' });
    this.#jobs.abort(name);
  }

  /** @throws AwsError for what SageMaker would refuse, and what the laptop cannot do */
  check(input: CreateTrainingJobInput, arn: string): void {
    this.#jobs.mustBeNew(input.TrainingJobName, arn);
    const { TrainingImage, AlgorithmName, TrainingInputMode } = input.AlgorithmSpecification;
    if ((TrainingImage === undefined) === (AlgorithmName === undefined)) {
      throw invalid('AlgorithmSpecification: give either TrainingImage or AlgorithmName');
    }
    if (TrainingImage === undefined)
      throw invalid('AlgorithmName: the laptop runs training images only; give TrainingImage');
    requireImage(this.#scope, TrainingImage);
    const sources = (input.InputDataConfig ?? []).map((channel) => channel.DataSource.S3DataSource.S3DataType);
    const modes = [TrainingInputMode, ...(input.InputDataConfig ?? []).map((channel) => channel.InputMode ?? 'File')];
    if (modes.includes('Pipe')) throw invalid('TrainingInputMode Pipe: the laptop has File and FastFile');
    if (sources.includes('AugmentedManifestFile'))
      throw invalid('S3DataType AugmentedManifestFile: the laptop has S3Prefix and ManifestFile');
    if (input.InputDataConfig?.some((channel) => channel.CompressionType === 'Gzip')) {
      throw invalid('CompressionType Gzip: the laptop takes uncompressed channels only');
    }
    for (const { Name, Regex } of input.AlgorithmSpecification.MetricDefinitions ?? []) {
      if (!isRegex(Regex))
        throw invalid(`MetricDefinitions: the Regex of "${Name}" is not a regular expression: ${Regex}`);
    }
    const names = (input.InputDataConfig ?? []).map((channel) => channel.ChannelName);
    const repeated = names.find((name, i) => names.indexOf(name) !== i);
    if (repeated !== undefined) throw invalid(`InputDataConfig has the channel "${repeated}" twice`);
    const { MaxRuntimeInSeconds = 86_400, MaxWaitTimeInSeconds } = input.StoppingCondition ?? {};
    if (MaxWaitTimeInSeconds !== undefined && input.EnableManagedSpotTraining !== true) {
      throw invalid('MaxWaitTimeInSeconds is for managed spot training only; set EnableManagedSpotTraining');
    }
    if (MaxWaitTimeInSeconds !== undefined && MaxWaitTimeInSeconds < MaxRuntimeInSeconds) {
      throw invalid(
        `MaxWaitTimeInSeconds (${MaxWaitTimeInSeconds}) is below MaxRuntimeInSeconds (${MaxRuntimeInSeconds})`,
      );
    }
  }

  #start(job: TrainingJobRecord): void {
    this.#jobs.start(job.name, (signal) =>
      this.#run(job, signal).catch((error: unknown) => {
        this.#scope.region.log('sagemaker', 'error', `training job ${job.name}: ${String(error)}`);
        if (this.#jobs.isStopping) return;
        this.#end(job.name, 'Failed', 'Failed', { failureReason: `InternalServerError: ${String(error)}` });
      }),
    );
  }

  async #run(job: TrainingJobRecord, signal: AbortSignal): Promise<void> {
    this.#emit(job);
    const outcome = await runTraining(this.#scope, job, {
      signal,
      onPhase: (phase) => {
        if (signal.aborted) return;
        this.#move(job.name, phase, phase === 'Training' ? { startedSeconds: nowSeconds(this.#scope) } : {});
      },
    });
    if (this.#jobs.isStopping) return;
    const metrics = finalMetrics(
      outcome.log,
      job.input.AlgorithmSpecification.MetricDefinitions,
      nowSeconds(this.#scope),
    );
    switch (outcome.status) {
      case 'Failed':
        return this.#end(job.name, 'Failed', 'Failed', { metrics, failureReason: outcome.reason });
      case 'MaxRuntimeExceeded':
        return this.#end(job.name, 'Stopped', 'MaxRuntimeExceeded', { metrics });
      case 'Stopped':
        return this.#end(job.name, 'Stopped', 'Stopped', { metrics });
      case 'Completed':
        return this.#end(job.name, 'Completed', 'Completed', { metrics });
    }
  }

  #end(name: string, status: JobStatus, secondaryStatus: string, change: Partial<TrainingJobRecord>): void {
    this.#move(name, secondaryStatus, { ...change, status, endedSeconds: nowSeconds(this.#scope) });
  }

  #move(name: string, secondaryStatus: string, change: Partial<TrainingJobRecord>): void {
    const job = this.#job(name);
    const now = nowSeconds(this.#scope);
    const ended = job.transitions.map((transition) =>
      transition.EndTime === undefined ? { ...transition, EndTime: now } : transition,
    );
    const isLast = change.status !== undefined && change.status !== 'Stopping';
    const transition = {
      Status: secondaryStatus,
      StartTime: now,
      ...(isLast ? { EndTime: now } : {}),
      StatusMessage: change.failureReason ?? MESSAGES[secondaryStatus] ?? secondaryStatus,
    };
    const moved = { ...job, ...change, secondaryStatus, transitions: [...ended, transition], modifiedSeconds: now };
    this.#jobs.save(moved);
    if (change.status !== undefined) this.#emit(moved);
  }

  #job(name: string): TrainingJobRecord {
    const job = this.find(name);
    // AWS answers with this name and not ResourceNotFound: aws/aws-sdk issue 165
    if (job === undefined) throw invalid('Requested resource not found.');
    return job;
  }

  #emit(job: TrainingJobRecord): void {
    this.#scope.region.emit({
      source: 'aws.sagemaker',
      detailType: 'SageMaker Training Job State Change',
      resources: [job.arn],
      detail: {
        ...describeTrainingJob(job),
        CreationTime: job.createdSeconds * 1000,
        LastModifiedTime: job.modifiedSeconds * 1000,
      },
    });
  }
}

function isRegex(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
