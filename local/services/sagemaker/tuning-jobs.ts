import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { AwsError, type Operation } from '../../service.ts';
import { readInput } from '../read-document.ts';
import { drawHyperparameters } from './draw-hyperparameters.ts';
import { type JobRecord, type JobStatus, Jobs } from './jobs.ts';
import { allow, allowPassRole, arnOf, invalid, nowSeconds, type SageMakerScope } from './sagemaker-scope.ts';
import { keepTags } from './tags.ts';
import type { TrainingJobRecord } from './training-job-record.ts';
import type { TrainingJobs } from './training-jobs.ts';
import { type CreateTuningJobInput, createTuningJobInput } from './tuning-job-shape.ts';

const POLL_MS = 50;
/** How SageMaker tells the built-in XGBoost image what it searches for. */
const OBJECTIVE = '_tuning_objective_metric';

const JobInput = z.object({ HyperParameterTuningJobName: z.string() });

interface TuningJobRecord extends JobRecord {
  readonly input: CreateTuningJobInput;
}

/** Searches for hyperparameters: each starts training jobs, so many at once, and knows the best of them. */
export class TuningJobs {
  readonly #scope: SageMakerScope;
  readonly #trainingJobs: TrainingJobs;
  readonly #jobs: Jobs<TuningJobRecord>;

  constructor(scope: SageMakerScope, trainingJobs: TrainingJobs) {
    this.#scope = scope;
    this.#trainingJobs = trainingJobs;
    this.#jobs = new Jobs(scope, 'hyper-parameter-tuning-job');
  }

