import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../core/clock.ts';
import type { Route } from '../../core/release/route.ts';
import { armsOf } from '../../core/rollout/arms.ts';
import { nextMove } from '../../core/rollout/next-move.ts';
import { ROLLOUT_PHASES } from '../../core/rollout/rollout.ts';
import { DIRECT_ROLLOUT } from '../rollout-policy.ts';
import {
  afterMove,
  explore,
  firstState,
  type ModelProps,
  type ModelState,
  type Surroundings,
  type Taken,
  truthOf,
  WHOLE_POLICY,
} from './next-move-model.ts';

const whole = { policy: WHOLE_POLICY, hasLatencyGate: true, kind: 'release' } as const;
const CASES: readonly (readonly [string, ModelProps])[] = [
  ['a release beside a champion', { ...whole, championOn: 'champion' }],
  ['a release beside a champion on the other variant', { ...whole, championOn: 'challenger' }],
  ['the first release of a model', { ...whole, championOn: null }],
  ['a way back to an earlier champion', { ...whole, kind: 'rollback', championOn: 'champion' }],
  [
    'a release that goes straight to its seat',
    { ...whole, policy: DIRECT_ROLLOUT, hasLatencyGate: false, championOn: 'champion' },
  ],
  [
    'a watch that holds nobody back',
    { ...whole, policy: { ...WHOLE_POLICY, watch: { forMs: HOUR_MS, holdback: 0 } }, championOn: 'champion' },
  ],
];

/** Share of the entities that the release answers. */
function shareOf({ champion, challenger }: Route, releaseId: string): number {
  const held = challenger?.share ?? 0;
  if (champion?.releaseId === releaseId) return 1 - held;
  return challenger?.releaseId === releaseId ? held : 0;
}

function placeOf({ rollout: { phase, step }, route }: ModelState): string {
  const seats = [route.champion, route.challenger, route.shadow].map((arm) => arm?.releaseId ?? '-');
  return `${phase} ${step} ${seats.join(' ')}`;
}

