import type { RolloutPolicy } from '../definitions/rollout-policy.ts';
import type { Route, Variant } from '../release/route.ts';
import type { Judgement } from './judgement.ts';
import type { Hold, Rollout, RolloutPhase } from './rollout.ts';

/** All that decides what a rollout does next. Read anew each time: nothing depends on who read it last, or how often. */
export interface Truth {
  readonly rollout: Rollout;
  readonly route: Route;
  /** Of the release's manifest. */
  readonly policy: RolloutPolicy;
  /** Whether the latency of the release is measured before it gets live traffic. */
  readonly hasLatencyGate: boolean;
  readonly hold: Hold | null;
  /** Why the release may not take traffic; null when it may. Looked at in the phase `gates` alone. */
  readonly refusal: string | null;
  /** The endpoint against `wantedArms`; looked at only where it wants any. */
  readonly endpoint: EndpointState;
  /** What the flow brings along from the move before; null when nothing. */
  readonly news: News | null;
  readonly now: Date;
  /** Shortest pause between two looks at an endpoint that is being changed. */
  readonly pollMs: number;
}

export type EndpointState =
  | { readonly state: 'in-service' }
  /** The wanted content is in service with other bounds of scaling, or with too few instances. */
  | { readonly state: 'unscaled' }
  | { readonly state: 'changing' }
  /** It serves, but not what was wanted: an update that failed and went back, or somebody else's change. `missing` names the variants that do not run the release they should. */
  | { readonly state: 'other-content'; readonly missing: readonly Variant[] }
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'absent' };

/** A hint: it is believed only where it fits the truth. */
export type News = LookNews | ReplayNews | FailureNews;

/** A look was judged. */
export interface LookNews {
  readonly kind: 'look';
  /** What was looked at; a look at what is over counts for nothing. */
  readonly phase: RolloutPhase;
  readonly since: string;
  readonly judgement: Pick<Judgement, 'verdict' | 'because'>;
  readonly reportUri: string;
}

/** The latency gate was judged. */
export interface ReplayNews {
  readonly kind: 'replay';
  readonly outcome: 'pass' | 'fail' | 'inconclusive';
  /** Empty when it passed. */
  readonly because: string;
  readonly reportUri: string;
}

/** A move could not be made. */
export interface FailureNews {
  readonly kind: 'failure';
  readonly of: 'advance' | 'point' | 'count' | 'replay' | 'ask';
  /** It says nothing about the release or its endpoint: the same may go well later, and is tried until the phase has had its time. */
  readonly isPassing: boolean;
  readonly because: string;
}
