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
  /** Grows by one with each write; a writer names the epoch it read, so that a stale one is refused. */
  readonly epoch: number;
}

export interface Arm {
  readonly releaseId: Sha256;
  /** Where the release runs. During a promotion the champion may for a while run on the variant `challenger`. */
  readonly variant: Variant;
}
