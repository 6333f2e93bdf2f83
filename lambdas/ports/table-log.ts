import type { DeadRun, OpenedRun, OpenMode, Run, RunFacts, TableHead } from '../../core/offline/table-runs.ts';

export type { DeadRun, OpenedRun, OpenMode, Run, RunFacts, TableHead } from '../../core/offline/table-runs.ts';

/**
 * The log of runs that write an offline table (a source or a version of a feature view).
 *
 * A run's rows carry its `loadedAtMs`, which is later than that of every run opened before, and readers take rows up to
 * the watermark only. The watermark stands before the first run that may still write, so rows of a run are seen all at
 * once or never, and nothing is ever added below it. A committed run is seen as soon as no earlier one is open.
 * Runs are named by their cause; opening the same run again resumes it.
 */
export interface TableLog {
  head(table: string): Promise<TableHead>;
  /**
   * A run whose lease has passed cannot commit any more: `mustClean` names it, and its rows have to be deleted first.
   *
   * @throws TableBusyError (kind `throttled`) while a run whose lease has not passed is in the way: any other for a run
   *   that wants to write alone, one that writes alone for any, and one of this name whose rows are being deleted
   */
  open(table: string, runId: string, leaseMs: number, mode: OpenMode): Promise<OpenedRun>;
  /** Makes the run's rows visible. Committing a committed run changes nothing. @throws ConflictError when the run lost the table */
  commit(table: string, runId: string, facts: RunFacts): Promise<void>;
  /**
   * Gives a run up: from the first moment on it cannot commit; `clean` deletes its rows; then the table is free. Safe
   * to repeat; an unknown or a committed run is left as it is and `clean` is not called. When `clean` fails the table
   * stays held until the lease has passed, and the next run is told to clean.
   */
  abandon(table: string, runId: string, reason: string, clean: (run: Run) => Promise<void>): Promise<void>;
  /**
   * Gives up every run whose lease has passed, so that nothing committed waits behind the dead; `clean` deletes the
   * rows of each. Opening a run does so too; this is for readers of a table that nobody may write again.
   */
  sweep(table: string, clean: (dead: DeadRun) => Promise<void>): Promise<void>;
  /** Committed runs from a name on, in order of name, up to a name that is not among them; at most `limit`, which may be infinite. */
  committedRuns(table: string, fromRunId: string, beforeRunId: string, limit: number): Promise<readonly Run[]>;
  /** Null when there is no such run. */
  run(table: string, runId: string): Promise<Run | null>;
  /** How far the rows of a view table have been brought online. Never moves back. */
  advanceOnline(table: string, loadedAtMs: number): Promise<void>;
  /** Nothing of a view table is online any more: what is brought online next begins at its first row. */
  forgetOnline(table: string): Promise<void>;
}
