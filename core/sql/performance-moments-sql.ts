import { type PerformanceSpec, performanceSpans } from '../performance/performance-spec.ts';
import { lossSql, nthOfUnitSql, performanceRowsSql, stretchSql } from './performance-rows-sql.ts';
import { type Sql, sql } from './sql.ts';

/**
 * The losses of a release over its life, a row per stretch that it answered in: `stretch`, the number of matured
 * predictions (`predictions`), and of those that stand for their unit and have ground truth the number `n`, the
 * `total` of the losses and of their `squares`.
 *
 * Cost: one pass over the days of the logs. Checked by: test/property/performance-sql.test.ts.
 */
export function performanceMomentsSql(spec: PerformanceSpec): Sql {
  const { lifeFromMs, maturedToMs } = performanceSpans(spec);
  const counts = sql`"nth" = 1 and "outcome" is not null`;
  const loss = sql`case when ${counts} then ${lossSql(spec.loss)} end`;
  return sql`
    select "stretch", count(*) as "predictions", sum(case when ${counts} then 1 else 0 end) as "n",
      coalesce(sum("loss"), 0E0) as "total", coalesce(sum("loss" * "loss"), 0E0) as "squares"
    from (
      select q."stretch", q."nth", q."outcome", ${loss} as "loss"
      from (
        select rows_of.*, ${stretchSql(spec)} as "stretch", ${nthOfUnitSql(spec)} as "nth"
        from ${performanceRowsSql(spec, lifeFromMs, maturedToMs)} rows_of
      ) q
    ) measured
    group by "stretch"`;
}
