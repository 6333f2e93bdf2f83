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
   *   whose lease has passed is abandoned by the next one: `mustClean` names it, and its rows have to be deleted first.
   */
  open(table: string, runId: string, leaseMs: number): Promise<OpenedRun>;
  /** Makes the run's rows visible. Committing a committed run changes nothing. @throws ConflictError when the run lost its lease to another */
  commit(table: string, runId: string, facts: RunFacts): Promise<void>;
  /** Gives the table free without making rows visible; the caller has deleted them. Idempotent. */
  abandon(table: string, runId: string, reason: string): Promise<void>;
  /** Null when there is no such run. */
  run(table: string, runId: string): Promise<Run | null>;
  /** How far the rows of a view table have been brought online. Never moves back. */
  advanceOnline(table: string, loadedAtMs: number): Promise<void>;
}

export interface TableHead {
  readonly table: string;
  /** Rows at or below are visible; 0 before the first commit. */
  readonly watermarkMs: number;
  readonly rows: number;
  /** Event time of the newest visible row; null when there is none. */
  readonly newestEventTimeMs: number | null;
  readonly oldestEventTimeMs: number | null;
  /** Views: the newest tick that is covered; null before the first materialization. */
  readonly materializedToMs: number | null;
  /** Rows with a load time at or below have been brought online. */
  readonly onlineToMs: number;
}

export type OpenedRun =
  | {
      readonly state: 'open';
      readonly loadedAtMs: number;
      /** No run of this table has been committed yet: a load of history. */
      readonly isFirst: boolean;
      /** A dead run whose rows the caller has to delete before writing its own. */
      readonly mustClean: string | null;
    }
  | { readonly state: 'committed'; readonly run: Run };

export interface RunFacts {
  readonly rows: number;
  readonly oldestEventTimeMs: number | null;
  readonly newestEventTimeMs: number | null;
  readonly materializedToMs: number | null;
  /** JSON-safe facts for people: file, rows read, rows quarantined, reasons. */
  readonly report: Readonly<Record<string, unknown>>;
}

export interface Run {
  readonly runId: string;
  readonly state: 'open' | 'committed' | 'abandoned';
  readonly loadedAtMs: number;
  readonly facts: RunFacts | null;
}
