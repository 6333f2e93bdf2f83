import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { incomingPath, parseS3Uri, type S3Location } from '../s3/object-files.ts';
import { type ModelResponse, ModelServer } from './model-server.ts';
import type { ServableModel } from './models.ts';
import { modelEnvironment, prepareModel } from './prepare-model.ts';
import { lineBatches } from './record-batches.ts';
import { parseRecordFilter, type RecordFilter } from './record-filter.ts';
import { RoleFiles } from './role-files.ts';
import type { SageMakerScope } from './sagemaker-scope.ts';
import type { CreateTransformJobInput } from './transform-job-shape.ts';

const START_LIMIT_MS = 600_000;
const DEFAULT_INVOCATION_SECONDS = 600;
const DEFAULT_RETRIES = 3;
const BYTES_PER_MB = 1024 * 1024;
const keepAll: RecordFilter = (record) => record;

interface Transform {
  readonly input: CreateTransformJobInput;
  readonly server: ModelServer;
  readonly inputFilter: RecordFilter;
  readonly outputFilter: RecordFilter;
  readonly signal: AbortSignal;
}

/**
 * One batch transform from start to end: every object under the input goes through the model container, and each
 * answer lies at `<output>/<key>.out`. An output appears whole, once its whole input is through.
 *
 * @throws Error whose message is the failure reason
 */
export async function runTransform(
  scope: SageMakerScope,
  input: CreateTransformJobInput,
  model: ServableModel,
  signal: AbortSignal,
): Promise<void> {
  const folder = join(scope.region.stateDir, 'sagemaker/transform', input.TransformJobName);
  rmSync(folder, { recursive: true, force: true });
  const files = new RoleFiles(scope.region, model.roleArn);
  const objects = files.list(input.TransformInput.DataSource.S3DataSource.S3Uri);
  if (objects.length === 0) {
    throw new Error(
      `ClientError: No S3 objects found under S3 URL "${input.TransformInput.DataSource.S3DataSource.S3Uri}"`,
    );
  }
  const baseDir = join(folder, 'ml');
  await prepareModel(scope, model, baseDir);
  const server = new ModelServer({
    command: scope.images.commandFor(model.image),
    baseDir,
    environment: { ...modelEnvironment(scope, model), ...input.Environment, SAGEMAKER_BATCH: 'true' },
    logFile: join(folder, 'log.txt'),
    startLimitMs: START_LIMIT_MS,
    onCrash: (message) => scope.region.log('sagemaker', 'error', `transform job ${input.TransformJobName}: ${message}`),
  });
  const stop = () => void server.stop();
  signal.addEventListener('abort', stop);
  try {
    await server.start();
    const transform: Transform = { input, server, signal, ...filtersOf(input) };
    for (const object of objects) await transformObject(scope, files, transform, object);
  } finally {
    signal.removeEventListener('abort', stop);
    await server.stop();
    rmSync(baseDir, { recursive: true, force: true });
  }
}

/** @returns the filters of the job; `problem` names one that can not be read */
export function filtersOf(input: CreateTransformJobInput): {
  readonly inputFilter: RecordFilter;
  readonly outputFilter: RecordFilter;
  readonly problem?: string;
} {
  const { InputFilter = '$', OutputFilter = '$' } = input.DataProcessing ?? {};
  const type = input.TransformInput.ContentType ?? 'text/csv';
  const inputFilter = parseRecordFilter(InputFilter, type);
  const outputFilter = parseRecordFilter(OutputFilter, input.TransformOutput.Accept ?? type);
  const wrong = inputFilter === undefined ? InputFilter : outputFilter === undefined ? OutputFilter : undefined;
  return {
    inputFilter: inputFilter ?? keepAll,
    outputFilter: outputFilter ?? keepAll,
    ...(wrong === undefined
      ? {}
      : { problem: `DataProcessing: "${wrong}" is not a filter such as $, $[1:] or $[0,2] for ${type}` }),
  };
}

async function transformObject(
  scope: SageMakerScope,
  files: RoleFiles,
  transform: Transform,
  object: S3Location,
): Promise<void> {
  const { input } = transform;
  const target = outputLocation(input, object);
  files.allowPut(target);
  const source = files.pathOf(object);
  if (source === undefined) throw new Error(`ClientError: s3://${object.bucket}/${object.key} is gone`);
  const incoming = incomingPath(scope.region);
  const output = openSync(incoming, 'w');
  try {
    for (const answers of inOrder(requestsOf(transform, source), concurrency(input))) writeSync(output, await answers);
  } catch (error) {
    closeSync(output);
    rmSync(incoming, { force: true });
    throw error;
  }
  closeSync(output);
  await files.adopt(target, incoming, input.TransformOutput.Accept ?? 'text/csv');
}

