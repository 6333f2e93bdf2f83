import type { FunctionWorker, InvocationResult } from './function-worker.ts';
import type { InvokeMessage } from './worker-messages.ts';

/** Execution environments of one function. Beyond the most workers, events wait their turn. */
export interface FunctionPool {
  /** @throws ThrottledError when the function's own concurrency limit is reached */
  invoke(message: Omit<InvokeMessage, 'deadlineMs'>): Promise<InvocationResult>;
  /** Takes no more events and ends each execution environment once it has nothing to do: other code takes over. */
  drain(): void;
  stop(): Promise<void>;
}

export class ThrottledError extends Error {
  constructor() {
    super('Rate Exceeded.');
    this.name = 'TooManyRequestsException';
  }
}

const MOST_WORKERS = 8;
/** A worker that had nothing to do for this long goes; the last one stays, so that the function is warm. */
const IDLE_MS = 60_000;

export function makeFunctionPool(startWorker: () => FunctionWorker, reservedConcurrency?: number): FunctionPool {
  const idle: { readonly worker: FunctionWorker; readonly sinceMs: number }[] = [];
  const busy = new Set<FunctionWorker>();
  const waiting: ((worker: FunctionWorker | undefined) => void)[] = [];
  const mostWorkers = Math.min(MOST_WORKERS, reservedConcurrency ?? MOST_WORKERS);
  let isStopped = false;
  let isDraining = false;

  const reaper = setInterval(() => {
    const nowMs = performance.now();
    while (idle.length > 1 && nowMs - idle[0]!.sinceMs > IDLE_MS) void idle.shift()?.worker.terminate();
  }, IDLE_MS / 4);
  reaper.unref();

  const take = (): FunctionWorker | Promise<FunctionWorker | undefined> => {
    for (let entry = idle.pop(); entry !== undefined; entry = idle.pop()) {
      if (!entry.worker.isDead) return entry.worker;
    }
    if (busy.size < mostWorkers) return startWorker();
    if (reservedConcurrency !== undefined && reservedConcurrency <= mostWorkers) throw new ThrottledError();
    return new Promise((resolve) => waiting.push(resolve));
  };
  const giveBack = (worker: FunctionWorker) => {
    busy.delete(worker);
    const next = waiting.shift();
    const ready = worker.isDead && next !== undefined ? startWorker() : worker;
    if (next !== undefined) {
      busy.add(ready);
      next(ready);
    } else if (isDraining) {
      void worker.terminate();
    } else if (!worker.isDead) {
      idle.push({ worker, sinceMs: performance.now() });
    }
  };

  return {
    invoke: async (message) => {
      if (isStopped) return stoppedResult();
      const taken = take();
      if (!(taken instanceof Promise)) busy.add(taken); // before any await, or two events would count as one
      const worker = await taken;
      if (worker === undefined) return stoppedResult();
      try {
        return await worker.invoke(message);
      } finally {
        giveBack(worker);
      }
    },
    drain: () => {
      isDraining = true;
      clearInterval(reaper);
      for (const { worker } of idle.splice(0)) void worker.terminate();
    },
    stop: async () => {
      isStopped = true;
      clearInterval(reaper);
      for (const resolve of waiting.splice(0)) resolve(undefined);
      await Promise.all([...busy, ...idle.map(({ worker }) => worker)].map((worker) => worker.terminate()));
    },
  };
}

function stoppedResult(): InvocationResult {
  const error = { errorType: 'Runtime.ExitError', errorMessage: 'the laptop region is stopping' };
  return { isError: true, errorType: error.errorType, payload: JSON.stringify(error) };
}
