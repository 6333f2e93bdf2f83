import type { DeadRun, Holder, Run, RunFacts, Sums, TableHead, TableState, WaitingRuns } from './table-state.ts';

const MAX_RECENT_RUNS = 20;

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
  const isOfRange = judged.toMs === null;
  const run = { runId, loadedAtMs, rows, volume: judged.volume };
  const own = isOfRange ? run : { ...run, judged: { fromMs: head.judgedToMs, toMs: judged.toMs } };
  const recent = [...head.recent, own].slice(-MAX_RECENT_RUNS);
  return { ...head, recent, judgedToMs: Math.max(head.judgedToMs, judged.toMs ?? 0) };
}

function pick(choose: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : choose(a, b);
}
