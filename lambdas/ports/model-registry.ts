import type { AuditEvent, AuditRecord } from '../../core/audit/audit-record.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import type { Route } from '../../core/release/route.ts';
import type { Hold, Rollout } from '../../core/rollout/rollout.ts';
import type { RolloutChange } from '../../core/rollout/rollout-change.ts';
import type { ModelPackage } from './model-packages.ts';

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
  /**
   * Takes the model's lease for this rollout, or takes it over from an earlier process of the same rollout; each time with
   * a higher fence. Writes the rollout when it is new, with `event`; a takeover is recorded as `rollout.resumed`. Both
   * records carry the fence. A rollout that has ended is answered as it ended, with fence 0, which no write is made with.
   *
   * @throws RolloutInProgressError (holder's id) while another rollout of the model has not ended
   * @throws ConflictError when the id stands for a rollout of another release, NotFoundError for an unknown model
   */
  beginRollout(rollout: Rollout, event: AuditEvent): Promise<LedRollout>;
  /**
   * Writes document, route, lease and one audit record together or not at all. When the stored document equals `next` already
   * (and the route `to`), nothing is written and it is answered, whoever asks. A writer with a fence renews its lease;
   * `next.outcome` other than null gives the lease back. Without an event no record is written: for a look that leaves
   * everything as it was.
   *
   * @throws LeaseLostError for a stale fence
   * @throws RolloutChangedError when document or route are no longer as seen, or the model is held and `unlessHeld` is set
   * @throws ConflictError when the rollout has ended
   */
  changeRollout(change: RolloutChange, event: AuditEvent | null): Promise<Rollout>;
  /** Shows that the process is alive, without a change. @throws LeaseLostError */
  renewLease(rolloutId: string, fence: number): Promise<void>;
  /** Rollouts without an end whose lease has not been renewed for `LEASE_MS`. */
  abandonedRollouts(): Promise<readonly LedRollout[]>;
  /**
   * Keeps what wakes the execution that waits for a person's word on the rollout; a later one replaces it. A hint: an execution that
   * nobody wakes looks again by itself.
   */
  keepTaskToken(rolloutId: string, taskToken: string): Promise<void>;
  taskToken(rolloutId: string): Promise<string | null>;

  /** Null while nobody holds the model. */
  hold(model: string): Promise<Hold | null>;
  /** Null releases it. The same hold again, and releasing what is not held, changes nothing. */
  setHold(model: string, hold: Hold | null, event: AuditEvent): Promise<void>;

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
  /** What SageMaker's model registry shows of it; absent from releases of platforms that did not register them there. */
  readonly modelPackage?: ModelPackage;
}

/** A rollout and the number that its leader writes with. */
export interface LedRollout {
  readonly rollout: Rollout;
  readonly fence: number;
}

/** Manifests by id; immutable. */
export interface ReleaseStore {
  /** Verifies that the document's digest is the id. @throws NotFoundError, CorruptDataError */
  manifest(releaseId: string): Promise<ReleaseManifest>;
  /** Answers where it lies; the same manifest again changes nothing. */
  put(manifest: ReleaseManifest): Promise<{ readonly releaseId: string; readonly uri: string }>;
}
