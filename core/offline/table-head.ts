import type { DeadRun, Holder, Run, RunFacts, TableState } from './table-runs.ts';

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
}

const MAX_RECENT_RUNS = 20;

/** Runs that are committed and stand behind one that is not: what they will add to the head, all of them together. */
export interface WaitingRuns extends Sums {
  /** Load times of the first and the last of them. */
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The state with the watermark as far as it can go: to the last committed run before the first that may still write,
 * or whose rows have yet to be deleted. Committed runs with nothing of that kind between them become one entry, so that
 * there are never more entries than runs they wait for.
 */
export function settled(state: TableState): TableState {
  const blocking = [...state.holders, ...state.dirty].map(({ loadedAtMs }: Holder | DeadRun) => loadedAtMs);
  const firstMs = Math.min(...blocking); // Infinity when there is none
  const isBetween = (a: WaitingRuns, b: WaitingRuns) => blocking.some((ms) => a.toMs < ms && ms < b.fromMs);
  let { head } = state;
  const waiting: WaitingRuns[] = [];
  for (const next of [...state.waiting].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = waiting.at(-1);
    if (next.toMs < firstMs) head = { ...head, ...added(head, next), watermarkMs: next.toMs };
    else if (last === undefined || isBetween(last, next)) waiting.push(next);
    else waiting[waiting.length - 1] = { ...added(last, next), fromMs: last.fromMs, toMs: next.toMs };
  }
  return { ...state, head, waiting };
}

type Sums = Omit<RunFacts, 'report' | 'judged'>;

function added(a: Sums, b: Sums): Sums {
  return {
    rows: a.rows + b.rows,
    oldestEventTimeMs: pick(Math.min, a.oldestEventTimeMs, b.oldestEventTimeMs),
    newestEventTimeMs: pick(Math.max, a.newestEventTimeMs, b.newestEventTimeMs),
    materializedToMs: pick(Math.max, a.materializedToMs, b.materializedToMs),
  };
}

/** The head with what a committed run of a view says of the rows it judged; views are written by one run at a time. */
export function withJudged(head: TableHead, { runId, loadedAtMs }: Run, { rows, judged }: RunFacts): TableHead {
  if (judged === undefined) return head;
  const recent = [...head.recent, { runId, loadedAtMs, rows, volume: judged.volume }].slice(-MAX_RECENT_RUNS);
  return { ...head, recent, judgedToMs: Math.max(head.judgedToMs, judged.toMs ?? 0) };
}

function pick(choose: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : choose(a, b);
}
