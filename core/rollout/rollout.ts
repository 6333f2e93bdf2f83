import type { Sha256 } from '../canonical-json.ts';
import type { Arm } from '../release/route.ts';

/**
 * Where a rollout stands, in the order it passes. `restoring` is entered from any phase before `done` when it goes
 * back: the route has been put right in the same write, the endpoint follows. Phases that the model's policy leaves out are
 * skipped.
 */
export const ROLLOUT_PHASES = [
  'gates',
  'approval',
  'deploying',
  'latency',
  'shadow',
  'canary',
  'watching',
  'settling',
  'restoring',
  'done',
] as const;
export type RolloutPhase = (typeof ROLLOUT_PHASES)[number];

/** `rejected`: it never answered anybody. `rolled-back`: it did, and no longer does. */
export const ROLLOUT_OUTCOMES = ['promoted', 'rejected', 'rolled-back'] as const;
export type RolloutOutcome = (typeof ROLLOUT_OUTCOMES)[number];

/**
 * Why a rollout went back. `evidence`: what was measured spoke against the release, so the same candidate is refused
 * from now on. `failure`: something could not be done. `policy`: a rule refused it, or its time was up. `person` and
 * `newer-release` say who wanted it.
 */
export const STOP_KINDS = ['evidence', 'failure', 'policy', 'person', 'newer-release'] as const;
export type StopKind = (typeof STOP_KINDS)[number];

/** One passage of a release to the champion's seat, or of a former champion back to it. */
export interface Rollout {
  readonly rolloutId: string;
  readonly model: string;
  readonly releaseId: Sha256;
  /** `rollback` passes no gates, shadow or canary: its release has been champion before. */
  readonly kind: 'release' | 'rollback';
  /** Digest of all that decides the release's predictions: equal for two releases that would answer alike. */
  readonly candidate: Sha256;
  /** A person wants it although the same candidate failed before. */
  readonly isForced: boolean;
  readonly phase: RolloutPhase;
  /** Index into the canary's steps while in `canary`; otherwise 0. */
  readonly step: number;
  /** ISO 8601: since when it has been in this phase, and in this step of it. */
  readonly since: string;
  /** Release that answered when it began; null for the first. It is what a rollout goes back to. */
  readonly previousReleaseId: Sha256 | null;
  readonly approval: Approval | null;
  /** What the endpoint was told to run last; null while it was told nothing. */
  readonly pointed: Pointed | null;
  /** Set once, by whoever stops it first. */
  readonly stop: Stop | null;
  /** Newest look; null before the first. */
  readonly look: Look | null;
  /** Phases and steps it has entered, oldest first, with the reason. */
  readonly timeline: readonly PhaseEntry[];
  /** Null while it runs. */
  readonly outcome: RolloutOutcome | null;
  /** One sentence for a reader: why it ended as it did; null while it runs. */
  readonly because: string | null;
  /** ARN of whoever started it, and why. */
  readonly actor: string;
  readonly cause: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export interface PhaseEntry {
  readonly phase: RolloutPhase;
  readonly step: number;
  /** ISO 8601. */
  readonly at: string;
  readonly because: string;
}

/** A change of the endpoint that was accepted. */
export interface Pointed {
  readonly arms: readonly Arm[];
  /** ISO 8601. */
  readonly at: string;
}

export interface Stop {
  readonly kind: StopKind;
  /** ARN of the person or role. */
  readonly actor: string;
  readonly because: string;
  readonly at: string;
}

/** A person's word on a rollout. */
export interface Approval {
  /** Names what is approved: the rollout, the release and its verdicts. An approval names it again. */
  readonly token: Sha256;
  readonly requestedAt: string;
  /** ISO 8601: after it nobody can approve any more. */
  readonly expiresAt: string;
  readonly decision: 'approve' | 'reject' | null;
  readonly actor: string | null;
  readonly comment: string | null;
  readonly decidedAt: string | null;
}

/** What one look at shadow, canary or watch found. The full report lies in S3. */
export interface Look {
  readonly at: string;
  /** 1, 2, 3, … within the rollout. */
  readonly number: number;
  readonly verdict: 'continue' | 'proceed' | 'go-back';
  readonly because: string;
  /** `s3://…` of the report with every number. */
  readonly reportUri: string;
}

/** No rollout of the model moves forward while a person holds it; going back stays possible. */
export interface Hold {
  readonly model: string;
  readonly actor: string;
  readonly because: string;
  readonly at: string;
}