/** The key below the input's prefix is kept, as AWS does. */
function outputLocation(input: CreateTransformJobInput, { key }: S3Location): S3Location {
  const prefix = parseS3Uri(input.TransformInput.DataSource.S3DataSource.S3Uri).key;
  const name = key.startsWith(`${prefix}/`) ? key.slice(prefix.length + 1) : key.slice(prefix.lastIndexOf('/') + 1);
  const output = parseS3Uri(input.TransformOutput.S3OutputPath);
  return { bucket: output.bucket, key: `${output.key.replace(/\/*$/, output.key === '' ? '' : '/')}${name}.out` };
}

/** The started requests of one file; each gives the text to write. */
function* requestsOf(transform: Transform, source: string): Generator<Promise<string>> {
  const { input } = transform;
  const maxBytes = (input.MaxPayloadInMB ?? 6) * BYTES_PER_MB || Number.POSITIVE_INFINITY;
  if (input.TransformInput.SplitType !== 'Line') {
    const size = statSync(source).size;
    if (size > maxBytes)
      throw new Error(`ClientError: an object of ${size} bytes is over MaxPayloadInMB; set SplitType Line`);
    yield ask(transform, readFileSync(source)).then((body) => assembled(input, body));
    return;
  }
  for (const { records } of lineBatches(source, maxBytes, input.BatchStrategy === 'SingleRecord')) {
    const filtered = records.map((record) => transform.inputFilter(record));
    yield ask(transform, Buffer.from(`${filtered.join('\n')}\n`)).then((body) => joined(transform, records, body));
  }
}

/** Keeps `width` promises going ahead of the one that is waited for. */
function* inOrder(requests: Generator<Promise<string>>, width: number): Generator<Promise<string>> {
  const ahead: Promise<string>[] = [];
  for (const request of requests) {
    request.catch(() => {}); // it is awaited later, after those before it
    ahead.push(request);
    if (ahead.length >= width) yield ahead.shift()!;
  }
  yield* ahead;
}

function concurrency(input: CreateTransformJobInput): number {
  return Math.max(1, input.MaxConcurrentTransforms ?? 1);
}

async function ask({ server, input, signal }: Transform, body: Buffer): Promise<string> {
  const client = input.ModelClientConfig ?? {};
  const headers = {
    ...(input.TransformInput.ContentType === undefined ? {} : { 'content-type': input.TransformInput.ContentType }),
    ...(input.TransformOutput.Accept === undefined ? {} : { accept: input.TransformOutput.Accept }),
  };
  let last = 'no answer';
  for (let attempt = 0; attempt <= (client.InvocationsMaxRetries ?? DEFAULT_RETRIES); attempt++) {
    signal.throwIfAborted();
    const limitMs = 1000 * (client.InvocationsTimeoutInSeconds ?? DEFAULT_INVOCATION_SECONDS);
    const response: ModelResponse | Error = await server
      .send({ method: 'POST', path: '/invocations', headers, body, limitMs })
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    if (response instanceof Error) {
      last = response.message;
      await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    if (response.status < 300) return response.body.toString('utf8');
    last = `${response.status}: ${response.body.toString('utf8')}`;
    if (response.status < 500) break; // the same request would be refused again
  }
  throw new Error(`ClientError: Bad HTTP answer from the model container (/invocations): ${last}`.slice(0, 1024));
}

function assembled(input: CreateTransformJobInput, body: string): string {
  return input.TransformOutput.AssembleWith === 'Line' && !body.endsWith('\n') ? `${body}\n` : body;
}

function joined({ input, outputFilter }: Transform, records: readonly string[], body: string): string {
  const join = input.DataProcessing?.JoinSource === 'Input';
  if (!join && outputFilter === keepAll) return assembled(input, body);
  const answers = body.replace(/\n$/, '').split('\n');
  if (answers.length !== records.length) {
    throw new Error(
      `ClientError: the model container gave ${answers.length} answers for ${records.length} records, so they can not be joined or filtered`,
    );
  }
  return answers
    .map((answer, i) => `${outputFilter(join ? joinRecord(input, records[i]!, answer) : answer)}\n`)
    .join('');
}

function joinRecord(input: CreateTransformJobInput, record: string, answer: string): string {
  if (!(input.TransformInput.ContentType ?? 'text/csv').startsWith('application/json')) return `${record},${answer}`;
  return JSON.stringify({ ...(JSON.parse(record) as object), SageMakerOutput: JSON.parse(answer) as unknown }); // JSON lines are objects here
}
