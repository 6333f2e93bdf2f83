import type { PerformanceSpec } from '../performance/performance-spec.ts';
import { LOSS_CLIP, type LossName } from '../performance/row-loss.ts';
import { logDaysSql } from './log-days-sql.ts';
import { joinSql, nameSql, type Sql, sql, wholeSql } from './sql.ts';

/** The squares of a million squared errors of its size still have a finite sum. */
const LARGEST_TRUTH = 1e70;

/**
 * Answers of the release that were asked for from `fromMs` to `toMs` (both belong to it), each once however often it is in
 * the log, with the newest ground truth that was recorded up to `spec.atMs`: its columns, `outcome` (null without one) and
 * `unit`, whom it is about.
 *
 * Newest is what was recorded last; of what was recorded in one millisecond, what became true last, then the larger value.
 * Ground truth about predictions that are not there, of another model, that says to have become true after `spec.atMs`,
 * is neither 0 nor 1 for a binary model, or too large to be summed up, is none.
 */
export function performanceRowsSql(spec: PerformanceSpec, fromMs: number, toMs: number): Sql {
  const { database, model, releaseId, atMs } = spec;
  const isTruth = spec.problem === 'binary' ? sql`"value" in (0, 1)` : sql`abs("value") <= ${LARGEST_TRUTH}`;
  return sql`(
    select p."prediction_id", p."requested_at_ms", p."score", p."decision", p."features", o."value" as "outcome",
      case when p."entities" is null then p."prediction_id" else coalesce(p."unit", p."prediction_id") end as "unit"
    from (
      select l.*, row_number() over (
        partition by "prediction_id" order by "requested_at_ms", "answered_at_ms"
      ) as "copy"
      from ${nameSql('prediction', database)} l
      where ${logDaysSql(fromMs, toMs)} and "model" = ${model}
        and "release_id" = ${releaseId} and "score" is not null
        and "requested_at_ms" >= ${fromMs} and "requested_at_ms" <= ${toMs}
    ) p
    left join (
      select "prediction_id", "value", row_number() over (
        partition by "prediction_id" order by "recorded_at_ms" desc, "occurred_at_ms" desc, "value" desc
      ) as "nth"
      from ${nameSql('outcome', database)}
      where ${logDaysSql(fromMs, atMs)} and "model" = ${model}
        and "recorded_at_ms" <= ${atMs} and "occurred_at_ms" <= ${atMs} and ${isTruth}
    ) o on o."prediction_id" = p."prediction_id" and o."nth" = 1
    where p."copy" = 1
  )`;
}

/** Number of the stretch that a prediction was asked for in. */
export function stretchSql({ stretchMs }: PerformanceSpec): Sql {
  return sql`cast(floor("requested_at_ms" / cast(${wholeSql(stretchMs)} as double)) as bigint)`;
}

/** Place of a prediction among those about the same unit in a stretch: the first stands for all where rows have to be independent. */
export function nthOfUnitSql(spec: PerformanceSpec): Sql {
  return sql`row_number() over (partition by "unit", ${stretchSql(spec)} order by "requested_at_ms", "prediction_id")`;
}

/** See `rowLoss`. */
export function lossSql(loss: LossName): Sql {
  switch (loss) {
    case 'log_loss': {
      const p = sql`greatest(least("score", ${1 - LOSS_CLIP}), ${LOSS_CLIP})`;
      return sql`case when "outcome" = 1 then -ln(${p}) else -ln(1E0 - ${p}) end`;
    }
    case 'brier':
    case 'squared_error':
      return sql`("score" - "outcome") * ("score" - "outcome")`;
    case 'absolute_error':
      return sql`abs("score" - "outcome")`;
  }
}

/** How many of the cuts a score has reached: bins are left-closed, like those of the release's evaluation. */
export function scoreBinSql({ cuts }: PerformanceSpec): Sql {
  const reached = cuts.map((cut) => sql`case when "score" >= ${cut} then 1 else 0 end`);
  return sql`cast(${joinSql([sql`0`, ...reached], ' + ')} as bigint)`;
}
