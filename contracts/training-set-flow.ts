import * as z from 'zod';
import type { ResolvedView } from '../core/definitions/definitions.ts';
import type { FeatureRef } from '../core/definitions/feature-view.ts';
import type { OnDemandFeatureView } from '../core/definitions/on-demand-feature-view.ts';
import type { ValueType } from '../core/definitions/value-type.ts';
import type { SqlParam } from '../core/sql/sql.ts';
import type { EntityColumn } from '../core/training-set/entity-columns.ts';
import { TrainingSetRequest } from './api/training-sets.ts';
import { AthenaQuery } from './athena-query.ts';

/** What the `training-set` flow is started with, and the name of its execution. */
export const TrainingSetTask = z.object({
  request: TrainingSetRequest,
  cause: z.string().min(1),
  actor: z.string().min(1),
  executionName: z.string().min(1),
});
export type TrainingSetTask = z.infer<typeof TrainingSetTask>;

/** What the state machine hands on; the rest of the plan lies in the offline bucket (`TrainingSetDraft`). */
export const TrainingSetPlan = z.strictObject({
  joinId: z.string().regex(/^[0-9a-f]{32}$/),
  rows: z.int(),
  parts: z.int().min(1),
  query: AthenaQuery,
});
export type TrainingSetPlan = z.infer<typeof TrainingSetPlan>;

export const SealTrainingSetRequest = z.object({
  plan: TrainingSetPlan,
  /** The part to go on with. */
  cursor: z.int().min(0),
});
export type SealTrainingSetRequest = z.infer<typeof SealTrainingSetRequest>;

/** What is fixed before the join, and kept with the training set. */
export interface TrainingSetDraft {
  readonly entities: {
    /** SHA-256 of the uploaded file. */
    readonly sha256: string;
    readonly format: 'csv' | 'parquet' | 'jsonl';
    readonly csv: { readonly delimiter: string; readonly nulls: readonly string[] };
    readonly columns: readonly EntityColumn[];
    /** Partition of the rows as the join reads them. */
    readonly entityTableId: string;
    readonly rows: number;
    readonly eventTimes: { readonly from: string; readonly to: string };
  };
  readonly featureService: string | null;
  readonly features: readonly DraftFeature[];
  readonly views: readonly JoinedSnapshot[];
  readonly onDemandFeatureViews: readonly OnDemandFeatureView[];
  readonly query: { readonly text: string; readonly params: readonly SqlParam[] };
}

export interface DraftFeature {
  readonly ref: FeatureRef;
  readonly column: string;
  readonly type: ValueType;
  readonly isOnDemand: boolean;
}

export interface JoinedSnapshot {
  /** Name of the view, or its alias in the feature service. */
  readonly as: string;
  readonly resolved: ResolvedView;
  /** Columns of the entity table that it was joined by. */
  readonly keyColumns: readonly string[];
  readonly features: readonly string[];
  /** Glue table. */
  readonly table: string;
  /** Rows loaded later were not seen. */
  readonly watermarkMs: number;
  /** Up to this instant it had been computed; null when rows come as they are ingested. */
  readonly materializedTo: string | null;
}

/** What the flow hands from planning to sealing, below `training-set-part/<joinId>/` of the offline bucket. */
export interface PlannedTrainingSet {
  readonly draft: TrainingSetDraft;
  /** The id that has to come out, when a training set is reproduced. */
  readonly reproduces: string | null;
}

export interface TrainingSetFile {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly rows: number;
}

/** `training-set.json`. Its digest is the id of the training set. */
export interface StoredTrainingSet extends TrainingSetDraft {
  readonly schema: 'headgate.entity-training-set/v1';
  /** Share of rows without a value, by feature column; 0 to 1. */
  readonly nullShares: Readonly<Record<string, number>>;
  /** In order of the rows. */
  readonly files: readonly TrainingSetFile[];
}

/** What sealing answers, and what the flow ends with when it is done. */
export interface SealedTrainingSetParts {
  readonly done: boolean;
  /** The part to go on with. */
  readonly cursor: number;
  /** Null until it is done. */
  readonly result: TrainingSetResult | null;
}

export interface TrainingSetResult {
  readonly trainingSetId: string;
  readonly uri: string;
  readonly rows: number;
  readonly files: number;
  /** Whether the same training set was there already. */
  readonly wasThere: boolean;
}
