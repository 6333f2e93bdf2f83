/** The life of the runs that write an offline table, as pure steps: what a store has to write together, or not at all. */
export interface TableState {
  readonly head: TableHead;
  /** Runs that may write, or whose rows are being deleted; in order of load time. */
  readonly holders: readonly Holder[];
  /** Runs that ended without a commit and whose rows may still lie in the table. */
  readonly dirty: readonly DeadRun[];
  /** Committed runs that readers do not see yet; in order of load time. */
  readonly waiting: readonly WaitingRuns[];
  /** Largest load time ever given out, so that the next one is later. */
  readonly lastLoadedAtMs: number;
  /** Committed runs that were no single rows. */
  readonly commits: number;
}

/**
 * `alone`: no other run may write meanwhile, because what this one writes depends on what is there. `beside-others`: a
 * load of its own. `row-by-row`: rows as they come, which are never history and leave it to a load to be the first.
 */
export type OpenMode = 'alone' | 'beside-others' | 'row-by-row';

export interface Holder extends DeadRun {
  readonly leaseUntilMs: number;
  readonly isFirst: boolean;
  readonly mode: OpenMode;
  /** Dead runs that it was told to clean. */
  readonly mustClean: readonly DeadRun[];
}

/** A run that ended without a commit, named by where its rows lie (`runPrefix`). */
export interface DeadRun {
  readonly runId: string;
  readonly loadedAtMs: number;
}

export interface RunFacts {
  readonly rows: number;
  readonly oldestEventTimeMs: number | null;
  readonly newestEventTimeMs: number | null;
  readonly materializedToMs: number | null;
  /** Runs of views alone. */
  readonly judged?: {
    /** Rows, or rows per tick, as a number to compare runs by; null for a run that does not compare with others. */
    readonly volume: number | null;
    /** Rows of the source loaded at or below have been judged; null when the run judged a range of its own. */
    readonly toMs: number | null;
  };
  /** JSON-safe facts for people: file, rows read, rows quarantined, reasons. */
  readonly report: Readonly<Record<string, unknown>>;
}

/** What readers of an offline table see. */
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
  /** Views: rows of the source loaded at or below have been judged by a committed run; 0 before the first. */
  readonly judgedToMs: number;
  /** Views: the newest committed runs, at most `MAX_RECENT_RUNS`, oldest first. */
  readonly recent: readonly RecentRun[];
}

export interface RecentRun extends DeadRun {
  readonly rows: number;
  /** See `RunFacts.judged`. */
  readonly volume: number | null;
  /**
   * It was the first to judge the rows of the source loaded after `fromMs`, up to `toMs`. Absent when it judged a range
   * of its own; runs of older platforms lack it.
   */
  readonly judged?: { readonly fromMs: number; readonly toMs: number };
}

/** Runs that are committed and stand behind one that is not: what they will add to the head, all of them together. */
export interface WaitingRuns extends Sums {
  /** Load times of the first and the last of them. */
  readonly fromMs: number;
  readonly toMs: number;
}

export type Sums = Omit<RunFacts, 'report' | 'judged'>;

export interface Run {
  readonly runId: string;
  readonly state: 'open' | 'committed' | 'abandoned';
  readonly loadedAtMs: number;
  readonly isFirst: boolean;
  readonly facts: RunFacts | null;
}
