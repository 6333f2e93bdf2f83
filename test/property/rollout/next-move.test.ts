import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import type { RolloutPolicy } from '../../../core/definitions/rollout-policy.ts';
import type { Arm } from '../../../core/release/route.ts';
import { ROLLOUT_PHASES, type RolloutPhase } from '../../../core/rollout/rollout.ts';
import { DIRECT_ROLLOUT } from '../../rollout-policy.ts';
import { BEFORE, CANDIDATE, type Happening, isSameArm, RolloutModel, type Setting } from './rollout-model.ts';

const policy: fc.Arbitrary<RolloutPolicy> = fc
  .record({
    approval: fc.option(fc.constant({ withinMs: HOUR_MS }), { freq: 2 }),
    shadow: fc.option(
      fc.constant({
        share: 1,
        minPairs: 1,
        withinMs: HOUR_MS,
        graceMs: 20,
        maxDecisionFlips: null,
        maxScoreDifference: null,
      }),
    ),
    canary: fc.option(
      fc.constantFrom([0.1], [0.1, 0.5]).map((steps) => ({ steps, minUnits: 1, bakeMs: MINUTE_MS, withinMs: HOUR_MS })),
    ),
    watch: fc.option(fc.constantFrom(0, 0.1).map((holdback) => ({ forMs: 10 * MINUTE_MS, holdback }))),
  })
  .map((phases) => ({ ...DIRECT_ROLLOUT, ...phases }));

const setting: fc.Arbitrary<Setting> = fc.record({
  policy,
  hasLatencyGate: fc.boolean(),
  isFirst: fc.boolean(),
  kind: fc.constantFrom('release' as const, 'rollback' as const),
  refusal: fc.constantFrom(null, null, null, null, 'a gate said no'),
  seat: fc.constantFrom('champion' as const, 'challenger' as const),
});

