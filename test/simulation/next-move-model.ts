import { canonicalJson } from '../../core/canonical-json.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import type { RolloutPolicy } from '../../core/definitions/rollout-policy.ts';
import type { Route, Variant } from '../../core/release/route.ts';
import { wantedArms } from '../../core/rollout/arms.ts';
import type { Move } from '../../core/rollout/move.ts';
import { nextMove } from '../../core/rollout/next-move.ts';
import type { Hold, Rollout } from '../../core/rollout/rollout.ts';
import type { EndpointState, News, Truth } from '../../core/rollout/truth.ts';
import { newRollout } from '../new-rollout.ts';
import { DIRECT_ROLLOUT } from '../rollout-policy.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const HELD: Hold = { model: 'churn', actor: 'arn:b', because: 'incident', at: NOW.toISOString() };

/** Every phase there is, none of them longer than an hour. */
export const WHOLE_POLICY: RolloutPolicy = {
  ...DIRECT_ROLLOUT,
  approval: { withinMs: HOUR_MS },
  shadow: { share: 1, minPairs: 1, withinMs: HOUR_MS, graceMs: 0, maxDecisionFlips: null, maxScoreDifference: null },
  canary: { steps: [0.1, 0.5], minUnits: 1, bakeMs: MINUTE_MS, withinMs: HOUR_MS },
  watch: { forMs: HOUR_MS, holdback: 0.1 },
};

/** A rollout and the route of its model: all that a move changes. */
export interface ModelState {
  readonly rollout: Rollout;
  readonly route: Route;
}

/** What a move may find: all that nobody decides. */
export interface Surroundings {
  readonly endpoint: EndpointState;
  readonly news: News | null;
  readonly isHeld: boolean;
  readonly refusal: string | null;
  /** How long the phase has lasted. */
  readonly agedMs: number;
}

export interface ModelProps {
  readonly policy: RolloutPolicy;
  readonly hasLatencyGate: boolean;
  readonly kind: Rollout['kind'];
  /** Where the champion sits; null for a model's first release. */
  readonly championOn: Variant | null;
}

export function firstState({ kind, championOn }: ModelProps): ModelState {
  const champion = championOn === null ? null : { releaseId: 'r0', variant: championOn };
  return {
    rollout: newRollout('p1', { kind, previousReleaseId: champion?.releaseId ?? null, startedAt: NOW.toISOString() }),
    route: { model: 'churn', endpointName: 'e', champion, challenger: null, shadow: null, epoch: 0 },
  };
}

export function truthOf({ rollout, route }: ModelState, props: ModelProps, around: Surroundings): Truth {
  const since = new Date(NOW.getTime() - around.agedMs).toISOString();
  const { news, endpoint, refusal, isHeld } = around;
  return {
    rollout: {
      ...rollout,
      since,
      pointed: rollout.pointed === null ? null : { ...rollout.pointed, at: since },
      approval: rollout.approval === null ? null : { ...rollout.approval, expiresAt: laterThan(around.agedMs) },
    },
    route,
    policy: props.policy,
    hasLatencyGate: props.hasLatencyGate,
    hold: isHeld ? HELD : null,
    refusal,
    endpoint,
    news: news?.kind === 'look' ? { ...news, phase: rollout.phase, since } : news,
    now: NOW,
    pollMs: 5_000,
  };
}

function laterThan(agedMs: number): string {
  return new Date(NOW.getTime() - agedMs + HOUR_MS).toISOString();
}

/** The state after a move; `point` is told to the endpoint and written down, everything else leaves it as it is. */
export function afterMove(state: ModelState, move: Move): ModelState {
  if (move.kind === 'point') return { ...state, rollout: { ...state.rollout, pointed: { arms: move.arms, at: '' } } };
  if (move.kind !== 'change') return state;
  return { rollout: move.next, route: move.route?.to ?? state.route };
}

