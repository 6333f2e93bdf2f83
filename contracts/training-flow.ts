import * as z from 'zod';
import type { ResolvedView } from '../core/definitions/definitions.ts';
import type { Model } from '../core/definitions/model.ts';
import type { OnDemandFeatureView } from '../core/definitions/on-demand-feature-view.ts';
import type { ModelInput, TrainingSetRecord } from '../core/release/release-manifest.ts';
import type { TrainingPlan } from './training-plan.ts';

/**
 * What the tasks of the train flow hand on. Planning and sealing answer more than this; the tasks after them read
 * these members alone.
 */
export const EvaluationRequest = z.object({
  plan: z.object({
    /** Names the training; digest of its cause. */
    trainingId: z.string().min(1),
    model: z.string().min(1),
    actor: z.string().min(1),
    cause: z.string().min(1),
    /** The newest release that had passed its gates when the training was planned; null when there was none. */
    lastReleaseId: z.string().nullable(),
  }),
  sealed: z.object({
    trainingSetId: z.string().regex(/^[0-9a-f]{64}$/),
    /** `s3://bucket/prefix/` of the training set. */
    uri: z.string().startsWith('s3://').endsWith('/'),
  }),
  job: z.object({
    TrainingJobName: z.string().min(1),
    ModelArtifacts: z.object({ S3ModelArtifacts: z.string().startsWith('s3://') }),
    /** ISO 8601, or epoch seconds or milliseconds as the service gives them. */
    TrainingStartTime: z.union([z.string(), z.number()]),
    TrainingEndTime: z.union([z.string(), z.number()]),
    /** The search whose best job it is. */
    Search: z.object({ jobName: z.string(), jobs: z.int().min(1), metric: z.string(), value: z.number() }).optional(),
  }),
});
export type EvaluationRequest = z.infer<typeof EvaluationRequest>;

/** One model to score on the test rows: whole SageMaker requests, passed through by the state machine. */
export interface EvaluationJob {
  readonly role: 'candidate' | 'champion';
  readonly model: Readonly<Record<string, unknown>>;
  readonly transform: Readonly<Record<string, unknown>>;
}

export const RegisterReleaseRequest = EvaluationRequest.extend({
  sealed: EvaluationRequest.shape.sealed.extend({
    /** Of the CreateTrainingJob request, what a release keeps. */
    trainingJob: z.object({
      HyperParameters: z.record(z.string(), z.string()),
      ResourceConfig: z.object({ InstanceType: z.string().min(1) }),
    }),
  }),
  /** What was scored: a copy of what the job wrote, under its own digest. */
  artifact: z.object({
    uri: z.string().startsWith('s3://'),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    sizeBytes: z.int().positive(),
  }),
  /** Roles that were scored. */
  scored: z.array(z.enum(['candidate', 'champion'])).min(1),
});
export type RegisterReleaseRequest = z.infer<typeof RegisterReleaseRequest>;

/**
 * `training-set.json` beside the rows of a sealed training set. The test rows are `test/features.csv` (the candidate's
 * inputs, no header, no label), `test/labels.csv` (one number per line, same order), when the champion can be asked
 * about them, `test/champion-features.csv` (the same rows encoded for the champion's inputs) and, when the model has
 * segments, `test/segments.json` (the slices of each, and which one each row belongs to, same order).
 */
export interface SealedTrainingSet {
  readonly record: TrainingSetRecord;
  readonly model: Model;
  /** In order of name. */
  readonly featureViews: readonly ResolvedView[];
  /** In order of name. */
  readonly onDemandFeatureViews: readonly OnDemandFeatureView[];
  readonly inputs: readonly ModelInput[];
  /** Share of missing values per input (`view:feature`) in the training rows; 0 to 1. */
  readonly missingShares: Readonly<Record<string, number>>;
  /** Null when the model had no champion when the set was sealed. */
  readonly champion: SealedChampion | null;
  /** Absent from sets that a platform without leak checks sealed. */
  readonly joined?: JoinedAs;
}

/** What, with the definitions, the watermarks and the champion, gives the statement of a training set again. */
export interface JoinedAs extends Pick<TrainingPlan, 'trainingId' | 'asOfMs' | 'labelEvents' | 'knowledgeCut'> {}

export type SealedChampion =
  | { readonly releaseId: string; readonly comparable: true }
  /** One of the champion's inputs is not among the joined features at the same version of its view. */
  | { readonly releaseId: string; readonly comparable: false; readonly because: string };

/** What the train flow ends with. */
export interface RegisteredRelease {
  readonly releaseId: string;
  readonly model: string;
  readonly passed: boolean;
  /** Name for the rollout of this release; the same release gives the same name. */
  readonly rolloutId: string;
  /** Reasons of the gates that did not pass; empty when all did. */
  readonly because: string;
  readonly metrics: Readonly<Record<string, number>>;
  /** Outcome by gate. */
  readonly gates: Readonly<Record<string, string>>;
}
