import { type PerformanceSpec, performanceSpans } from '../performance/performance-spec.ts';
import { performanceRowsSql } from './performance-rows-sql.ts';
import { joinSql, rawSql, type Sql, sql, wholeSql } from './sql.ts';

/** Answers with ground truth that metrics are told from, of what has matured and of what has not. */
export const SAMPLE_SIZES = { matured: 50_000, provisional: 10_000 } as const;

/**
 * Answers of the window that have ground truth: `is_matured`, `score`, `outcome`, and `segment_<i>`, the served value of
 * the i-th of the spec's segments as text (null where there was none). Where there are more than are wanted, those of the
 * smallest ids read backwards: ids end in random digits, and the same log gives the same sample.
 *
 * Checked by: test/property/performance-sql.test.ts.
 */
export function performanceSampleSql(
  spec: PerformanceSpec,
  sizes: { readonly matured: number; readonly provisional: number } = SAMPLE_SIZES,
): Sql {
  const { maturedFromMs, maturedToMs, provisionalFromMs } = performanceSpans(spec);
  const fromMs = Math.min(maturedFromMs, provisionalFromMs);
  const isMatured = sql`"requested_at_ms" <= ${maturedToMs}`;
  const segments = spec.segments.map(
    (ref, i) => sql`, json_extract_scalar("features", ${valuePath(ref)}) as ${rawSql(`"segment_${i}"`)}`,
  );
  return sql`
    select "is_matured", "score", "outcome" ${joinSql(segments, '')}
    from (
      select ranked.*, row_number() over (
        partition by "is_matured" order by reverse("prediction_id"), "requested_at_ms"
      ) as "place"
      from (
        select rows_of.*, ${isMatured} as "is_matured"
        from ${performanceRowsSql(spec, fromMs, spec.atMs)} rows_of
        where "outcome" is not null
      ) ranked
    ) placed
    where "place" <= case when "is_matured" then ${wholeSql(sizes.matured)} else ${wholeSql(sizes.provisional)} end`;
}

/** Of the served values in the log, see `SeenValue`. Names of definitions need no quotes, which engines write differently. */
function valuePath(ref: string): string {
  return `$.${ref}.value`;
}
