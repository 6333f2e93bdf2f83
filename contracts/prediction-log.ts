/**
 * Columns of the two tables that Firehose writes as Parquet from JSON lines: the stack declares them to Glue, and
 * what is put on the streams has exactly these members. Instants are epoch milliseconds.
 */
export const PREDICTION_LOG_COLUMNS = {
  prediction_id: 'string',
  model: 'string',
  release_id: 'string',
  /** Variant that answered. */
  arm: 'string',
  /** JSON text of the join key values by name; null when the caller gave the features itself. */
  entities: 'string',
  /** JSON text of the served values by `view:feature`. */
  features: 'string',
  score: 'double',
  /** Null without a decision threshold. */
  decision: 'boolean',
  requested_at_ms: 'bigint',
  answered_at_ms: 'bigint',
  /** JSON text of the request-time values by name; null when the caller gave the features itself. */
  context: 'string',
  /** Before requested_at_ms where a feature cache had them; null when the caller gave the features itself. */
  features_read_at_ms: 'bigint',
} as const satisfies Columns;

export const OUTCOME_LOG_COLUMNS = {
  prediction_id: 'string',
  model: 'string',
  /** A boolean outcome is 0 or 1. */
  value: 'double',
  occurred_at_ms: 'bigint',
  recorded_at_ms: 'bigint',
} as const satisfies Columns;

export type PredictionLogRow = LogRow<typeof PREDICTION_LOG_COLUMNS>;
export type OutcomeLogRow = LogRow<typeof OUTCOME_LOG_COLUMNS>;

type GlueType = 'string' | 'double' | 'boolean' | 'bigint';
type Columns = Readonly<Record<string, GlueType>>;
type LogRow<C extends Columns> = {
  readonly [K in keyof C]: null | (C[K] extends 'string' ? string : C[K] extends 'boolean' ? boolean : number);
};
