import { AwsError } from '../../service.ts';
import { invalid, type SageMakerScope } from './sagemaker-scope.ts';

export type JobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

/** What every kind of job is kept with. Instants are seconds since 1970. */
export interface JobRecord {
  readonly name: string;
  readonly arn: string;
  readonly status: JobStatus;
  readonly createdSeconds: number;
  readonly endedSeconds?: number;
  readonly failureReason?: string;
}

/** The jobs of one kind: their records, which live in the store, and those of them that run in this process. */
export class Jobs<J extends JobRecord> {
  readonly #scope: SageMakerScope;
  readonly #kind: string;
  readonly #words: string;
  readonly #running = new Map<string, { readonly abort: AbortController; readonly done: Promise<void> }>();
  #isStopping = false;

  /** @param kind as in ARNs, `training-job` */
  constructor(scope: SageMakerScope, kind: string) {
    this.#scope = scope;
    this.#kind = kind;
    this.#words = kind.replaceAll('-', ' ');
  }

  /** True once the region stops: what a job does from then on is not recorded, so that it starts again with the region. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  list(): readonly J[] {
    return this.#scope.store.list<J>(this.#kind).map(({ value }) => value);
  }

  find(name: string): J | undefined {
    return this.#scope.store.get<J>(this.#kind, name);
  }

  save(job: J): void {
    this.#scope.store.put(this.#kind, job.name, job);
  }

  /** @throws AwsError `ResourceInUse` */
  mustBeNew(name: string, arn: string): void {
    if (this.find(name) === undefined) return;
    throw new AwsError(
      'ResourceInUse',
      `The name of a ${this.#words} must be unique within an AWS account and region, and one with this name already exists (${arn})`,
    );
  }

  /**
   * Whether a job that is asked to stop has to be stopped still.
   *
   * @throws AwsError `ValidationException` when it is over
   */
  mustBeStopped({ status }: J): boolean {
    if (status === 'Stopping') return false;
    if (status === 'InProgress') return true;
    throw invalid(`The request was rejected because the ${this.#words} is in status ${status}.`);
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

  /** What a killed region left unfinished starts again, or has ended when it was asked to stop. */
  resume(start: (job: J) => void, stopped: (job: J) => void): void {
    for (const job of this.list()) {
      if (this.#running.has(job.name)) continue;
      if (job.status === 'InProgress') start(job);
      else if (job.status === 'Stopping') stopped(job);
    }
  }

  /** Ends the processes and leaves the records as they are, for `resume`. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const running = [...this.#running.values()];
    for (const { abort } of running) abort.abort();
    await Promise.all(running.map(({ done }) => done));
  }
}
