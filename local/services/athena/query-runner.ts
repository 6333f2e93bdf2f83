import type { DuckDBConnection } from '@duckdb/node-api';
import { AwsError, type Region } from '../../service.ts';
import { engineMessage, openEngine, type QueryEngine } from './engine.ts';
import { type QueryJob, unfinishedJob } from './query-job.ts';
import { isFinal, type QueryRecord, requireQuery, saveQuery } from './query-record.ts';
import { runStatement, ScanLimitError } from './run-statement.ts';
import { QueryError } from './sql-tree.ts';

/** Queries at once; the others wait as QUEUED. */
const MAX_RUNNING = 4;
const ENGINE_LIMITS = { memoryLimitMb: 4_096, threads: 2 };

export interface QueryRunner {
  enqueue(job: QueryJob): void;
  /** Stops a query that has not ended; one that has stays as it is. */
  cancel(id: string): void;
  /** Runs what a stopped or killed region left unfinished again from its start; see {@link unfinishedJob}. */
  resume(): void;
  /** Interrupts what runs, and leaves it unfinished. */
  stop(): Promise<void>;
}

/** Runs queries, a few at a time, and writes down each change of state before anyone can see it. */
export function makeQueryRunner(region: Region): QueryRunner {
  const waiting: QueryJob[] = [];
  const running = new Map<string, { connection?: DuckDBConnection; done: Promise<void> }>();
  let engine: Promise<QueryEngine> | undefined;
  let isStopping = false;

  function startNext(): void {
    while (!isStopping && running.size < MAX_RUNNING && waiting.length > 0) {
      const job = waiting.shift()!;
      const slot: { connection?: DuckDBConnection; done: Promise<void> } = { done: Promise.resolve() };
      running.set(job.id, slot);
      slot.done = execute(job, slot).finally(() => {
        running.delete(job.id);
        startNext();
      });
    }
  }

  async function execute(job: QueryJob, slot: { connection?: DuckDBConnection }): Promise<void> {
    change(job.id, { state: 'RUNNING', startedAt: now() });
    try {
      engine ??= openEngine(region, ENGINE_LIMITS);
      const connection = await (await engine).connect();
      slot.connection = connection;
      try {
        const record = requireQuery(region, job.id);
        if (isFinal(record.state)) return;
        const outcome = await runStatement({
          region,
          connection,
          record,
          statement: job.statement,
          workGroup: job.workGroup,
        });
        change(job.id, { ...outcome, state: 'SUCCEEDED', completedAt: now() });
      } finally {
        connection.closeSync();
      }
    } catch (error) {
      if (!isStopping) change(job.id, failure(error));
    }
  }

  function failure(error: unknown): Partial<QueryRecord> & Pick<QueryRecord, 'state'> {
    const completedAt = now();
    if (error instanceof ScanLimitError) {
      return { state: 'CANCELLED', reason: error.message, scannedBytes: error.scannedBytes, completedAt };
    }
    const isOurs = error instanceof QueryError || error instanceof AwsError;
    const reason = isOurs ? error.message : engineMessage(error);
    return { state: 'FAILED', reason: error instanceof AwsError ? `${error.code}: ${reason}` : reason, completedAt };
  }

  /** A query that ended, cancelled for one, never changes again. */
  function change(id: string, to: Partial<QueryRecord> & Pick<QueryRecord, 'state'>): void {
    const record = requireQuery(region, id);
    if (isFinal(record.state)) return;
    saveQuery(region, { ...record, ...to }, record.state);
    if (to.state === 'FAILED') region.log('athena', 'info', `query ${id} failed: ${to.reason}`);
  }

  function now(): string {
    return region.clock.now().toISOString();
  }

  return {
    enqueue: (job) => {
      waiting.push(job);
      startNext();
    },
    cancel: (id) => {
      change(id, { state: 'CANCELLED', reason: 'Query cancelled by user', completedAt: now() });
      const place = waiting.findIndex((job) => job.id === id);
      if (place !== -1) waiting.splice(place, 1);
      running.get(id)?.connection?.interrupt();
    },
    resume: () => {
      for (const { value } of region.store('athena').list<QueryRecord>('query')) {
        if (isFinal(value.state) || running.has(value.id) || waiting.some(({ id }) => id === value.id)) continue;
        try {
          waiting.push(unfinishedJob(region, value));
        } catch (error) {
          change(value.id, failure(error));
        }
      }
      startNext();
    },
    stop: async () => {
      isStopping = true;
      waiting.length = 0;
      for (const { connection } of running.values()) connection?.interrupt();
      await Promise.all([...running.values()].map(({ done }) => done));
      if (engine !== undefined) (await engine).close();
    },
  };
}
