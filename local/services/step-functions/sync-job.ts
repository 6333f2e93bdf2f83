import { createHash } from 'node:crypto';
import type { Caller } from '../../service.ts';
import { invokeNamed } from './call-service.ts';
import type { PendingTask } from './records.ts';
import { pause, type Run } from './run.ts';
import { RegionStopping, StateError } from './state-error.ts';
import type { TaskResource } from './task-resource.ts';

type Document = Readonly<Record<string, unknown>>;
type Verdict = 'running' | 'succeeded' | 'failed';

/** Jobs are looked at this often at first, then less and less; in time of day, whatever the region's speed. */
const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 500;

interface JobKind {
  readonly describe: string;
  readonly stop: string;
  /** Arguments that make a start repeatable; `key` is the same whenever this attempt is tried again. */
  prepare?(given: Document, key: string): Document;
  /** Input of Describe, as far as it is known before the start. */
  watch(given: Document): Document | undefined;
  watchStarted(answer: Document, given: Document): Document;
  verdict(description: Document): Verdict;
  /** Rule through which AWS hears of the job's end; the role needs rights on it. */
  readonly managedRule?: string;
}

/** @param rule what the managed rule calls the jobs, where that is not what the operations call them */
function sageMakerJob(kind: string, rule = kind): JobKind {
  const nameKey = `${kind}JobName`;
  const watch = (given: Document) => ({ [nameKey]: given[nameKey] });
  return {
    describe: `Describe${kind}Job`,
    stop: `Stop${kind}Job`,
    watch,
    watchStarted: (_answer, given) => watch(given),
    verdict: (description) => {
      const status = description[`${kind}JobStatus`];
      if (status === 'Completed') return 'succeeded';
      return status === 'Failed' || status === 'Stopped' ? 'failed' : 'running';
    },
    managedRule: `StepFunctionsGetEventsForSageMaker${rule}JobsRule`,
  };
}

const JOBS: Readonly<Record<string, JobKind>> = {
  'sagemaker:createTrainingJob': sageMakerJob('Training'),
  'sagemaker:createTransformJob': sageMakerJob('Transform'),
  'sagemaker:createHyperParameterTuningJob': sageMakerJob('HyperParameterTuning', 'Tuning'),
  'sagemaker:createProcessingJob': sageMakerJob('Processing'),
  'athena:startQueryExecution': {
    describe: 'GetQueryExecution',
    stop: 'StopQueryExecution',
    // Athena gives the same query for the same token, so a start repeated after a crash starts nothing.
    prepare: (given, key) => ({ ClientRequestToken: key, ...given }),
    watch: () => undefined,
    watchStarted: (answer) => ({ QueryExecutionId: answer['QueryExecutionId'] }),
    verdict: (description) => {
      const { QueryExecution } = description as { QueryExecution?: { Status?: { State?: string } } };
      const state = QueryExecution?.Status?.State;
      if (state === 'SUCCEEDED') return 'succeeded';
      return state === 'FAILED' || state === 'CANCELLED' ? 'failed' : 'running';
    },
  },
  'states:startExecution': {
    describe: 'DescribeExecution',
    stop: 'StopExecution',
    prepare: (given, key) => ({ Name: key.slice(0, 36), ...given }),
    watch: (given) => ({
      ExecutionArn: `${String(given['StateMachineArn']).replace(':stateMachine:', ':execution:')}:${given['Name']}`,
    }),
    watchStarted: (answer) => ({ ExecutionArn: answer['ExecutionArn'] }),
    verdict: (description) => {
      if (description['Status'] === 'SUCCEEDED') return 'succeeded';
      return description['Status'] === 'RUNNING' ? 'running' : 'failed';
    },
    managedRule: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
  },
};

/** The rule a `.sync` task needs rights on, if it needs one. */
export function managedRuleOf(resource: TaskResource): string | undefined {
  return resource.pattern === 'sync' ? JOBS[resource.optimized ?? '']?.managedRule : undefined;
}

/** The arguments with which a job is started; the same each time the same attempt is tried again. */
export function prepareJob(resource: TaskResource, given: unknown, attemptKey: string): unknown {
  const prepare = JOBS[resource.optimized ?? '']?.prepare;
  if (resource.pattern !== 'sync' || prepare === undefined || typeof given !== 'object' || given === null) return given;
  const key = createHash('sha256').update(attemptKey).digest('hex');
  return prepare(given as Document, key);
}

/**
 * Starts a job, or finds the one started before a crash, and waits for its end.
 *
 * @param start makes the call that starts it
 * @param onStarted keeps what is needed to find the job again
 * @param mayHaveStarted whether an earlier process may have made the call already
 * @throws StateError `States.TaskFailed`, its cause the job's description, when the job does not succeed
 */
export async function runJob(
  run: Run,
  resource: TaskResource,
  task: PendingTask,
  caller: Caller,
  options: {
    readonly signal: AbortSignal;
    readonly mayHaveStarted: boolean;
    start(): Promise<unknown>;
    onStarted(watch: Document, answer: unknown): void;
  },
): Promise<unknown> {
  const kind = JOBS[resource.optimized ?? ''];
  if (kind === undefined) throw new StateError('States.Runtime', `no .sync for ${resource.operation}`);
  const given = task.arguments as Document; // callService has refused anything but an object
  const describe = (watch: Document) => invokeNamed(run.region, resource, kind.describe, watch, caller);

  let watch = task.job;
  if (watch === undefined && options.mayHaveStarted) {
    const candidate = kind.watch(given);
    const found = candidate === undefined ? undefined : await describe(candidate).catch(() => undefined);
    if (candidate !== undefined && found !== undefined) {
      watch = candidate;
      options.onStarted(watch, found);
    }
  }
  if (watch === undefined) {
    const answer = await options.start();
    watch = kind.watchStarted(answer as Document, given); // operations answer with an object
    options.onStarted(watch, answer);
  }
  try {
    return await untilDone(kind, () => describe(watch), resource, options.signal);
  } catch (error) {
    const wasAbandoned = options.signal.aborted && !(options.signal.reason instanceof RegionStopping);
    if (wasAbandoned) await invokeNamed(run.region, resource, kind.stop, watch, caller).catch(() => undefined);
    throw error;
  }
}

async function untilDone(
  kind: JobKind,
  describe: () => Promise<Document>,
  resource: TaskResource,
  signal: AbortSignal,
): Promise<unknown> {
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 1.5, LONGEST_POLL_MS)) {
    const description = await describe();
    signal.throwIfAborted();
    const verdict = kind.verdict(description);
    if (verdict === 'failed') throw new StateError('States.TaskFailed', JSON.stringify(description));
    if (verdict === 'succeeded') return resource.parsesOutput ? withJsonDocuments(description) : description;
    await pause(pollMs, signal);
  }
}

function withJsonDocuments(description: Document): Document {
  const parse = (value: unknown) => (typeof value === 'string' ? JSON.parse(value) : value);
  return { ...description, Input: parse(description['Input']), Output: parse(description['Output']) };
}
