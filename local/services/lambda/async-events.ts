import { randomUUID } from 'node:crypto';
import type { Region } from '../../service.ts';
import type { InvocationResult } from './function-worker.ts';

/** Events that were accepted with status 202 and are run in their own time, over restarts if need be. */
export interface AsyncEvents {
  /** Durable when it returns. */
  accept(functionName: string, payload: string): void;
  /** Goes on with what an earlier process accepted and did not finish. */
  resume(): void;
  stop(): void;
}

export interface RetryPolicy {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeS: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = { maximumRetryAttempts: 2, maximumEventAgeS: 21_600 };

interface QueuedEvent {
  readonly functionName: string;
  readonly payload: string;
  readonly acceptedMs: number;
  /** Tries so far. */
  readonly attempts: number;
}

/** AWS waits a minute before the second try and two before the third. */
const RETRY_DELAYS_MS = [60_000, 120_000];
const QUEUE = 'async-event';

export function makeAsyncEvents(
  region: Region,
  run: (functionName: string, payload: string, requestId: string) => Promise<InvocationResult>,
  policyOf: (functionName: string) => RetryPolicy,
): AsyncEvents {
  const store = region.store('lambda');
  const abort = new AbortController();

  const drop = (id: string, event: QueuedEvent, why: string) => {
    store.delete(QUEUE, id);
    region.log(
      'lambda',
      'error',
      `event ${id} of ${event.functionName} is given up after ${event.attempts} tries: ${why}`,
    );
  };
  const process = async (id: string, queued: QueuedEvent): Promise<void> => {
    let event = queued;
    while (!abort.signal.aborted) {
      const result = await run(event.functionName, event.payload, id);
      if (abort.signal.aborted) return; // the stop ended it; the next start runs it again
      if (!result.isError) {
        store.delete(QUEUE, id);
        return;
      }
      event = { ...event, attempts: event.attempts + 1 };
      const { maximumRetryAttempts, maximumEventAgeS } = policyOf(event.functionName);
      if (event.attempts > maximumRetryAttempts) return drop(id, event, result.payload);
      if (Date.now() - event.acceptedMs > maximumEventAgeS * 1000) return drop(id, event, 'it is too old');
      store.put(QUEUE, id, event);
      await region.clock.sleep(RETRY_DELAYS_MS[event.attempts - 1] ?? RETRY_DELAYS_MS.at(-1)!, abort.signal);
    }
  };
  const begin = (id: string, event: QueuedEvent) => {
    process(id, event).catch((error: unknown) => {
      if (!abort.signal.aborted) drop(id, event, String(error));
    });
  };

  return {
    accept: (functionName, payload) => {
      const id = randomUUID();
      const event: QueuedEvent = { functionName, payload, acceptedMs: Date.now(), attempts: 0 };
      store.put(QUEUE, id, event);
      begin(id, event);
    },
    resume: () => {
      for (const { key, value } of store.list<QueuedEvent>(QUEUE)) begin(key, value);
    },
    stop: () => abort.abort(new Error('the laptop region is stopping')),
  };
}
