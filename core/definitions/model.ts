import type { Aggregation, FeatureRef } from './feature-view.ts';
import type { MetricChoice } from './metric-choice.ts';
import type { Monitoring } from './monitoring.ts';
import type { RolloutPolicy } from './rollout-policy.ts';
import type { Tuning } from './tuning.ts';
import type { Value } from './value-type.ts';

export { METRICS, type Metric, type MetricChoice } from './metric-choice.ts';

/** What a team promises about one model: what it learns from, what it must show, and how it is served. */
export interface Model {
  readonly kind: 'model';
  readonly name: string;
  readonly purpose: string;
  readonly owner: string;
  readonly riskClass: 'low' | 'limited' | 'high';
  /** Name of the entity a prediction is about. */
  readonly entity: string;
  readonly problem: 'binary' | 'regression';
  readonly label: Label;
  /** The model's inputs in the order of its columns. */
  readonly features: readonly FeatureRef[];
  /** What test rows are told apart by, for slices and fairness; inputs or not. */
  readonly segments: readonly Segment[];
  readonly training: Training;
  readonly split: Split;
  /** Checks before traffic; at least one. */
  readonly gates: readonly GateDefinition[];
  readonly serving: Serving;
  readonly rollout: RolloutPolicy;
  readonly monitoring: Monitoring;
}

/**
 * Ground truth for a row of the training set. A label joins only when it has matured: its instant plus the horizon
 * lies at or before both the training's instant and the newest event of the label's source.
 */
export type Label =
  | {
      /** One label per source row, at the row's event time. */
      readonly kind: 'observed';
      readonly source: string;
      readonly keyColumns: readonly string[];
      /** Expression over the source's columns: boolean (binary) or number (regression). */
      readonly value: string;
      readonly where: string | null;
      readonly horizonMs: number;
      /** Request-time values as they were at the row: each an expression over the source's columns. */
      readonly context: readonly { readonly name: string; readonly sql: string }[];
    }
  | {
      /**
       * One label per tick and entity that has a row in (tick - activeWithin, tick]: an aggregate over the rows
       * with tick < event time <= tick + horizon. Binary when `positiveAtLeast` is set.
       * A sum over no rows is 0 here; another aggregate over no rows is no label, or negative when binary.
       */
      readonly kind: 'future';
      readonly source: string;
      readonly keyColumns: readonly string[];
      readonly everyMs: number;
      readonly activeWithinMs: number;
      readonly aggregation: Aggregation;
      readonly input: string | null;
      readonly where: string | null;
      readonly horizonMs: number;
      readonly positiveAtLeast: number | null;
    };

export interface Training {
  readonly algorithm: 'xgboost';
  /** XGBoost's names and values; `num_round` is required. */
  readonly hyperparameters: Readonly<Record<string, string | number>>;
  readonly instanceType: string;
  readonly maxRuntimeMs: number;
  /** Only labels at or after this instant are used; null means all. */
  readonly labelsFromMs: number | null;
  /** Null: the hyperparameters are used as they are declared. Absent from releases of platforms without tuning. */
  readonly tuning?: Tuning | null;
}

/**
 * How rows fall into train, validation and test.
 *
 * `time`: ordered by label instant, the newest `testShare` of the distinct instants are test, the next newest
 * `validationShare` validation; rows of an earlier part whose label matures after the next part begins are dropped,
 * so no part sees the other's future. `entity`: by a hash of the join keys, for tables without time.
 */
export interface Split {
  readonly by: 'time' | 'entity';
  /** 0 < share < 1. */
  readonly validationShare: number;
  readonly testShare: number;
}

/** A feature that says which slice a test row belongs to. Joined for evaluation alone; rows without a value are a slice. */
export interface Segment extends FeatureRef {
  /** Ascending; slice i holds cuts[i - 1] <= x < cuts[i], the first and the last are open. Null: each value is a slice. */
  readonly cuts: readonly number[] | null;
}

