export const CAUSE_KINDS = ['schedule', 'drift', 'degradation', 'new-data', 'person'] as const;
export type CauseKind = (typeof CAUSE_KINDS)[number];

/** `training` and `rolling-out` have no end yet. */
export const RETRAINING_STATUSES = [
  'training',
  'rolling-out',
  'promoted',
  'not-promoted',
  'not-passed',
  'failed',
] as const;
export type RetrainingStatus = (typeof RETRAINING_STATUSES)[number];

/** What an automatic retraining waits for. */
export const WAIT_KINDS = ['outage', 'hold', 'rollout', 'outcomes', 'cooldown', 'week', 'budget'] as const;
export type WaitKind = (typeof WAIT_KINDS)[number];

/** Who trains when nobody asked. */
export const RETRAINING_ACTOR = 'headgate:retraining';
export const ESCALATION_RUNBOOK = 'docs/runbook.md#retraining-escalated';

/** Why a model is to be trained again. Instants here are ISO 8601. */
export interface RetrainingCause {
  readonly kind: CauseKind;
  readonly at: string;
  readonly because: string;
  /** ARN of the person or role that asked, or the execution that saw it. */
  readonly actor: string;
  /** The scan that saw it; null for the others. */
  readonly scanId: string | null;
  /** Digest of a person's request, so that the same request again is this one; null for the others. */
  readonly requestId: string | null;
}

export interface Retraining {
  readonly retrainingId: string;
  /** Those that came while it ran are among them. */
  readonly causes: readonly RetrainingCause[];
  readonly executionId: string;
  /** The instant a person wants it to stand at; null for when it is planned. */
  readonly asOf: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly status: RetrainingStatus;
  readonly because: string;
  /** The champion that it was to replace. */
  readonly replaces: string | null;
  readonly releaseId: string | null;
  readonly rolloutId: string | null;
  /** Rows of the label's source when it began; null when not known. */
  readonly labelRows: number | null;
  /** Of its training jobs; null while they run, and without a price. */
  readonly costUsd: number | null;
  /** Whether what caused it was gone afterwards; null while that is not known, and when it will never be. */
  readonly helped: boolean | null;
  /** Null while it is not decided. */
  readonly helpedBecause: string | null;
}

export interface Waiting {
  readonly kind: WaitKind;
  readonly at: string;
  readonly because: string;
  readonly until: string | null;
  readonly causes: readonly RetrainingCause[];
}

export interface Escalation {
  readonly at: string;
  readonly because: string;
  readonly runbook: string;
  readonly causes: readonly RetrainingCause[];
}

/** All that is known of a model's retraining; the shape that contracts/retraining.ts checks and describes. */
export interface RetrainingState {
  readonly model: string;
  readonly version: number;
  /** Newest first. At most one has the status `training`. */
  readonly retrainings: readonly Retraining[];
  readonly older: readonly Pick<Retraining, 'startedAt' | 'costUsd'>[];
  readonly escalation: Escalation | null;
  readonly waiting: Waiting | null;
  readonly countedFrom: string | null;
}

export function neverRetrained(model: string): RetrainingState {
  return { model, version: 0, retrainings: [], older: [], escalation: null, waiting: null, countedFrom: null };
}

/** Newest first; at most the first trains, and any others are rolling out. */
export function unfinished({ retrainings }: RetrainingState): readonly Retraining[] {
  return retrainings.filter(({ endedAt }) => endedAt === null);
}

/** When the last one ended; null when none ever did. */
export function lastEndMs({ retrainings }: RetrainingState): number | null {
  const ends = retrainings.flatMap(({ endedAt }) => (endedAt === null ? [] : [Date.parse(endedAt)]));
  return ends.length === 0 ? null : Math.max(...ends);
}

/** The causes in a sentence each, for the training and its release. */
export function causesText(causes: readonly RetrainingCause[]): string {
  return causes.map(({ because }) => because).join('; ');
}
