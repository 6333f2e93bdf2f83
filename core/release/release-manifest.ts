import { digestOf, type Sha256 } from '../canonical-json.ts';
import type { ResolvedView } from '../definitions/definitions.ts';
import type { FeatureRef } from '../definitions/feature-view.ts';
import type { Model } from '../definitions/model.ts';
import type { OnDemandFeatureView } from '../definitions/on-demand-feature-view.ts';
import type { Value, ValueType } from '../definitions/value-type.ts';
import type { Verdict } from '../gates/verdict.ts';
import type { CalibrationBin } from '../performance/calibration-bins.ts';
import type { PromisedLoss } from '../performance/row-loss.ts';
import type { Provenance } from './provenance.ts';

/**
 * Everything that decides a prediction, and why it may: one immutable, content-addressed document.
 * `releaseId` is the SHA-256 of its canonical JSON (RFC 8785).
 */
export interface ReleaseManifest {
  readonly schema: 'headgate.release/v1';
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  /** The model's definition as it was: label, split, gates, serving, rollout, monitoring. */
  readonly model: Model;
  /** Version of the platform's code that made the release. */
  readonly platformVersion: string;
  /** Absent from releases of platforms that did not record it. */
  readonly provenance?: Provenance;
  readonly artifact: Artifact;
  readonly trainingSet: TrainingSetRecord;
  /** The views the features come from, with TTL and transforms, in order of name. */
  readonly featureViews: readonly ResolvedView[];
  /** Those that inputs come from, in order of name; the stored views they read are among `featureViews`. */
  readonly onDemandFeatureViews: readonly OnDemandFeatureView[];
  /** The model's input columns in order. */
  readonly inputs: readonly ModelInput[];
  readonly training: TrainingRecord;
  readonly evaluation: Evaluation;
  /**
   * Verdict of every gate of the model in the order of the definition, except a latency gate, which is judged in each
   * rollout. A release that did not pass is kept but never served.
   */
  readonly verdicts: readonly GateVerdict[];
}

export interface Artifact {
  /** `s3://bucket/key` of model.tar.gz. */
  readonly uri: string;
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  /** Container image that trained it and serves it. */
  readonly image: string;
}

/** One input column of the model and how a feature value becomes its number. */
export interface ModelInput extends FeatureRef {
  readonly type: ValueType;
  /**
   * Strings become the index of the category in this list (most frequent in training first); a category that is not
   * listed is missing. Null for numbers and booleans (false 0, true 1).
   */
  readonly categories: readonly string[] | null;
  /** What the model sees in the place of a missing value, in training as in serving; null when it sees it as missing. */
  readonly defaultValue: Value;
}

export interface TrainingSetRecord {
  /** Digest of the rows and of the plan that made them; names the set. */
  readonly trainingSetId: Sha256;
  /** `s3://bucket/prefix/` that holds train/, validation/, test/, and profile.json. */
  readonly uri: string;
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** Labels that had not matured, and rows dropped because their label reaches into the next part. */
  readonly dropped: { readonly unmatured: number; readonly embargoed: number };
  /** Share of positive labels per part (binary) or mean label (regression); null for a part without rows. */
  readonly labelMean: {
    readonly train: number | null;
    readonly validation: number | null;
    readonly test: number | null;
  };
  /** Instants between which the labels of each part lie, ISO 8601. */
  readonly labelTimes: Readonly<
    Record<'train' | 'validation' | 'test', { readonly from: string; readonly to: string } | null>
  >;
  /** Watermark on `loaded_at_ms` of every table read: the set can be rebuilt from it bit for bit. */
  readonly watermarks: Readonly<Record<string, number>>;
  /** The statement that joined the set, and its parameters. */
  readonly query: { readonly text: string; readonly params: readonly (string | number | boolean)[] };
  /** Digest of the reference profile: distribution per input and label of the training rows. */
  readonly profileSha256: Sha256;
}

export interface TrainingRecord {
  readonly jobName: string;
  readonly instanceType: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly seconds: number;
  /** The search whose best job it was; absent without one. */
  readonly search?: TrainingSearch;
}

export interface TrainingSearch {
  /** SageMaker's tuning job. */
  readonly jobName: string;
  /** Training jobs that gave a value. */
  readonly jobs: number;
  /** XGBoost's metric, for example `validation:auc`, and its best value. */
  readonly metric: string;
  readonly value: number;
}

export interface Evaluation {
  /** On the test rows, by metric; a metric that cannot be computed (one class only) is absent. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly testRows: number;
  /** The champion on the same rows, when there was one. */
  readonly champion: { readonly releaseId: Sha256; readonly metrics: Readonly<Record<string, number>> } | null;
  /** What the inputs contribute to the scores of test rows; absent from releases of a platform that did not measure it. */
  readonly attribution?: Attribution;
  /**
   * The distinct deciles of the release's own scores of the test rows, ascending, at most nine: where live scores are
   * compared with another release's. Absent from releases of platforms that did not record them.
   */
  readonly scoreCuts?: readonly number[];
  /**
   * The test rows by `scoreCuts`, one bin more than there are cuts: what live scores are compared with, and what a score
   * is worth. Absent from releases of platforms that did not record it.
   */
  readonly calibration?: readonly CalibrationBin[];
  /** Test rows whose score reaches the decision threshold; absent without one, and from releases of older platforms. */
  readonly positives?: number;
  /**
   * Mean of each loss that the model may be watched by, with its error: what the release promises. Absent from releases
   * of platforms that did not record it.
   */
  readonly losses?: Readonly<Record<string, PromisedLoss>>;
}

export type Attribution =
  | {
      readonly kind: 'measured';
      /** Test rows of the sample. */
      readonly rows: number;
      /** Share of each input (`view:feature`) in all absolute contributions; they sum to 1, or are all 0 when no input contributes anything. */
      readonly shares: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'unmeasured'; readonly because: string };

export interface GateVerdict {
  readonly gate: string;
  readonly verdict: Verdict;
}

export function releaseIdOf(manifest: ReleaseManifest): Sha256 {
  return digestOf(manifest);
}