  readonly operations: Record<string, Operation> = {
    CreateHyperParameterTuningJob: async (document, caller) => {
      const input = readInput(createTuningJobInput, document);
      const name = input.HyperParameterTuningJobName;
      const arn = arnOf(this.#scope, 'hyper-parameter-tuning-job', name);
      allow(this.#scope, caller, 'CreateHyperParameterTuningJob', arn);
      if (input.Tags !== undefined) allow(this.#scope, caller, 'AddTags', arn);
      allowPassRole(this.#scope, caller, input.TrainingJobDefinition.RoleArn);
      this.#jobs.mustBeNew(name, arn);
      checkSearch(input);
      this.#trainingJobs.check(trainingInput(input, 0), arn);
      const job: TuningJobRecord = {
        name,
        arn,
        input,
        status: 'InProgress',
        createdSeconds: nowSeconds(this.#scope),
      };
      keepTags(this.#scope, arn, input.Tags);
      this.#jobs.save(job);
      this.#start(job);
      return { HyperParameterTuningJobArn: arn };
    },
    DescribeHyperParameterTuningJob: async (document, caller) => {
      const { HyperParameterTuningJobName: name } = readInput(JobInput, document);
      const arn = arnOf(this.#scope, 'hyper-parameter-tuning-job', name);
      allow(this.#scope, caller, 'DescribeHyperParameterTuningJob', arn);
      return this.#describe(this.#find(name));
    },
    StopHyperParameterTuningJob: async (document, caller) => {
      const { HyperParameterTuningJobName: name } = readInput(JobInput, document);
      const arn = arnOf(this.#scope, 'hyper-parameter-tuning-job', name);
      allow(this.#scope, caller, 'StopHyperParameterTuningJob', arn);
      const job = this.#find(name);
      if (!this.#jobs.mustBeStopped(job)) return {};
      this.#jobs.save({ ...job, status: 'Stopping' });
      this.#jobs.abort(name);
      return {};
    },
  };

  /** Searches that a killed region left unfinished go on: their training jobs have resumed by themselves. */
  resume(): void {
    this.#jobs.resume(
      (job) => this.#start(job),
      ({ name }) => this.#end(name, 'Stopped'),
    );
  }

  /** Leaves the searches as they are, for `resume`. */
  stop(): Promise<void> {
    return this.#jobs.stop();
  }

  #start(job: TuningJobRecord): void {
    this.#jobs.start(job.name, async (signal) => {
      await this.#search(job, signal).catch((error: unknown) => {
        if (this.#jobs.isStopping) return;
        this.#scope.region.log('sagemaker', 'error', `tuning job ${job.name}: ${String(error)}`);
        this.#end(job.name, 'Failed', `InternalServerError: ${String(error)}`);
      });
    });
  }

  async #search(job: TuningJobRecord, signal: AbortSignal): Promise<void> {
    const { MaxNumberOfTrainingJobs: most, MaxParallelTrainingJobs: atOnce } =
      job.input.HyperParameterTuningJobConfig.ResourceLimits;
    for (;;) {
      const started = this.#jobsOf(job);
      const busy = started.filter(({ status }) => status === 'InProgress' || status === 'Stopping');
      if (signal.aborted) {
        if (this.#jobs.isStopping) return;
        for (const { name } of busy) this.#trainingJobs.abort(name);
        return this.#end(job.name, 'Stopped');
      }
      if (busy.length === 0 && started.length === most) break;
      const next = Math.min(most, started.length + atOnce - busy.length);
      for (let i = started.length; i < next; i++) this.#trainingJobs.begin(trainingInput(job.input, i));
      await pause(POLL_MS);
    }
    const best = this.#best(job);
    if (best === undefined) {
      this.#end(
        job.name,
        'Failed',
        'AllTrainingJobsFailed: no training job of the search gave a value of the objective',
      );
    } else this.#end(job.name, 'Completed');
  }

  /** Training jobs of the search that were started, in order. */
  #jobsOf({ input }: TuningJobRecord): readonly TrainingJobRecord[] {
    const jobs: TrainingJobRecord[] = [];
    for (let i = 0; ; i++) {
      const job = this.#trainingJobs.find(trainingName(input, i));
      if (job === undefined) return jobs;
      jobs.push(job);
    }
  }

  #best(job: TuningJobRecord): { readonly job: TrainingJobRecord; readonly value: number } | undefined {
    const { Type, MetricName } = job.input.HyperParameterTuningJobConfig.HyperParameterTuningJobObjective;
    const sign = Type === 'Maximize' ? 1 : -1;
    return this.#jobsOf(job)
      .filter(({ status }) => status === 'Completed')
      .flatMap((trained) => {
        const metric = trained.metrics.find((one) => one.MetricName === MetricName);
        return metric === undefined || Number.isNaN(metric.Value) ? [] : [{ job: trained, value: metric.Value }];
      })
      .reduce<{ job: TrainingJobRecord; value: number } | undefined>(
        (best, one) => (best === undefined || sign * one.value > sign * best.value ? one : best),
        undefined,
      );
  }

  #describe(job: TuningJobRecord): Record<string, unknown> {
    const { Tags: _, ...input } = job.input;
    const objective = job.input.HyperParameterTuningJobConfig.HyperParameterTuningJobObjective;
    const jobs = this.#jobsOf(job);
    const count = (...statuses: JobStatus[]) => jobs.filter(({ status }) => statuses.includes(status)).length;
    const best = this.#best(job);
    return {
      ...input,
      HyperParameterTuningJobArn: job.arn,
      HyperParameterTuningJobStatus: job.status,
      CreationTime: job.createdSeconds,
      ...(job.endedSeconds === undefined ? {} : { HyperParameterTuningEndTime: job.endedSeconds }),
      ...(job.failureReason === undefined ? {} : { FailureReason: job.failureReason }),
      TrainingJobStatusCounters: {
        Completed: count('Completed'),
        InProgress: count('InProgress', 'Stopping'),
        RetryableError: 0,
        NonRetryableError: count('Failed'),
        Stopped: count('Stopped'),
      },
      ...(best === undefined
        ? {}
        : {
            BestTrainingJob: {
              TrainingJobName: best.job.name,
              TrainingJobArn: best.job.arn,
              CreationTime: best.job.createdSeconds,
              TrainingJobStatus: best.job.status,
              TunedHyperParameters: drawHyperparameters(
                job.input,
                jobs.findIndex(({ name }) => name === best.job.name),
              ),
              FinalHyperParameterTuningJobObjectiveMetric: { ...objective, Value: best.value },
              ObjectiveStatus: 'Succeeded',
            },
          }),
    };
  }

  #end(name: string, status: JobStatus, failureReason?: string): void {
    const job = this.#find(name);
    const reason = failureReason === undefined ? {} : { failureReason };
    this.#jobs.save({ ...job, status, endedSeconds: nowSeconds(this.#scope), ...reason });
    this.#scope.region.emit({
      source: 'aws.sagemaker',
      detailType: 'SageMaker HyperParameter Tuning Job State Change',
      resources: [job.arn],
      detail: { HyperParameterTuningJobName: name, HyperParameterTuningJobStatus: status },
    });
  }

  #find(name: string): TuningJobRecord {
    const job = this.#jobs.find(name);
    if (job === undefined) throw new AwsError('ResourceNotFound', 'Requested resource not found.');
    return job;
  }
}

