import { Worker } from 'node:worker_threads';
import type { FunctionErrorDocument, InvokeMessage, WorkerMessage, WorkerStart } from './worker-messages.ts';

/** How an invocation ended. Both payloads are JSON text. */
export type InvocationResult =
  | { readonly isError: false; readonly payload: string }
  | { readonly isError: true; readonly payload: string; readonly errorType: string };

/** One execution environment: a thread that runs one event at a time. */
export interface FunctionWorker {
  /** True once the thread has ended; it takes no more events. */
  readonly isDead: boolean;
  /** Never rejects: whatever goes wrong in the thread is the result of this invocation. */
  invoke(message: Omit<InvokeMessage, 'deadlineMs'>): Promise<InvocationResult>;
  terminate(): Promise<void>;
}

export interface FunctionWorkerOptions {
  readonly start: WorkerStart;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutS: number;
  readonly memoryMb: number;
  readonly onOutput: (text: string) => void;
}

/** AWS gives the start of a function ten seconds on its own hardware; laptops are slower when many start at once. */
const INIT_TIMEOUT_MS = 30_000;

const WORKER_FILE = new URL('./worker.ts', import.meta.url);

export function startFunctionWorker(options: FunctionWorkerOptions): FunctionWorker {
  playUtc();
  const worker = new Worker(WORKER_FILE, {
    workerData: options.start,
    env: { ...options.environment },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: options.memoryMb },
    stdout: true,
    stderr: true,
  });
  worker.unref(); // an idle function must not keep a stopped region's process alive
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', options.onOutput);
  }
  let isDead = false;
  /** Takes the next message, or the death of the thread. One at a time: events never overlap in a worker. */
  let settle: (message: WorkerMessage | { readonly kind: 'died'; readonly error: FunctionErrorDocument }) => void =
    () => {};
  let deathCause: Error | undefined;
  worker.on('message', (message: WorkerMessage) => settle(message));
  worker.on('error', (error) => {
    deathCause = error instanceof Error ? error : new Error(String(error));
  });
  worker.on('exit', (code) => {
    isDead = true;
    settle({ kind: 'died', error: describeDeath(code, deathCause) });
  });
  const nextMessage = () => new Promise<Parameters<typeof settle>[0]>((resolve) => (settle = resolve));

  const ready = within(INIT_TIMEOUT_MS, nextMessage());
  const terminate = async () => {
    isDead = true;
    await worker.terminate();
  };

  return {
    get isDead() {
      return isDead;
    },
    terminate,
    invoke: async (message) => {
      const first = await ready;
      if (first === 'late' || first.kind !== 'ready') {
        await terminate();
        if (first === 'late')
          return failure('Sandbox.Timedout', `function did not start within ${INIT_TIMEOUT_MS / 1000} s`);
        return 'error' in first ? failed(first.error) : failure('Runtime.Unknown', `unexpected ${first.kind}`);
      }
      if (isDead) return failed(describeDeath(0, deathCause));
      const timeoutMs = options.timeoutS * 1000;
      const answered = nextMessage();
      worker.postMessage({ ...message, deadlineMs: Date.now() + timeoutMs } satisfies InvokeMessage);
      const answer = await within(timeoutMs, answered);
      if (answer === 'late') {
        await terminate();
        const text = `RequestId: ${message.requestId} Error: Task timed out after ${options.timeoutS.toFixed(2)} seconds`;
        return failure('Sandbox.Timedout', text);
      }
      if (answer.kind === 'result') return { isError: false, payload: answer.payload };
      return 'error' in answer ? failed(answer.error) : failure('Runtime.Unknown', `unexpected ${answer.kind}`);
    },
  };
}

/** Functions run in UTC. A thread has the time zone of its process, whatever the TZ of its own environment says. */
function playUtc(): void {
  process.env['TZ'] = 'UTC';
}

function failed(error: FunctionErrorDocument): InvocationResult {
  return { isError: true, errorType: error.errorType, payload: JSON.stringify(error) };
}

function failure(errorType: string, errorMessage: string): InvocationResult {
  return failed({ errorType, errorMessage });
}

function describeDeath(exitCode: number, cause: Error | undefined): FunctionErrorDocument {
  if (cause === undefined) {
    return { errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with error: exit status ${exitCode}` };
  }
  if ((cause as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return {
      errorType: 'Runtime.OutOfMemory',
      errorMessage: 'Runtime exited with error: the function ran out of its memory',
    };
  }
  return { errorType: cause.name, errorMessage: cause.message, trace: (cause.stack ?? '').split('\n') };
}

async function within<T>(limitMs: number, promise: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