/** What a state comes to, without its times: two that spell alike go on alike. */
function spellingOf({ rollout, route }: ModelState): string {
  const { phase, step, stop, outcome, approval, pointed, timeline, look } = rollout;
  const { champion, challenger, shadow } = route;
  const passed = [...new Set(timeline.map((entry) => entry.phase))];
  const told = pointed === null ? null : canonicalJson(pointed.arms) === canonicalJson(wantedArms(rollout, route));
  return canonicalJson({
    phase,
    step,
    stop: stop?.kind ?? null,
    outcome,
    decision: approval?.decision ?? null,
    isAsked: approval !== null,
    told,
    passed,
    looked: look?.verdict ?? null,
    champion,
    challenger,
    shadow,
  });
}

const LOOK = { kind: 'look', phase: 'canary', since: '', reportUri: 's3://a/b' } as const;
const look = (verdict: 'continue' | 'proceed' | 'go-back'): News => ({
  ...LOOK,
  judgement: { verdict, because: verdict },
});
const replay = (outcome: 'pass' | 'fail' | 'inconclusive'): News => ({
  kind: 'replay',
  outcome,
  because: outcome === 'pass' ? '' : outcome,
  reportUri: 's3://a/b',
});

const ALL_NEWS: readonly (News | null)[] = [
  null,
  look('continue'),
  look('proceed'),
  look('go-back'),
  replay('pass'),
  replay('fail'),
  replay('inconclusive'),
  ...(['advance', 'point', 'count', 'replay', 'ask'] as const).map(
    (of) => ({ kind: 'failure', of, isPassing: false, because: 'x' }) as const,
  ),
  ...(['advance', 'point', 'replay', 'ask'] as const).map(
    (of) => ({ kind: 'failure', of, isPassing: true, because: 'x' }) as const,
  ),
];

const missing = (...variants: Variant[]): EndpointState => ({ state: 'other-content', missing: variants });
const ALL_ENDPOINTS: readonly EndpointState[] = [
  { state: 'in-service' },
  { state: 'unscaled' },
  { state: 'changing' },
  { state: 'failed', reason: 'no capacity' },
  { state: 'absent' },
  missing(),
  missing('champion'),
  missing('challenger'),
  missing('champion', 'challenger'),
];

/** Everything that a move may meet. */
const ALL_SURROUNDINGS: readonly Surroundings[] = ALL_NEWS.flatMap((news) =>
  ALL_ENDPOINTS.flatMap((endpoint) =>
    [false, true].flatMap((isHeld) =>
      [null, 'a rule is broken'].flatMap((refusal) =>
        [0, 30 * MINUTE_MS, 7 * HOUR_MS].map((agedMs) => ({ news, endpoint, isHeld, refusal, agedMs })),
      ),
    ),
  ),
);

export interface Taken {
  readonly from: ModelState;
  readonly around: Surroundings;
  readonly move: Move;
  readonly to: ModelState;
}

/** Every state that can be reached from the first, whatever is met on the way; a person's word is one of the things met. */
export function explore(props: ModelProps, onMove: (taken: Taken) => void): readonly ModelState[] {
  const found = new Map<string, ModelState>();
  const waiting: ModelState[] = [];
  const add = (state: ModelState) => {
    const spelling = spellingOf(state);
    if (found.has(spelling)) return;
    found.set(spelling, state);
    waiting.push(state);
  };
  add(firstState(props));
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    for (const around of ALL_SURROUNDINGS) {
      const move = nextMove(truthOf(state, props, around));
      const to = afterMove(state, move);
      onMove({ from: state, around, move, to });
      add(to);
    }
    for (const decision of ['approve', 'reject'] as const) {
      const { approval, phase } = state.rollout;
      if (approval === null || approval.decision !== null || phase !== 'approval') continue;
      add({
        ...state,
        rollout: { ...state.rollout, approval: { ...approval, decision, actor: 'arn:b', comment: 'c' } },
      });
    }
  }
  return [...found.values()];
}