const turn: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('turn' as const),
  verdict: fc.constantFrom(...Array<'proceed'>(8).fill('proceed'), 'continue' as const, 'go-back' as const),
  fails: fc.integer({ min: 0, max: 40 }).map((n) => n === 0),
});
const editedArms: fc.Arbitrary<readonly Arm[]> = fc.uniqueArray(
  fc.record({
    releaseId: fc.constantFrom(BEFORE, CANDIDATE, 'stranger'),
    variant: fc.constantFrom('champion' as const, 'challenger' as const),
  }),
  { minLength: 1, maxLength: 2, selector: ({ variant }) => variant },
);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 100, arbitrary: turn },
  {
    weight: 25,
    arbitrary: fc.record({
      kind: fc.constant('endpoint' as const),
      isGood: fc.constantFrom(...Array<true>(8).fill(true), false),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('time' as const), minutes: fc.integer({ min: 0, max: 90 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('hold' as const, 'release' as const, 'forget' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stop' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('edit' as const), arms: editedArms }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('decide' as const),
      decision: fc.constantFrom(...Array<'approve'>(8).fill('approve'), 'reject' as const),
    }),
  },
);

/** Phases that have to lie behind a release before anybody is answered by it. */
function gatesBefore({ policy: it, hasLatencyGate, isFirst, kind }: Setting, at: RolloutPhase): RolloutPhase[] {
  if (kind === 'rollback') return ['gates', 'deploying'];
  return [
    'gates',
    ...(it.approval === null ? [] : ['approval' as const]),
    'deploying',
    ...(hasLatencyGate ? ['latency' as const] : []),
    ...(it.shadow === null || isFirst ? [] : ['shadow' as const]),
    ...(it.canary === null || isFirst || at === 'canary' ? [] : ['canary' as const]),
  ];
}

function assertInvariants(model: RolloutModel, given: Setting, stoppedBefore: boolean): void {
  const { rollout, route, runs, isEdited } = model;
  const answering = [route.champion, route.challenger].filter((arm) => arm !== null);
  const answers = answering.some(({ releaseId }) => releaseId === CANDIDATE);

  // I1: one champion, whom nobody but this rollout has put there
  expect([given.isFirst ? null : BEFORE, CANDIDATE]).toContain(route.champion?.releaseId ?? null);
  // I2: whoever answers is in service where the route says; somebody's edit is theirs
  if (!isEdited) {
    for (const arm of [...answering, route.shadow].filter((it) => it !== null)) {
      expect(runs.some((it) => isSameArm(it, arm))).toBe(true);
    }
  }
  expect(route.challenger === null || route.shadow === null).toBe(true);
  // I3: nobody is answered by a release that has not passed everything before
  if (answers) {
    expect(given.refusal).toBeNull();
    const passed = rollout.timeline.map(({ phase }) => phase);
    expect(passed).toEqual(expect.arrayContaining(gatesBefore(given, rollout.phase)));
    if (given.policy.approval !== null && given.kind === 'release') expect(rollout.approval?.decision).toBe('approve');
  }
  // I5: once it has gone back it stays away
  if (stoppedBefore) expect(answers || route.shadow !== null).toBe(false);
  // I6: the end says what came of it
  if (rollout.phase === 'done') {
    expect(rollout.outcome).not.toBeNull();
    expect(rollout.because).not.toBe('');
    expect(rollout.outcome === 'promoted').toBe(route.champion?.releaseId === CANDIDATE);
    expect([route.challenger, route.shadow]).toEqual([null, null]);
  }
}

/** Everything comes into service, nobody holds, people approve, looks can be made. */
function carryOn(model: RolloutModel, verdict: 'continue' | 'proceed'): void {
  model.happen({ kind: 'release' });
  for (let step = 0; step < 2_000 && model.rollout.outcome === null; step++) {
    model.happen({ kind: 'decide', decision: 'approve' });
    model.happen({ kind: 'turn', verdict, fails: false });
    if (step % 3 === 2) model.happen({ kind: 'endpoint', isGood: true });
  }
}

it('whatever happens between any two moves, no invariant breaks, and every rollout ends when the world lets it', () => {
  const run = fc.property(
    setting,
    fc.array(happening, { maxLength: 150, size: 'max' }),
    fc.constantFrom('continue' as const, 'proceed' as const),
    (given, happenings, verdict) => {
      const model = new RolloutModel(given);
      for (const what of happenings) {
        const stoppedBefore = model.rollout.stop !== null;
        const before = model.route;
        model.happen(what);
        assertInvariants(model, given, stoppedBefore);
        expect(model.route.epoch - before.epoch).toBe(model.route === before ? 0 : 1);
      }
      carryOn(model, verdict);
      expect(model.rollout.outcome).not.toBeNull();
      assertInvariants(model, given, model.rollout.stop !== null);
      expect(model.move()).toEqual({ kind: 'ended' });
    },
  );
  fc.assert(run, { seed: 20260301, numRuns: 400 });
});

it('moves forward only without a hold, and back in spite of one', () => {
  const run = fc.property(setting, fc.array(happening, { maxLength: 150, size: 'max' }), (given, happenings) => {
    const model = new RolloutModel(given);
    for (const what of happenings) {
      model.happen(what);
      if (model.hold === null) continue;
      const move = model.move();
      if (move.kind !== 'change') continue;
      expect(move.isForward).toBe(false);
      const order = (phase: RolloutPhase) => ROLLOUT_PHASES.indexOf(phase);
      const isSameOrBack = move.next.phase === model.rollout.phase || order(move.next.phase) >= order('restoring');
      expect(isSameOrBack).toBe(true);
    }
  });
  fc.assert(run, { seed: 20260302, numRuns: 400 });
});

it('reaches every phase and every outcome in these runs', () => {
  const phases = new Set<string>();
  const outcomes = new Set<string | null>();
  const run = fc.property(setting, fc.array(happening, { maxLength: 150, size: 'max' }), (given, happenings) => {
    const model = new RolloutModel(given);
    for (const what of happenings) {
      model.happen(what);
      phases.add(model.rollout.phase);
    }
    carryOn(model, 'proceed');
    outcomes.add(model.rollout.outcome);
  });
  fc.assert(run, { seed: 20260303, numRuns: 500 });
  expect([...phases].sort()).toEqual([...ROLLOUT_PHASES].sort());
  expect([...outcomes].sort()).toEqual(['promoted', 'rejected', 'rolled-back']);
});
