import type { Sha256 } from '../canonical-json.ts';

/** Constant names of the variants on every endpoint. */
export const VARIANTS = ['champion', 'challenger', 'shadow'] as const;
export type Variant = (typeof VARIANTS)[number];

/** The one mutable pointer of a model: which release answers, and on which variant of the endpoint it runs. */
export interface Route {
  readonly model: string;
  readonly endpointName: string;
  /** Null until the first promotion: predictions are refused. */
  readonly champion: Arm | null;
  /** Answers a share of the entities instead of the champion; null when nobody does. */
  readonly challenger: Challenger | null;
  /** Is asked the same as whoever answers, and its answers are only kept; null when nobody is. */
  readonly shadow: SharingArm | null;
  /** Grows by one with each write; a writer names the epoch it read, so that a stale one is refused. */
  readonly epoch: number;
}

export interface Arm {
  readonly releaseId: Sha256;
  /** Where the release runs. During a promotion the champion may for a while run on the variant `challenger`. */
  readonly variant: Variant;
}

/** An arm that takes part for a rollout. */
export interface SharingArm extends Arm {
  /** Share of the entities, 0 < share <= 1: always the same ones while rollout and share stay, more of them when it grows. */
  readonly share: number;
  readonly rolloutId: string;
}

export interface Challenger extends SharingArm {
  /**
   * Set while a promotion is watched: it was champion until then, so it answers what the new champion fails, whatever
   * its share, which may be 0 then.
   */
  readonly wasChampion?: true;
}
