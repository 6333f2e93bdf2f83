import {
  commitRun,
  emptyTable,
  fenceDeadRuns,
  fenceRun,
  freeTable,
  openRun,
  type TableState,
  type TableStep,
} from '../../core/offline/table-runs.ts';
import type { Clock } from '../../lambdas/ports/clock-and-ids.ts';
import type { Run, TableLog } from '../../lambdas/ports/table-log.ts';

export function memoryTableLog(clock: Clock): TableLog {
  const tables = new Map<string, TableState>();
  const runs = new Map<string, Run>();
  const state = (table: string) => tables.get(table) ?? emptyTable(table);
  const find = (table: string, runId: string) => runs.get(JSON.stringify([table, runId])) ?? null;
  const keep = (table: string, step: TableStep | null) => {
    if (step === null) return;
    tables.set(table, step.state);
    for (const run of step.runs) runs.set(JSON.stringify([table, run.runId]), run);
  };

  return {
    head: async (table) => state(table).head,
    run: async (table, runId) => find(table, runId),
    async committedRuns(table, from, before, limit) {
      const all = [...runs].filter(
        ([key, run]) => (JSON.parse(key) as string[])[0] === table && run.state === 'committed',
      );
      const found = all.map(([, run]) => run).filter(({ runId }) => from <= runId && runId < before);
      return found.sort((a, b) => (a.runId < b.runId ? -1 : 1)).slice(0, limit);
    },
    async open(table, runId, leaseMs, mode) {
      const ask = { runId, nowMs: clock.now().getTime(), leaseMs, mode };
      const { step, answer } = openRun(state(table), find(table, runId), ask);
      keep(table, step);
      return answer;
    },
    async commit(table, runId, facts) {
      keep(table, commitRun(state(table), find(table, runId), runId, facts));
    },
    async abandon(table, runId, _reason, clean) {
      keep(table, fenceRun(state(table), find(table, runId)));
      const run = find(table, runId);
      if (run?.state !== 'abandoned') return;
      await clean(run);
      keep(table, freeTable(state(table), run));
    },
    async sweep(table, clean) {
      keep(table, fenceDeadRuns(state(table), clock.now().getTime()));
      for (const dead of state(table).dirty) {
        await clean(dead);
        keep(table, freeTable(state(table), dead));
      }
    },
    async forgetOnline(table) {
      const { head, ...rest } = state(table);
      tables.set(table, { ...rest, head: { ...head, onlineToMs: 0 } });
    },
    async advanceOnline(table, loadedAtMs) {
      const { head, ...rest } = state(table);
      tables.set(table, { ...rest, head: { ...head, onlineToMs: Math.max(head.onlineToMs, loadedAtMs) } });
    },
  };
}
