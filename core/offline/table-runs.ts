import { ConflictError, PlatformError } from '../errors.ts';
import { settled, withJudged } from './table-head.ts';
import type { DeadRun, Holder, OpenMode, Run, RunFacts, TableState } from './table-state.ts';

export type {
  DeadRun,
  Holder,
  OpenMode,
  RecentRun,
  Run,
  RunFacts,
  TableHead,
  TableState,
  WaitingRuns,
} from './table-state.ts';

export type OpenedRun =
  | {
      readonly state: 'open';
      readonly loadedAtMs: number;
      /** When it was opened first, no load of this table was committed or open: a load of history. */
      readonly isFirst: boolean;
      /** Dead runs whose rows the caller has to delete before it writes its own. */
      readonly mustClean: readonly DeadRun[];
    }
  | { readonly state: 'committed'; readonly run: Run };

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
    judgedToMs: 0,
    recent: [],
  };
  return { head, holders: [], dirty: [], waiting: [], lastLoadedAtMs: 0, commits: 0 };
}

export interface OpenAsk {
  readonly runId: string;
  readonly nowMs: number;
  readonly leaseMs: number;
  readonly mode: OpenMode;
}

/**
 * Lets a run write the table, or answers that it is committed already. Runs whose lease has passed are fenced.
 *
 * @param run what is known of the run; null when it is new
 * @throws TableBusyError while a run is in the way: any for one that wants to be alone, and one that is alone for any
 */
export function openRun(
  state: TableState,
  run: Run | null,
  ask: OpenAsk,
): { readonly step: TableStep | null; readonly answer: OpenedRun } {
  if (run?.state === 'committed') return { step: null, answer: { state: 'committed', run } };
  const mine = run?.state === 'open' ? state.holders.find(({ runId }) => runId === ask.runId) : undefined;
  const others = state.holders.filter((holder) => holder !== mine);
  const living = others.filter(({ leaseUntilMs }) => leaseUntilMs > ask.nowMs);
  const isInTheWay = (holder: Holder) => ask.mode === 'alone' || holder.mode === 'alone' || holder.runId === ask.runId;
  const obstacle = living.find(isInTheWay);
  if (obstacle !== undefined) throw new TableBusyError(state.head.table, obstacle.runId, obstacle.leaseUntilMs);

  const { state: swept, runs: fenced } = fenceExpired(state, ask.nowMs, mine);
  const loadedAtMs = mine?.loadedAtMs ?? Math.max(ask.nowMs, state.lastLoadedAtMs + 1);
  const isLoading = state.commits > 0 || living.some(({ mode }) => mode !== 'row-by-row');
  const isFirst = run?.isFirst === true || (mine === undefined && ask.mode !== 'row-by-row' && !isLoading);
  const holder: Holder = {
    runId: ask.runId,
    loadedAtMs,
    leaseUntilMs: ask.nowMs + ask.leaseMs,
    isFirst,
    mode: ask.mode,
    mustClean: swept.dirty,
  };
  const opened: Run = { runId: ask.runId, state: 'open', loadedAtMs, isFirst, facts: null };
  return {
    step: {
      state: {
        ...swept,
        holders: [...living, holder].sort((a, b) => a.loadedAtMs - b.loadedAtMs),
        lastLoadedAtMs: Math.max(loadedAtMs, state.lastLoadedAtMs),
      },
      runs: [...fenced.filter(({ runId }) => runId !== ask.runId), opened],
    },
    answer: { state: 'open', loadedAtMs, isFirst, mustClean: swept.dirty },
  };
}

/** Makes the run's rows visible; null when they are already. @throws ConflictError when the run does not hold the table */
export function commitRun(state: TableState, run: Run | null, runId: string, facts: RunFacts): TableStep | null {
  if (run?.state === 'committed') return null;
  const holder = state.holders.find((one) => one.runId === runId);
  if (run?.state !== 'open' || holder === undefined) {
    const holders = state.holders.map((one) => one.runId).join(', ');
    throw new ConflictError(
      `run ${runId} does not hold table ${state.head.table}: it is ${run?.state ?? 'unknown'}, the table is held by ` +
        `${holders === '' ? 'nobody' : holders}; start the work again`,
      { table: state.head.table, runId },
    );
  }
  const { report: _, judged: __, ...sums } = facts;
  const waiting = { ...sums, fromMs: run.loadedAtMs, toMs: run.loadedAtMs };
  return {
    state: settled({
      ...state,
      head: withJudged(state.head, run, facts),
      holders: state.holders.filter((one) => one !== holder),
      dirty: without(state.dirty, holder.mustClean),
      waiting: [...state.waiting, waiting],
      commits: state.commits + (holder.mode === 'row-by-row' ? 0 : 1),
    }),
    runs: [{ ...run, state: 'committed', facts }],
  };
}

/** First half of giving a run up: from here on it cannot commit, and the table stays held. Null when there is nothing to fence. */
export function fenceRun(state: TableState, run: Run | null): TableStep | null {
  if (run?.state !== 'open') return null;
  const dead = { runId: run.runId, loadedAtMs: run.loadedAtMs };
  return { state: { ...state, dirty: [...state.dirty, dead] }, runs: [{ ...run, state: 'abandoned' }] };
}

/** Fences every run whose lease has passed. Null when there is none. */
export function fenceDeadRuns(state: TableState, nowMs: number): TableStep | null {
  const step = fenceExpired(state, nowMs, undefined);
  return step.state.holders.length === state.holders.length ? null : step;
}

/** Second half: the rows of a fenced run are gone, so it is in nobody's way. Null when that has been done. */
export function freeTable(state: TableState, gone: DeadRun): TableStep | null {
  const dirty = without(state.dirty, [gone]);
  const holders = state.holders.filter((holder) => !isSame(holder, gone));
  if (holders.length === state.holders.length && dirty.length === state.dirty.length) return null;
  return { state: settled({ ...state, dirty, holders }), runs: [] };
}

/** Runs that are given up, when their lease has passed; those that had been fenced before are dirty already. */
function fenceExpired(state: TableState, nowMs: number, spared: Holder | undefined): TableStep {
  const expired = state.holders.filter((holder) => holder !== spared && holder.leaseUntilMs <= nowMs);
  const fresh = expired.filter((holder) => !state.dirty.some((dead) => isSame(dead, holder)));
  return {
    state: {
      ...state,
      holders: state.holders.filter((holder) => !expired.includes(holder)),
      dirty: [...state.dirty, ...fresh.map(({ runId, loadedAtMs }) => ({ runId, loadedAtMs }))],
    },
    runs: fresh.map(({ runId, loadedAtMs, isFirst }) => ({
      runId,
      state: 'abandoned',
      loadedAtMs,
      isFirst,
      facts: null,
    })),
  };
}

function without(runs: readonly DeadRun[], gone: readonly DeadRun[]): readonly DeadRun[] {
  return runs.filter((run) => !gone.some((one) => isSame(one, run)));
}

function isSame(a: DeadRun, b: DeadRun): boolean {
  return a.runId === b.runId && a.loadedAtMs === b.loadedAtMs;
}
