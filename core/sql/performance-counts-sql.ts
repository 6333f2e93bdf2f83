import { type PerformanceSpec, performanceSpans } from '../performance/performance-spec.ts';
import { FINE_BINS_PER_NAT, FINE_CLIP } from '../performance/score-histogram.ts';
import { nthOfUnitSql, performanceRowsSql, scoreBinSql } from './performance-rows-sql.ts';
import { type Sql, sql, wholeSql } from './sql.ts';

/**
 * How many answers have ground truth, a few hundred rows however long the log. Of each part of the look (`is_matured`,
 * `is_provisional`, `is_recent`), decision (-1 without one), bin between the release's cuts (`bin`) and fine bin of the
 * score (`fine`): `predictions`, `outcomes`, the same of predictions that stand for their unit (`units`, `unit_outcomes`),
 * and the sum of the scores (`total`). A count of nothing has no row.
 *
 * Cost: one pass over the days of the logs. Checked by: test/property/performance-sql.test.ts.
 */
export function performanceCountsSql(spec: PerformanceSpec): Sql {
  const { maturedFromMs, maturedToMs, provisionalFromMs, recentFromMs } = performanceSpans(spec);
  const fromMs = Math.min(maturedFromMs, provisionalFromMs, recentFromMs);
  const asked = sql`"requested_at_ms"`;
  return sql`
    select "is_matured", "is_provisional", "is_recent", "decided", "bin", "fine", count(*) as "predictions",
      sum("has_outcome") as "outcomes", sum("is_first") as "units", sum("is_first" * "has_outcome") as "unit_outcomes",
      sum("score") as "total"
    from (
      select ${asked} >= ${maturedFromMs} and ${asked} <= ${maturedToMs} as "is_matured",
        ${asked} >= ${provisionalFromMs} as "is_provisional", ${asked} >= ${recentFromMs} as "is_recent",
        case when "decision" is null then -1 when "decision" then 1 else 0 end as "decided",
        ${scoreBinSql(spec)} as "bin", ${fineBinSql(spec)} as "fine",
        case when "outcome" is null then 0 else 1 end as "has_outcome",
        case when ${nthOfUnitSql(spec)} = 1 then 1 else 0 end as "is_first", "score"
      from ${performanceRowsSql(spec, fromMs, spec.atMs)} rows_of
    ) counted
    group by "is_matured", "is_provisional", "is_recent", "decided", "bin", "fine"`;
}

/** See `fineBin`. */
function fineBinSql({ problem }: PerformanceSpec): Sql {
  if (problem === 'regression') return sql`cast(0 as bigint)`;
  const p = sql`greatest(least("score", ${1 - FINE_CLIP}), ${FINE_CLIP})`;
  return sql`cast(floor(ln(${p} / (1E0 - ${p})) * ${wholeSql(FINE_BINS_PER_NAT)}) as bigint)`;
}