describe.each(CASES)('every move of %s, whatever it meets', (_, props) => {
  const taken: Taken[] = [];
  const states = explore(props, (one) => taken.push(one));
  const changes = taken.filter(({ move }) => move.kind === 'change');
  const broken = (isBroken: (one: Taken) => boolean) => {
    const found = changes.find(isBroken);
    if (found === undefined) return null;
    const { from, to, around } = found;
    return JSON.stringify({ from: placeOf(from), to: placeOf(to), around });
  };
  const gained = ({ from, to }: Taken) =>
    shareOf(to.route, to.rollout.releaseId) - shareOf(from.route, from.rollout.releaseId);

  it('leaves one champion, one seat a release, and shares that make one whole', () => {
    for (const { route } of states) {
      const seats = [route.champion, route.challenger, route.shadow].flatMap((arm) => arm ?? []);
      expect(new Set(seats.map(({ releaseId }) => releaseId)).size).toBe(seats.length);
      expect(new Set(seats.map(({ variant }) => variant)).size).toBe(seats.length);
      const leastShare = route.challenger?.wasChampion ? 0 : Number.MIN_VALUE;
      expect(route.challenger === null || route.challenger.share >= leastShare).toBe(true);
      expect(route.challenger === null || route.challenger.share < 1).toBe(true);
      expect(route.challenger !== null && route.shadow !== null).toBe(false);
      expect(props.championOn !== null && route.champion === null).toBe(false);
    }
  });

  it('passes the phases in their order and never comes back to one', () => {
    const at = ({ rollout }: ModelState) => ROLLOUT_PHASES.indexOf(rollout.phase) + rollout.step / 100;
    expect(broken(({ from, to }) => at(to) < at(from))).toBeNull();
    expect(
      broken(({ from, to }) => from.rollout.phase === 'restoring' && !['restoring', 'done'].includes(to.rollout.phase)),
    ).toBeNull();
  });

  it('gives a release traffic only where nobody holds the model and it is in service', () => {
    expect(
      broken((one) => gained(one) > 1e-9 && one.around.isHeld && one.from.rollout.phase !== 'settling'),
    ).toBeNull();
    const isOut = ({ endpoint }: Surroundings, variant: string) =>
      endpoint.state === 'absent' ||
      endpoint.state === 'failed' ||
      (endpoint.state === 'other-content' && endpoint.missing.some((one) => one === variant));
    expect(
      broken(
        (one) => gained(one) > 1e-9 && isOut(one.around, armsOf(one.from.rollout, one.from.route).candidate.variant),
      ),
    ).toBeNull();
  });

  it('goes on from its gates only when no rule speaks against it, and from approval only with a word', () => {
    expect(
      broken(
        ({ from, around, move }) =>
          from.rollout.phase === 'gates' && around.refusal !== null && move.kind === 'change' && move.isForward,
      ),
    ).toBeNull();
    expect(
      broken(
        ({ from, move }) =>
          from.rollout.phase === 'approval' &&
          move.kind === 'change' &&
          move.isForward &&
          from.rollout.approval?.decision !== 'approve',
      ),
    ).toBeNull();
  });

  it('goes on from a judged phase only after a look that allows it', () => {
    const isJudged = ({ from }: Taken) => ['shadow', 'canary'].includes(from.rollout.phase);
    const isAllowed = ({ around: { news } }: Taken) => news?.kind === 'look' && news.judgement.verdict === 'proceed';
    expect(
      broken((one) => isJudged(one) && one.move.kind === 'change' && one.move.isForward && !isAllowed(one)),
    ).toBeNull();
    expect(
      broken(
        (one) =>
          isJudged(one) &&
          one.around.news?.kind === 'look' &&
          one.around.news.judgement.verdict === 'go-back' &&
          gained(one) > 1e-9,
      ),
    ).toBeNull();
  });

  it('puts the route right in the very write that goes back', () => {
    expect(
      broken(
        ({ to }) =>
          to.rollout.stop !== null && to.rollout.phase !== 'done' && shareOf(to.route, to.rollout.releaseId) > 0,
      ),
    ).toBeNull();
    expect(broken(({ from, to }) => from.rollout.stop !== null && to.rollout.stop === null)).toBeNull();
  });

  it('has the champion before stand in for the one that is watched, and for nobody else', () => {
    for (const { rollout, route } of states) {
      const standIn = route.challenger?.wasChampion ? route.challenger.releaseId : null;
      expect(standIn, placeOf({ rollout, route })).toBe(
        rollout.phase === 'watching' ? rollout.previousReleaseId : null,
      );
    }
  });

  it('ends as what came of it, and then changes nothing', () => {
    for (const { rollout, route } of states.filter((state) => state.rollout.phase === 'done')) {
      const isChampion = route.champion?.releaseId === rollout.releaseId;
      expect(rollout.outcome).toBe(
        isChampion
          ? 'promoted'
          : rollout.timeline.some(({ phase }) => ['canary', 'watching', 'settling'].includes(phase))
            ? 'rolled-back'
            : 'rejected',
      );
      expect([route.challenger, route.shadow]).toEqual([null, null]);
    }
    expect(broken(({ from }) => from.rollout.phase === 'done')).toBeNull();
  });

  it.each([
    ['a world in which all goes well', { endpoint: { state: 'in-service' } }],
    ['a world in which nothing works', { endpoint: { state: 'failed', reason: 'x' } }],
    ['an endpoint that never finishes', { endpoint: { state: 'changing' } }],
    ['an endpoint that is gone', { endpoint: { state: 'absent' } }],
  ] as const)('comes to its end from every state in %s', (__, { endpoint }) => {
    for (const state of states) {
      let at = state;
      for (let moves = 0; at.rollout.phase !== 'done'; moves++) {
        expect(moves, placeOf(at)).toBeLessThan(30);
        const around = { endpoint, news: newsFor(at), isHeld: false, refusal: null, agedMs: 24 * HOUR_MS } as const;
        at = afterMove(at, nextMove(truthOf(at, props, around)));
      }
    }
  });

  it('reaches every phase it has', () => {
    expect(new Set(states.map(({ rollout }) => rollout.phase)).size).toBeGreaterThanOrEqual(5);
    expect(firstState(props).rollout.phase).toBe('gates');
  });
});

/** What a flow brings along in the phase: a look that was made, a latency that was measured. */
function newsFor({ rollout }: ModelState): Surroundings['news'] {
  if (rollout.phase === 'latency') return { kind: 'replay', outcome: 'pass', because: '', reportUri: 's3://a/b' };
  const verdict = rollout.phase === 'watching' ? 'continue' : 'proceed';
  return { kind: 'look', phase: rollout.phase, since: '', reportUri: 's3://a/b', judgement: { verdict, because: 'x' } };
}