/** What SageMaker refuses of a search, and what the laptop cannot do. */
function checkSearch({
  HyperParameterTuningJobConfig: config,
  TrainingJobDefinition: definition,
}: CreateTuningJobInput) {
  const { MaxNumberOfTrainingJobs: most, MaxParallelTrainingJobs: atOnce } = config.ResourceLimits;
  if (atOnce > most) {
    throw invalid(`MaxParallelTrainingJobs (${atOnce}) must not exceed MaxNumberOfTrainingJobs (${most})`);
  }
  if (config.Strategy === 'Hyperband' || config.Strategy === 'Grid') {
    throw invalid(`Strategy ${config.Strategy}: the laptop has Bayesian and Random`);
  }
  const { ContinuousParameterRanges, IntegerParameterRanges, CategoricalParameterRanges } = config.ParameterRanges;
  const numeric = [...ContinuousParameterRanges, ...IntegerParameterRanges];
  if (numeric.length + CategoricalParameterRanges.length === 0) throw invalid('ParameterRanges are empty');
  for (const { Name, MinValue, MaxValue, ScalingType } of numeric) {
    const [min, max] = [Number(MinValue), Number(MaxValue)];
    if (!(min < max)) throw invalid(`the range of ${Name} is not one: MinValue ${MinValue}, MaxValue ${MaxValue}`);
    if (ScalingType === 'ReverseLogarithmic') throw invalid(`ScalingType ReverseLogarithmic: the laptop has it not`);
    if (ScalingType === 'Logarithmic' && min <= 0) throw invalid(`logarithmic scaling of ${Name} needs values above 0`);
  }
  for (const { Name } of [...numeric, ...CategoricalParameterRanges]) {
    if (definition.StaticHyperParameters[Name] === undefined) continue;
    throw invalid(`hyperparameter ${Name} is both static and searched`);
  }
}

function trainingName({ HyperParameterTuningJobName: name }: CreateTuningJobInput, index: number): string {
  const suffix = createHash('sha256').update(`${name}/${index}`).digest('hex').slice(0, 8);
  return `${name}-${String(index + 1).padStart(3, '0')}-${suffix}`;
}

function trainingInput(input: CreateTuningJobInput, index: number) {
  const { StaticHyperParameters, ...definition } = input.TrainingJobDefinition;
  return {
    ...definition,
    TrainingJobName: trainingName(input, index),
    HyperParameters: {
      ...StaticHyperParameters,
      ...drawHyperparameters(input, index),
      [OBJECTIVE]: input.HyperParameterTuningJobConfig.HyperParameterTuningJobObjective.MetricName,
    },
  };
}
