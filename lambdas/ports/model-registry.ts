import type { AuditEvent, AuditRecord } from '../../core/audit/audit-record.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import type { Route } from '../../core/release/route.ts';

/**
 * Models, their releases, rollouts and audit chains. Every change of state is written together with its audit
 * record or not at all.
 */
export interface ModelRegistry {
  models(): Promise<readonly RegisteredModel[]>;
  /** @throws NotFoundError naming the models there are */
  model(name: string): Promise<RegisteredModel>;
  /** Creates the model with an empty route, or updates its hosting and keeps the route. Idempotent. */
  registerModel(model: ModelHosting, event: AuditEvent): Promise<void>;

  /** Keeps the release for ever; the same release again changes nothing. */
  addRelease(release: ReleaseSummary, event: AuditEvent): Promise<void>;
  /** Newest first. */
  releases(model: string): Promise<readonly ReleaseSummary[]>;
  /** @throws NotFoundError */
  release(releaseId: string): Promise<ReleaseSummary>;

  /** @throws NotFoundError */
  rollout(rolloutId: string): Promise<Rollout>;
  /** Newest first. */
  rollouts(model: string): Promise<readonly Rollout[]>;
  /** Takes the model's one rollout lease. The same rollout again resumes it. @throws RolloutInProgressError (conflict) while another holds it */
  beginRollout(rollout: Rollout, event: AuditEvent): Promise<Rollout>;
  /** @throws ConflictError when the rollout no longer holds the lease */
  advanceRollout(rolloutId: string, phase: RolloutPhase, event: AuditEvent): Promise<Rollout>;
  /** Flips the route and advances the rollout in one write. @throws ConflictError when the epoch has moved or the lease is lost */
  flipRoute(change: RouteChange, event: AuditEvent): Promise<Route>;
  /** Ends the rollout and gives the lease back. Ending it again the same way changes nothing. */
  endRollout(rolloutId: string, outcome: RolloutOutcome, because: string, event: AuditEvent): Promise<Rollout>;

  /** The chain of one model in order, from a position on. */
  audit(model: string, from: number, limit: number): Promise<readonly AuditRecord[]>;
}

export interface ModelHosting {
  readonly name: string;
  readonly endpointName: string;
  /** Role that training jobs and endpoint containers of the model run as. */
  readonly executionRoleArn: string;
  readonly modelPackageGroup: string;
  /** Container image of the model's algorithm in this region. */
  readonly image: string;
}

export interface RegisteredModel extends ModelHosting {
  readonly route: Route;
}

export interface ReleaseSummary {
  readonly releaseId: string;
  readonly model: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly passed: boolean;
  readonly trainingSetId: string;
  readonly metrics: Readonly<Record<string, number>>;
  /** `s3://…` of the manifest. */
  readonly manifestUri: string;
  /** The versions of views it reads, in order of name: what has to stay online while it may serve. */
  readonly featureViews: readonly { readonly view: string; readonly version: string }[];
}

export type RolloutPhase = 'gates' | 'deploying' | 'promoting' | 'settling' | 'done';
export type RolloutOutcome = 'promoted' | 'rejected' | 'rolled-back';

export interface Rollout {
  readonly rolloutId: string;
  readonly model: string;
  readonly releaseId: string;
  readonly phase: RolloutPhase;
  /** Null while it runs. */
  readonly outcome: RolloutOutcome | null;
  readonly because: string | null;
  /** Release that answered before; null for the first. */
  readonly previousReleaseId: string | null;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export interface RouteChange {
  readonly rolloutId: string;
  readonly model: string;
  readonly from: Route;
  readonly to: Route;
  readonly phase: RolloutPhase;
}

/** Manifests by id; immutable. */
export interface ReleaseStore {
  /** Verifies that the document's digest is the id. @throws NotFoundError, CorruptDataError */
  manifest(releaseId: string): Promise<ReleaseManifest>;
  /** Answers where it lies; the same manifest again changes nothing. */
  put(manifest: ReleaseManifest): Promise<{ readonly releaseId: string; readonly uri: string }>;
}
