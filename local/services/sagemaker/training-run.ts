import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { text } from 'node:stream/consumers';
import { startContainer } from '../../containers/start-container.ts';
import { incomingPath, parseS3Uri } from '../s3/object-files.ts';
import { packFolder } from './model-archive.ts';
import { RoleFiles } from './role-files.ts';
import type { SageMakerScope } from './sagemaker-scope.ts';
import { JobClientError, stageChannels } from './stage-channels.ts';
import { modelArtifactUri, outputPrefix, type TrainingJobRecord } from './training-job-record.ts';

/** SageMaker gives a container this long between SIGTERM and SIGKILL. */
const STOP_GRACE_MS = 120_000;
const DEFAULT_MAX_RUNTIME_SECONDS = 86_400;
const FAILURE_REASON_LENGTH = 1024;

/** How a run ended; `log` is what the container printed. */
export type TrainingOutcome =
  | { readonly status: 'Completed' | 'Stopped' | 'MaxRuntimeExceeded'; readonly log: string }
  | { readonly status: 'Failed'; readonly reason: string; readonly log: string };

export interface TrainingRunOptions {
  readonly signal: AbortSignal;
  /** Called as the job goes on: Downloading, Training, Uploading. */
  readonly onPhase: (secondaryStatus: string) => void;
}

/**
 * One training job from start to end: channels down, container, model up. What an earlier, killed run left behind is
 * thrown away first, so a run can be repeated; the output appears under its final names or not at all.
 */
export async function runTraining(
  scope: SageMakerScope,
  job: TrainingJobRecord,
  { signal, onPhase }: TrainingRunOptions,
): Promise<TrainingOutcome> {
  const baseDir = join(scope.region.stateDir, 'sagemaker/training', job.name);
  const logFile = join(baseDir, 'log.txt');
  rmSync(baseDir, { recursive: true, force: true });
  const readLog = async () => (existsSync(logFile) ? text(createReadStream(logFile)) : '');
  try {
    const files = new RoleFiles(scope.region, job.input.RoleArn);
    onPhase('Downloading');
    writeConfiguration(baseDir, job);
    stageChannels(files, baseDir, job.input.InputDataConfig ?? []);
    signal.throwIfAborted();
    onPhase('Training');
    const exceeded = await runContainer(scope, job, baseDir, logFile, signal);
    const reason = failureReason(baseDir);
    if (reason !== undefined && !signal.aborted) return { status: 'Failed', reason, log: await readLog() };
    onPhase('Uploading');
    await upload(scope, files, job, baseDir); // also for a stopped job: it keeps what its container saved
    return { status: signal.aborted ? 'Stopped' : exceeded ? 'MaxRuntimeExceeded' : 'Completed', log: await readLog() };
  } catch (error) {
    if (signal.aborted) return { status: 'Stopped', log: await readLog() };
    const message = error instanceof Error ? error.message : String(error);
    const reason = error instanceof JobClientError ? message : `ClientError: ${message}`;
    return { status: 'Failed', reason, log: await readLog() };
  } finally {
    rmSync(join(baseDir, 'input/data'), { recursive: true, force: true });
    rmSync(join(baseDir, 'model'), { recursive: true, force: true });
  }
}

function writeConfiguration(baseDir: string, { input }: TrainingJobRecord): void {
  const folder = join(baseDir, 'input/config');
  mkdirSync(folder, { recursive: true });
  for (const sub of ['model', 'output/data', 'checkpoints']) mkdirSync(join(baseDir, sub), { recursive: true });
  const channels = (input.InputDataConfig ?? []).map((channel) => [
    channel.ChannelName,
    {
      TrainingInputMode: channel.InputMode ?? input.AlgorithmSpecification.TrainingInputMode,
      S3DistributionType: channel.DataSource.S3DataSource.S3DataDistributionType ?? 'FullyReplicated',
      RecordWrapperType: channel.RecordWrapperType ?? 'None',
      ...(channel.ContentType === undefined ? {} : { ContentType: channel.ContentType }),
    },
  ]);
  const host = 'algo-1';
  const resources = {
    current_host: host,
    hosts: [host],
    network_interface_name: 'lo',
    current_instance_type: input.ResourceConfig?.InstanceType,
  };
  const documents = {
    'hyperparameters.json': input.HyperParameters ?? {},
    'inputdataconfig.json': Object.fromEntries(channels),
    'resourceconfig.json': resources,
  };
  for (const [name, document] of Object.entries(documents)) writeFileSync(join(folder, name), JSON.stringify(document));
}

/** @returns whether the job ran longer than its stopping condition allows */
async function runContainer(
  scope: SageMakerScope,
  job: TrainingJobRecord,
  baseDir: string,
  logFile: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { input } = job;
  const command = scope.images.commandFor(input.AlgorithmSpecification.TrainingImage ?? '');
  const container = startContainer(command, {
    verb: 'train',
    baseDir,
    logFile,
    environment: {
      ...input.Environment,
      ...scope.region.environmentForRole(input.RoleArn),
      TRAINING_JOB_NAME: job.name,
      TRAINING_JOB_ARN: job.arn,
    },
  });
  let exceeded = false;
  const limitMs = 1000 * (input.StoppingCondition?.MaxRuntimeInSeconds ?? DEFAULT_MAX_RUNTIME_SECONDS);
  const timer = setTimeout(
    () => {
      exceeded = true;
      void container.stop(STOP_GRACE_MS);
    },
    Math.min(limitMs, 2 ** 31 - 1),
  ); // the longest a timer can be
  const stop = () => void container.stop(STOP_GRACE_MS);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const { code, signal: killedBy } = await container.exited;
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
  if (code !== 0 && !exceeded && !signal.aborted && failureReason(baseDir) === undefined) {
    const how = killedBy === null ? `exit code: ${code}` : `signal: ${killedBy}`;
    throw new JobClientError(`AlgorithmError: , ${how}; see ${logFile}`);
  }
  return exceeded;
}

function failureReason(baseDir: string): string | undefined {
  const file = join(baseDir, 'output/failure');
  return existsSync(file) ? `AlgorithmError: ${readFileSync(file, 'utf8')}`.slice(0, FAILURE_REASON_LENGTH) : undefined;
}

async function upload(scope: SageMakerScope, files: RoleFiles, job: TrainingJobRecord, baseDir: string): Promise<void> {
  const prefix = parseS3Uri(outputPrefix(job));
  const at = (name: string) => ({ bucket: prefix.bucket, key: prefix.key + name });
  const archives: [folder: string, name: string][] = [];
  if (modelArtifactUri(job).endsWith('.tar.gz')) archives.push(['model', 'model.tar.gz']);
  else await uploadFolder(files, join(baseDir, 'model'), at('model/'));
  if (readdirSync(join(baseDir, 'output/data')).length > 0) archives.push(['output/data', 'output.tar.gz']);
  for (const [folder, name] of archives) {
    files.allowPut(at(name));
    const incoming = incomingPath(scope.region);
    await packFolder(join(baseDir, folder), incoming);
    await files.adopt(at(name), incoming, 'application/gzip');
  }
}

async function uploadFolder(files: RoleFiles, folder: string, prefix: { bucket: string; key: string }): Promise<void> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const key = prefix.key + relative(folder, path).split(sep).join('/');
    await files.put({ bucket: prefix.bucket, key }, readFileSync(path), 'application/octet-stream');
  }
}
