import type { AbandonRunTask } from '../../../contracts/ingestion-task.ts';
import { runPrefix } from '../../../core/offline/table-layout.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Run, TableLog } from '../../ports/table-log.ts';

export interface AbandonRunDeps {
  readonly tables: TableLog;
  readonly objects: Pick<ObjectStore, 'deleteAll'>;
  readonly offlineBucket: string;
}

/** Gives up a run that failed: it can no longer commit, its rows are deleted, the table is free. Safe to repeat. */
export async function abandonRun(
  { tables, objects, offlineBucket }: AbandonRunDeps,
  task: AbandonRunTask,
): Promise<{ readonly table: string; readonly runId: string; readonly state: Run['state'] | 'unknown' }> {
  await tables.abandon(task.table, task.runId, task.reason, async (run) => {
    for (const prefix of [runPrefix(task.table, run), ...task.prefixes]) await objects.deleteAll(offlineBucket, prefix);
  });
  const run = await tables.run(task.table, task.runId);
  return { table: task.table, runId: task.runId, state: run?.state ?? 'unknown' };
}
