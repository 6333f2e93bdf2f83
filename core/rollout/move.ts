import type { Sha256 } from '../canonical-json.ts';
import type { Arm, Route } from '../release/route.ts';
import type { Rollout } from './rollout.ts';

/** The one thing to do next. */
export type Move =
  | ChangeMove
  /** Tell the endpoint to run `wantedArms`. */
  | { readonly kind: 'point'; readonly arms: readonly Arm[] }
  | { readonly kind: 'wait'; readonly forMs: number }
  | CountMove
  /** Measure the latency of the candidate's arm. */
  | { readonly kind: 'replay'; readonly arm: Arm }
  /** Wait for a person's word, but no longer than this. */
  | { readonly kind: 'ask'; readonly forMs: number }
  | { readonly kind: 'ended' };

/** One write of document and route together. */
export interface ChangeMove {
  readonly kind: 'change';
  readonly next: Rollout;
  readonly route: { readonly from: Route; readonly to: Route } | null;
  /** It moves forward, so it must not happen while a person holds the model. */
  readonly isForward: boolean;
  /** Of the audit record; null for a look that changes nothing. */
  readonly action: string | null;
}

/** Count what the prediction log says since the phase or step began. */
export interface CountMove {
  readonly kind: 'count';
  readonly of: 'shadow' | 'canary';
  readonly releases: { readonly baseline: Sha256; readonly candidate: Sha256 };
  /** Who of them is the challenger of the route, and its share; null when the candidate answers alone, and for a shadow. */
  readonly challenger: { readonly is: 'candidate' | 'baseline'; readonly share: number } | null;
  readonly fromMs: number;
  readonly toMs: number;
}
