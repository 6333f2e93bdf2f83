/**
 * Columns of the two tables that Firehose writes as Parquet from JSON lines: the stack declares them to Glue, and
 * what is put on the streams has exactly these members. Instants are epoch milliseconds.
 */
export const PREDICTION_LOG_COLUMNS = {
  prediction_id: 'string',
  model: 'string',
  release_id: 'string',
  /** Role in the route of who answered, or was to when nobody did: champion or challenger. */
  arm: 'string',
  /** JSON text of the join key values by name; null when the caller gave the features itself. */
  entities: 'string',
  /** JSON text of the served values by `view:feature`. */
  features: 'string',
  /** Null when nobody answered: the row then says what failed. */
  score: 'double',
  /** Null without a decision threshold. */
  decision: 'boolean',
  requested_at_ms: 'bigint',
  answered_at_ms: 'bigint',
  /** JSON text of the request-time values by name; null when the caller gave the features itself. */
  context: 'string',
  /** Before requested_at_ms where a feature cache had them; null when the caller gave the features itself. */
  features_read_at_ms: 'bigint',
  /** Rollout that the request took part in; with it all that follows is null in rows of older platforms. */
  rollout_id: 'string',
  /** Share of the units that the challenger of the route was to answer; null without a challenger. */
  share: 'double',
  /** Who is drawn for an arm: JSON text of the model's entity, or for a request that names none its first prediction_id. */
  unit: 'string',
  /** How long the model took to answer, or until it failed; null when it was not asked. */
  latency_ms: 'double',
  /** Name of the error that the caller got; null for an answer. */
  error: 'string',
  /** How many inputs the model has, and how many of them had no value. */
  inputs: 'bigint',
  missing_inputs: 'bigint',
  /** Who was to answer and failed, so that the other arm was asked instead: the one that `arm` does not name. */
  failed_release_id: 'string',
  failed_error: 'string',
  failed_latency_ms: 'double',
  /** Shadow that was asked the same. */
  shadow_release_id: 'string',
  shadow_score: 'double',
  shadow_decision: 'boolean',
  /** When it was late, how long was waited for it. */
  shadow_latency_ms: 'double',
  /** Name of its error, or `late`. */
  shadow_error: 'string',
  shadow_inputs: 'bigint',
  shadow_missing_inputs: 'bigint',
  /**
   * The served values in the order of the release's inputs: numbers, instants (epoch milliseconds) and booleans (0 or
   * 1) here, texts beside; null elsewhere and where no value was served. Null in rows of older platforms.
   */
  input_numbers: 'array<double>',
  input_texts: 'array<string>',
  /** The instant that a batch prediction computed the answer for; null when the model was asked. */
  precomputed_at_ms: 'bigint',
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

interface ValueOf {
  readonly string: string;
  readonly double: number;
  readonly boolean: boolean;
  readonly bigint: number;
  readonly 'array<double>': readonly (number | null)[];
  readonly 'array<string>': readonly (string | null)[];
}
type Columns = Readonly<Record<string, keyof ValueOf>>;
type LogRow<C extends Columns> = { readonly [K in keyof C]: ValueOf[C[K]] | null };
