import { ConflictError, PlatformError } from '../errors.ts';

/** The life of the runs that write an offline table, as pure steps: what a store has to write together, or not at all. */
export interface TableState {
  readonly head: TableHead;
  /** The run that may write; null when the table is free. */
  readonly holder: { readonly runId: string; readonly leaseUntilMs: number } | null;
  /** Runs that ended without a commit and whose rows may still lie in the table. */
  readonly dirty: readonly DeadRun[];
  /** Largest load time ever given out, so that the next one is later. */
  readonly lastLoadedAtMs: number;
  readonly commits: number;
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

/** A run that ended without a commit, named by where its rows lie (`runPrefix`). */
export interface DeadRun {
  readonly runId: string;
  readonly loadedAtMs: number;
}

export type OpenedRun =
  | {
      readonly state: 'open';
      readonly loadedAtMs: number;
      /** No run of this table has been committed yet: a load of history. */
      readonly isFirst: boolean;
      /** Dead runs whose rows the caller has to delete before it writes its own. */
      readonly mustClean: readonly DeadRun[];
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

/** What a step changes: the table's state and the runs to write with it. */
export interface TableStep {
  readonly state: TableState;
  readonly runs: readonly Run[];
}

export class TableBusyError extends PlatformError {
  constructor(table: string, holder: string, leaseUntilMs: number) {
    super(
      'TableBusyError',
      'throttled',
      `table ${table} is being written by run ${holder} until ${new Date(leaseUntilMs).toISOString()} at the latest; try again then`,
      { table, holder, leaseUntilMs },
    );
  }
}

export function emptyTable(table: string): TableState {
  const head = {
    table,
    watermarkMs: 0,
    rows: 0,
    newestEventTimeMs: null,
    oldestEventTimeMs: null,
    materializedToMs: null,
    onlineToMs: 0,
  };
  return { head, holder: null, dirty: [], lastLoadedAtMs: 0, commits: 0 };
}

/**
 * Gives the table to a run, or answers that it is committed already.
 *
 * @param run what is known of the run; null when it is new
 * @param dead the run that holds the table, if any; it is fenced when its lease has passed
 * @throws TableBusyError while another run holds the table
 */
export function openRun(
  state: TableState,
  run: Run | null,
  dead: Run | null,
  ask: { readonly runId: string; readonly nowMs: number; readonly leaseMs: number },
): { readonly step: TableStep | null; readonly answer: OpenedRun } {
  if (run?.state === 'committed') return { step: null, answer: { state: 'committed', run } };
  const { holder } = state;
  const isMine = holder?.runId === ask.runId && run?.state === 'open';
  if (holder !== null && !isMine && holder.leaseUntilMs > ask.nowMs) {
    throw new TableBusyError(state.head.table, holder.runId, holder.leaseUntilMs);
  }

  const loadedAtMs = isMine ? run.loadedAtMs : Math.max(ask.nowMs, state.lastLoadedAtMs + 1);
  const fenced = !isMine && dead?.state === 'open' ? [{ ...dead, state: 'abandoned' as const }] : [];
  const dirty = [...state.dirty, ...fenced.map(({ runId, loadedAtMs }) => ({ runId, loadedAtMs }))];
  const opened: Run = { runId: ask.runId, state: 'open', loadedAtMs, facts: null };
  return {
    step: {
      state: {
        ...state,
        holder: { runId: ask.runId, leaseUntilMs: ask.nowMs + ask.leaseMs },
        dirty,
        lastLoadedAtMs: Math.max(loadedAtMs, state.lastLoadedAtMs),
      },
      runs: [...fenced, opened],
    },
    answer: { state: 'open', loadedAtMs, isFirst: state.commits === 0, mustClean: dirty },
  };
}

/** Makes the run's rows visible; null when they are already. @throws ConflictError when the run does not hold the table */
export function commitRun(state: TableState, run: Run | null, runId: string, facts: RunFacts): TableStep | null {
  if (run?.state === 'committed') return null;
  if (run?.state !== 'open' || state.holder?.runId !== runId) {
    throw new ConflictError(
      `run ${runId} does not hold table ${state.head.table}: it is ${run?.state ?? 'unknown'}, the table is held by ` +
        `${state.holder?.runId ?? 'nobody'}; start the work again`,
      { table: state.head.table, runId },
    );
  }
  const head: TableHead = {
    ...state.head,
    watermarkMs: run.loadedAtMs,
    rows: state.head.rows + facts.rows,
    oldestEventTimeMs: pick(Math.min, state.head.oldestEventTimeMs, facts.oldestEventTimeMs),
    newestEventTimeMs: pick(Math.max, state.head.newestEventTimeMs, facts.newestEventTimeMs),
    materializedToMs: pick(Math.max, state.head.materializedToMs, facts.materializedToMs),
  };
  return {
    state: { ...state, head, holder: null, dirty: [], commits: state.commits + 1 },
    runs: [{ ...run, state: 'committed', facts }],
  };
}

/** First half of giving a run up: from here on it cannot commit, and the table stays held. Null when there is nothing to fence. */
export function fenceRun(state: TableState, run: Run | null): TableStep | null {
  if (run?.state !== 'open') return null;
  const dead = { runId: run.runId, loadedAtMs: run.loadedAtMs };
  return { state: { ...state, dirty: [...state.dirty, dead] }, runs: [{ ...run, state: 'abandoned' }] };
}

/** Second half: the rows of the fenced run are gone, so the table is free. Null when that has been done. */
export function freeTable(state: TableState, runId: string): TableStep | null {
  const dirty = state.dirty.filter((dead) => dead.runId !== runId);
  const isHeld = state.holder?.runId === runId;
  if (!isHeld && dirty.length === state.dirty.length) return null;
  return { state: { ...state, dirty, holder: isHeld ? null : state.holder }, runs: [] };
}

function pick(choose: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : choose(a, b);
}