export type GateDefinition =
  | (MetricChoice & {
      /** The metric on the test rows lies on the right side of a limit. */
      readonly kind: 'metric';
      readonly atLeast: number | null;
      readonly atMost: number | null;
      /** Fewer test rows than this is inconclusive. */
      readonly minRows: number;
    })
  | (MetricChoice & {
      /** Not worse than the champion on the same test rows by more than the margin. Passes when there is no champion. */
      readonly kind: 'regression';
      /** Largest loss of the metric that still passes, in the metric's own unit; at or above 0. */
      readonly margin: number;
      /** Confidence of the paired interval, for example 0.95. */
      readonly confidence: number;
    })
  | (MetricChoice & {
      /** The metric holds in every slice of the test rows, with confidence. */
      readonly kind: 'slice';
      /** Segments as `view:feature`; all of the model's when empty. */
      readonly by: readonly string[];
      /** Whether the slices of each two segments are judged too. */
      readonly pairs: boolean;
      readonly atLeast: number | null;
      readonly atMost: number | null;
      /** How much worse than on all test rows the metric may be in a slice; null for any. */
      readonly maxGap: number | null;
      readonly minRows: number;
      /** What a slice of fewer rows does: the verdict is inconclusive, or it is left out and told of. */
      readonly onSmall: 'inconclusive' | 'ignore';
      readonly confidence: number;
    })
  | {
      /** Decisions treat the groups of one attribute alike. */
      readonly kind: 'fairness';
      /** A segment of the model, as `view:feature`. */
      readonly attribute: string;
      readonly criterion: FairnessCriterion;
      /** Largest less smallest rate, at most the limit; or smallest over largest, at least the limit. */
      readonly measure: 'difference' | 'ratio';
      readonly limit: number;
      /** Rows that each rate of a group has to rest on. */
      readonly minGroupSize: number;
      readonly onSmall: 'inconclusive' | 'ignore';
      readonly confidence: number;
    }
  | {
      readonly kind: 'data_quality';
      readonly minTrainRows: number;
      /** Largest share of missing values in any one feature of the training rows; 0 to 1. */
      readonly maxMissingShare: number;
      /** Smallest share of the training rows of the last release that passed; null for any. Passes when there is none. */
      readonly minShareOfLast: number | null;
    }
  | {
      /** What was served is what could have been known, by the newest skew audit. Passes when nothing is served yet. */
      readonly kind: 'skew';
      /** Largest share of audited vectors that differ; 0 to 1. */
      readonly maxMismatchShare: number;
      /** Fewer audited vectors than this is inconclusive. */
      readonly minVectors: number;
      /** An older audit is inconclusive. */
      readonly withinMs: number;
    }
  | {
      /** No input decides too much, and what decides did not move too far from the champion. */
      readonly kind: 'attribution';
      /** Largest share of all that the inputs contribute that one of them may have; null for any. */
      readonly maxShare: number | null;
      /** Largest half L1 distance between these shares and the champion's on the same rows; null for any. Passes when there is no champion. */
      readonly maxChange: number | null;
      /** Confidence of the intervals, which count the test rows as a sample. */
      readonly confidence: number;
    }
  | {
      /** What 1,000 predictions cost at the declared load. */
      readonly kind: 'cost';
      readonly maxPerThousandUsd: number;
      readonly requestsPerSecond: number;
    }
  | {
      /** Judged in the rollout, on the endpoint itself, before live traffic: not among the verdicts of the manifest. */
      readonly kind: 'latency';
      /** For example 0.95. */
      readonly quantile: number;
      readonly atMostMs: number;
      /** Requests are sent at this rate whether or not earlier ones have been answered. */
      readonly requestsPerSecond: number;
      readonly forMs: number;
      /** Fewer requests than this is inconclusive. */
      readonly minRequests: number;
    };

/** Rate of positive decisions; of those whose label is positive; of these and of those whose label is negative. */
export type FairnessCriterion = 'demographic_parity' | 'equal_opportunity' | 'equalized_odds';

export interface Serving {
  /** SageMaker instance type of the endpoint, GPU or CPU, for example `ml.g6.xlarge`. */
  readonly instanceType: string;
  readonly minInstances: number;
  readonly maxInstances: number;
  /** Invocations per instance and minute that scaling aims at. */
  readonly targetInvocationsPerInstance: number;
  /** Share of invocations that SageMaker captures to S3; 0 to 100. */
  readonly dataCapturePct: number;
  /** Probability at and above which the decision is positive; null for regression. */
  readonly decisionThreshold: number | null;
  readonly missing: MissingPolicy;
  /**
   * How long a prediction may reuse features it read before, in milliseconds; null for never. Also bounded by the
   * smallest remaining TTL, and by the release: another release never sees what this one read.
   */
  readonly featureCacheMs: number | null;
  /** Answers that are computed before they are asked for; null for none, absent from older releases. */
  readonly precomputed: Precomputed | null;
}

/** All entities are scored at these intervals, and asked for in between they are answered without the model. */
export interface Precomputed {
  readonly everyMs: number;
  /** An older answer is not given. */
  readonly maxAgeMs: number;
}

/** What a prediction does about an input without a value. Training sees the same defaults. */
export interface MissingPolicy {
  /** For a value that is not found or null. `null` gives the model a missing value, `refuse` answers 409. */
  readonly onMissing: 'null' | 'refuse';
  /** For a value older than its view's TTL; `as-missing` treats it like one that is not there. */
  readonly onStale: 'as-missing' | 'refuse';
  /** Values that stand for a missing one, by input; such an input is never refused. */
  readonly defaults: readonly { readonly ref: string; readonly value: Value }[];
}
