import type { PerformanceSpec } from '../../core/performance/performance-spec.ts';
import { rowLoss } from '../../core/performance/row-loss.ts';
import { fineBin } from '../../core/performance/score-histogram.ts';
import type { LogLine } from './sql/rollout-log.ts';

/** An answer of the release with the truth about it, as a reader would put them together line by line. */
export interface OracleRow {
  readonly id: string;
  readonly unit: string;
  readonly askedMs: number;
  readonly score: number;
  readonly decision: boolean | null;
  readonly features: string;
  readonly outcome: number | null;
}

/** Every answer of the release from `fromMs` to `toMs`, once, with the truth that was known at the spec's instant. */
export function rowsOfLog(
  log: readonly LogLine[],
  outcomes: readonly LogLine[],
  spec: PerformanceSpec,
  fromMs: number,
  toMs: number,
): readonly OracleRow[] {
  const seen = new Map<string, OracleRow>();
  for (const line of log) {
    const askedMs = Number(line['requested_at_ms']);
    const id = String(line['prediction_id']);
    const isOurs = line['model'] === spec.model && line['release_id'] === spec.releaseId && line['score'] !== null;
    if (!isOurs || askedMs < fromMs || askedMs > toMs || seen.has(id)) continue;
    seen.set(id, {
      id,
      unit: line['entities'] === null ? id : String(line['unit'] ?? id),
      askedMs,
      score: Number(line['score']),
      decision: (line['decision'] ?? null) as boolean | null, // the log's type
      features: String(line['features']),
      outcome: truthOf(id, outcomes, spec),
    });
  }
  return [...seen.values()];
}

function truthOf(id: string, outcomes: readonly LogLine[], spec: PerformanceSpec): number | null {
  const known = outcomes.filter(
    (line) =>
      line['prediction_id'] === id &&
      line['model'] === spec.model &&
      Number(line['recorded_at_ms']) <= spec.atMs &&
      Number(line['occurred_at_ms']) <= spec.atMs &&
      (spec.problem === 'regression' || line['value'] === 0 || line['value'] === 1),
  );
  const order = (line: LogLine) => ['recorded_at_ms', 'occurred_at_ms', 'value'].map((name) => Number(line[name]));
  const newest = known.sort((a, b) => {
    const [x, y] = [order(a), order(b)];
    return y[0]! - x[0]! || y[1]! - x[1]! || y[2]! - x[2]!;
  })[0];
  return newest === undefined ? null : Number(newest['value']);
}

/** Ids of the rows that are the first about their unit in their stretch. */
function firstsOfUnits(rows: readonly OracleRow[], stretchMs: number): ReadonlySet<string> {
  const firsts = new Map<string, string>();
  const inOrder = [...rows].sort((a, b) => a.askedMs - b.askedMs || (a.id < b.id ? -1 : 1));
  for (const row of inOrder) {
    const key = JSON.stringify([row.unit, Math.floor(row.askedMs / stretchMs)]);
    if (!firsts.has(key)) firsts.set(key, row.id);
  }
  return new Set(firsts.values());
}

/** What `performanceMomentsSql` answers, in order of the stretches. */
export function momentsOracle(rows: readonly OracleRow[], spec: PerformanceSpec) {
  const firsts = firstsOfUnits(rows, spec.stretchMs);
  const stretches = [...new Set(rows.map(({ askedMs }) => Math.floor(askedMs / spec.stretchMs)))].sort((a, b) => a - b);
  return stretches.map((stretch) => {
    const own = rows.filter(({ askedMs }) => Math.floor(askedMs / spec.stretchMs) === stretch);
    const losses = own.flatMap(({ id, outcome, score }) =>
      outcome === null || !firsts.has(id) ? [] : [rowLoss(spec.loss, score, outcome)],
    );
    return {
      stretch,
      predictions: own.length,
      n: losses.length,
      total: rounded(losses.reduce((sum, x) => sum + x, 0)),
      squares: rounded(losses.reduce((sum, x) => sum + x * x, 0)),
    };
  });
}

/** What `performanceCountsSql` answers, as texts by group. */
export function countsOracle(
  rows: readonly OracleRow[],
  spec: PerformanceSpec,
  spans: {
    readonly maturedFromMs: number;
    readonly maturedToMs: number;
    readonly provisionalFromMs: number;
    readonly recentFromMs: number;
  },
): ReadonlyMap<string, readonly number[]> {
  const firsts = firstsOfUnits(rows, spec.stretchMs);
  const groups = new Map<string, number[]>();
  for (const { id, askedMs, score, decision, outcome } of rows) {
    const key = JSON.stringify([
      askedMs >= spans.maturedFromMs && askedMs <= spans.maturedToMs,
      askedMs >= spans.provisionalFromMs,
      askedMs >= spans.recentFromMs,
      decision === null ? -1 : Number(decision),
      spec.cuts.filter((cut) => cut <= score).length,
      spec.problem === 'binary' ? fineBin(score) : 0,
    ]);
    const counts = groups.get(key) ?? [0, 0, 0, 0, 0];
    groups.set(key, counts);
    const [has, first] = [Number(outcome !== null), Number(firsts.has(id))];
    [1, has, first, has * first, score].forEach((value, i) => {
      counts[i]! += value;
    });
  }
  return new Map([...groups].map(([key, counts]) => [key, counts.map(rounded)]));
}

export function rounded(value: number): number {
  return Number(value.toFixed(8));
}
