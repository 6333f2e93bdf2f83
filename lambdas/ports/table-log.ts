import type { OpenedRun, Run, RunFacts, TableHead } from '../../core/offline/table-runs.ts';

export type { DeadRun, OpenedRun, Run, RunFacts, TableHead } from '../../core/offline/table-runs.ts';

/**
 * The log of runs that write an offline table (a source or a version of a feature view).
 *
 * A table has at most one open run. A run's rows carry its `loadedAtMs`, which is later than that of every committed
 * run, and readers take rows up to the committed watermark only: so rows of a run are seen all at once, at its
 * commit, or never. Runs are named by their cause; opening the same run again resumes it.
 */
export interface TableLog {
  head(table: string): Promise<TableHead>;
  /**
   * @throws TableBusyError (kind `throttled`) while another run holds the table and its lease has not passed. A run
   *   whose lease has passed cannot commit any more: `mustClean` names it, and its rows have to be deleted first.
   */
  open(table: string, runId: string, leaseMs: number): Promise<OpenedRun>;
  /** Makes the run's rows visible. Committing a committed run changes nothing. @throws ConflictError when the run lost the table */
  commit(table: string, runId: string, facts: RunFacts): Promise<void>;
  /**
   * Gives a run up: from the first moment on it cannot commit; `clean` deletes its rows; then the table is free. Safe
   * to repeat; an unknown or a committed run is left as it is and `clean` is not called. When `clean` fails the table
   * stays held until the lease has passed, and the next run is told to clean.
   */
  abandon(table: string, runId: string, reason: string, clean: (run: Run) => Promise<void>): Promise<void>;
  /** Null when there is no such run. */
  run(table: string, runId: string): Promise<Run | null>;
  /** How far the rows of a view table have been brought online. Never moves back. */
  advanceOnline(table: string, loadedAtMs: number): Promise<void>;
}
