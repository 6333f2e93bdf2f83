import { invalid } from './sagemaker-scope.ts';
import type { JobStatus } from './training-job-record.ts';

/** The jobs of one kind that run in this process, by name; their records live in the store. */
export class RunningJobs {
  readonly #running = new Map<string, { readonly abort: AbortController; readonly done: Promise<void> }>();
  #isStopping = false;

  /** True once the region stops: what a job does from then on is not recorded, so that it starts again with the region. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  has(name: string): boolean {
    return this.#running.has(name);
  }

  /** @param run never rejects; it begins after the caller has its answer */
  start(name: string, run: (signal: AbortSignal) => Promise<void>): void {
    const abort = new AbortController();
    const done = Promise.resolve()
      .then(() => run(abort.signal))
      .finally(() => this.#running.delete(name));
    this.#running.set(name, { abort, done });
  }

  abort(name: string): void {
    this.#running.get(name)?.abort.abort();
  }

  /** Ends the processes and leaves the records as they are. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const running = [...this.#running.values()];
    for (const { abort } of running) abort.abort();
    await Promise.all(running.map(({ done }) => done));
  }
}

/**
 * Whether a job that is asked to stop has to be stopped still.
 *
 * @throws AwsError `ValidationException` when it is over
 */
export function mustBeStopped(kind: string, status: JobStatus): boolean {
  if (status === 'Stopping') return false;
  if (status === 'InProgress') return true;
  throw invalid(`The request was rejected because the ${kind} job is in status ${status}.`);
}
