/**
 * What one run of a materialization computes, and the times its rows get.
 *
 * Aggregated views: the ticks T with `fromMs` < T <= `toMs`. Row-level views: the source rows with `fromMs` < event
 * time <= `toMs` that were loaded after `loadedFromMs`; an incremental run takes all event times and what was loaded
 * since the run before, a backfill all loads and a range of event times. Streamed views: the instants of changes with
 * `fromMs` < instant <= `toMs`, and for entities with rows loaded after `loadedFromMs` those after that load time too.
 */
export interface MaterializationRun {
  readonly fromMs: number;
  readonly toMs: number;
  readonly loadedFromMs: number;
  /** Source rows loaded later are not seen. */
  readonly watermarkMs: number;
  readonly loadedAtMs: number;
  /**
   * The first run of a view's version writes history: its rows count as known at their tick, or when their source row
   * was. Rows of later runs count as known when they were written, because serving could not have had them before;
   * a row-level row that was brought online when it was loaded counts from then.
   */
  readonly isFirst: boolean;
  /** Streamed views: what earlier runs brought online at instants that this one may write again. */
  readonly seenBefore?: readonly SeenRows[];
}

/** The source rows that a run was the first to see: those loaded after `fromMs`, up to `toMs`. */
export interface SeenRows {
  readonly fromMs: number;
  readonly toMs: number;
  /** Load time of that run, from which on they counted unless they were served before. */
  readonly loadedAtMs: number;
}

/** Bounds that no instant reaches, for runs that take all event times. */
export const EARLIEST_MS = -8.64e15;
export const LATEST_MS = 8.64e15;
