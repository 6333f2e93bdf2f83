import { logDaysSql } from './log-days-sql.ts';
import { nameSql, type Sql, sql, wholeSql } from './sql.ts';

export interface PredictionSample {
  readonly database: string;
  readonly model: string;
  readonly releaseId: string;
  /** Predictions requested at or after, and answered at or before. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly size: number;
}

/**
 * A sample of the predictions of one release about entities, without those whose caller gave the features: the same
 * predictions give the same sample. Ids end in random digits, so their reverse orders them at random.
 */
export function sampledPredictionsSql({ database, model, releaseId, fromMs, toMs, size }: PredictionSample): Sql {
  return sql`
    select "prediction_id", "entities", "context", "features", "features_read_at_ms", "requested_at_ms",
      "answered_at_ms"
    from ${nameSql('prediction', database)}
    where ${logDaysSql(fromMs, toMs)}
      and "model" = ${model} and "release_id" = ${releaseId} and "entities" is not null
      and "score" is not null
      and "requested_at_ms" >= ${fromMs} and "answered_at_ms" <= ${toMs}
    order by reverse("prediction_id"), "requested_at_ms"
    limit ${wholeSql(size)}`;
}
