import { randomUUID } from 'node:crypto';
import { devNull } from 'node:os';
import { RESPONSE_PATH } from '../../assembly/custom-resource.ts';
import type { MetricDatum, MetricSink } from '../../metric-sink.ts';
import { AwsError, type Region } from '../../service.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { functionArn } from './function-definition.ts';
import { type FunctionLog, openFunctionLog } from './function-log.ts';
import { type FunctionPool, makeFunctionPool } from './function-pool.ts';
import { type InvocationResult, startFunctionWorker } from './function-worker.ts';
import { metricsInLine } from './metric-lines.ts';

interface RunningFunction {
  readonly definition: FunctionDefinition;
  readonly pool: FunctionPool;
  readonly log: FunctionLog;
}

/** The functions that are provisioned, each with its execution environments and its log. */
export interface Functions {
  /** Another definition under the name of one that is there takes over: events that run end in the code they began in. */
  put(definition: FunctionDefinition): void;
  /** No such function is no error. */
  remove(functionName: string): void;
  /** Version numbers and aliases by which the function can be called too. */
  addQualifier(functionName: string, qualifier: string): void;
  /**
   * Name and ARN of the function that a name, partial ARN or ARN means.
   *
   * @throws AwsError `ResourceNotFoundException`
   */
  find(reference: string): { readonly definition: FunctionDefinition; readonly arn: string };
  /** @throws ThrottledError */
  run(functionName: string, payload: string, requestId?: string): Promise<InvocationResult>;
  stop(): Promise<void>;
}

export function makeFunctions(region: Region, metrics: MetricSink): Functions {
  const functions = new Map<string, RunningFunction>();
  const qualifiers = new Set<string>();
  /** Their last events may still run. */
  const drained: RunningFunction[] = [];

  const start = (definition: FunctionDefinition, before: RunningFunction | undefined): RunningFunction => {
    const log =
      before?.log ??
      openFunctionLog(region.stateDir, definition.name, (line) => {
        for (const { namespace, data } of metricsInLine(line)) metrics.add(namespace, data);
      });
    const startWorker = () =>
      startFunctionWorker({
        start: {
          codeDir: definition.codeDir,
          handler: definition.handler,
          responsePath: RESPONSE_PATH,
          endpointUrl: region.endpointUrl,
        },
        environment: environmentOf(definition, region),
        timeoutS: definition.timeoutS,
        memoryMb: definition.memoryMb,
        onOutput: log.openOutput(),
      });
    return { definition, log, pool: makeFunctionPool(startWorker, definition.reservedConcurrency) };
  };

  const drain = (before: RunningFunction): void => {
    before.pool.drain();
    drained.push(before);
  };

  return {
    put: (definition) => {
      const before = functions.get(definition.name);
      functions.set(definition.name, start(definition, before));
      if (before !== undefined) drain(before);
    },
    remove: (functionName) => {
      const before = functions.get(functionName);
      functions.delete(functionName);
      if (before !== undefined) drain(before);
    },
    addQualifier: (functionName, qualifier) => void qualifiers.add(`${functionName}:${qualifier}`),
    find: (reference) => {
      const [name = '', qualifier] = reference
        .replace(/^(arn:aws:lambda:[^:]*:)?(\d{12}:)?(function:)?/, '')
        .split(':');
      const found = functions.get(name);
      const arn = functionArn(region, name) + (qualifier === undefined ? '' : `:${qualifier}`);
      const isKnown = qualifier === undefined || qualifier === '$LATEST' || qualifiers.has(`${name}:${qualifier}`);
      if (found === undefined || !isKnown) {
        throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
      }
      return { definition: found.definition, arn };
    },
    run: async (functionName, payload, requestId = randomUUID()) => {
      const { definition, pool, log } = functions.get(functionName)!; // find has been asked first
      const measure = (data: Readonly<Record<string, number>>) =>
        metrics.add('AWS/Lambda', invocationMetrics(definition.name, data));
      const startMs = performance.now();
      let result: InvocationResult;
      try {
        result = await pool.invoke({ payload, requestId, functionArn: definition.arn });
      } catch (error) {
        measure({ Throttles: 1 });
        throw error;
      }
      const durationMs = performance.now() - startMs;
      if (result.isError) log.line(`ERROR RequestId: ${requestId} ${result.payload}`);
      log.line(
        `REPORT RequestId: ${requestId} Duration: ${durationMs.toFixed(2)} ms Memory Size: ${definition.memoryMb} MB`,
      );
      measure({ Invocations: 1, Errors: result.isError ? 1 : 0, Throttles: 0, Duration: durationMs });
      return result;
    },
    stop: async () => {
      const all = [...functions.values(), ...drained];
      await Promise.all(all.map(({ pool }) => pool.stop()));
      await Promise.all([...new Set(all.map(({ log }) => log))].map((log) => log.close()));
    },
  };
}

/** The environment of the function and nothing of the laptop's own, but for the search path. */
function environmentOf(definition: FunctionDefinition, region: Region): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_LOG_FORMAT: definition.logFormat,
    ...(definition.logLevel === undefined ? {} : { AWS_LAMBDA_LOG_LEVEL: definition.logLevel }),
    LAMBDA_TASK_ROOT: definition.codeDir,
    _HANDLER: definition.handler,
    AWS_CONFIG_FILE: devNull, // a profile of the person must not change what the function does
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    ...definition.environment,
    ...region.environmentForRole(definition.roleArn),
  };
}

function invocationMetrics(functionName: string, measured: Readonly<Record<string, number>>): MetricDatum[] {
  return Object.entries(measured).map(([name, value]) => ({
    name,
    dimensions: { FunctionName: functionName },
    values: [value],
    unit: name === 'Duration' ? 'Milliseconds' : 'Count',
    timestampMs: Date.now(),
  }));
}
