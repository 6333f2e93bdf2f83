import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../core/clock.ts';
import type { RetrainingPolicy } from '../../../core/definitions/monitoring.ts';
import { begunWithin, WEEK_MS } from '../../../core/retraining/begun.ts';
import {
  withBegun,
  withEscalation,
  withMerged,
  withPersonsWord,
  withRetraining,
  withWaiting,
} from '../../../core/retraining/change-state.ts';
import { decideRetraining, type RetrainingDecision } from '../../../core/retraining/decide.ts';
import {
  CAUSE_KINDS,
  neverRetrained,
  type Retraining,
  type RetrainingCause,
  type RetrainingState,
  unfinished,
} from '../../../core/retraining/retraining.ts';

const SEED = 20260501;
const START_MS = Date.parse('2026-03-01T00:00:00.000Z');

const policy: fc.Arbitrary<RetrainingPolicy> = fc.record({
  on: fc.constant({ drift: true, degradation: true, everyMs: null, newRows: null }),
  cooldownMs: fc.integer({ min: 1, max: 2 * DAY_MS }),
  maxPerWeek: fc.integer({ min: 1, max: 6 }),
  budgetUsd: fc.option(fc.integer({ min: 1, max: 40 }), { nil: null }),
  minNewOutcomes: fc.integer({ min: 1, max: 1_000 }),
  maxUnhelpful: fc.integer({ min: 1, max: 4 }),
});

const automatic = CAUSE_KINDS.filter((kind) => kind !== 'person');
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('causes' as const),
      kinds: fc.uniqueArray(fc.constantFrom(...automatic), { minLength: 1 }),
      isOutage: fc.boolean(),
      isHeld: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2 * DAY_MS }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      helped: fc.constantFrom(true, false, null),
      costUsd: fc.integer({ min: 0, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('person' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('acknowledge' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What the use case does with a decision, without what it reads and writes. */
function carriedOut(
  state: RetrainingState,
  decision: RetrainingDecision,
  nowMs: number,
  serial: number,
): RetrainingState {
  const at = new Date(nowMs).toISOString();
  switch (decision.action) {
    case 'nothing':
      return withWaiting(state, null);
    case 'merge':
      return withMerged(state, decision.retrainingId, decision.causes);
    case 'wait':
      return withWaiting(state, {
        kind: decision.kind,
        at,
        because: decision.because,
        until: decision.untilMs === null ? null : new Date(decision.untilMs).toISOString(),
        causes: decision.causes,
      });
    case 'escalate':
      return withEscalation(state, { at, ...decision });
    case 'train':
      return withBegun(state, begun(decision.causes, at, serial));
  }
}

function begun(causes: readonly RetrainingCause[], startedAt: string, serial: number): Retraining {
  const nothing = { endedAt: null, replaces: null, releaseId: null, rolloutId: null, labelRows: null, costUsd: null };
  const open = { asOf: null, helped: null, helpedBecause: null, status: 'training' as const, because: 'begun' };
  return { retrainingId: `t${serial}`, executionId: `train:t${serial}`, causes, startedAt, ...nothing, ...open };
}

describe(`for any sequence of causes, times and endings (seed ${SEED})`, () => {
  it('never two run at once, no limit is passed, no outage is learnt, nobody is called twice, and no cause is lost', () => {
    const seen = new Set<string>();
    const run = (rules: RetrainingPolicy, steps: readonly Step[]) => {
      let state = neverRetrained('churn');
      let nowMs = START_MS;
      let serial = 0;
      const word = (kind: RetrainingCause['kind']): RetrainingCause => {
        const at = new Date(nowMs).toISOString();
        return {
          kind,
          at,
          because: kind,
          actor: 'x',
          scanId: null,
          requestId: kind === 'person' ? `p${++serial}` : null,
        };
      };
      for (const one of steps) {
        if (one.do === 'wait') nowMs += one.ms;
        if (one.do === 'acknowledge') state = withPersonsWord(state, new Date(nowMs).toISOString());
        if (one.do === 'end') {
          const running = unfinished(state)[0];
          if (running === undefined) continue;
          const endedAt = new Date(nowMs).toISOString();
          const end = { status: 'promoted' as const, endedAt, costUsd: one.costUsd, helped: one.helped };
          state = withRetraining(state, { ...running, ...end });
        }
        if (one.do === 'person') {
          const at = new Date(nowMs).toISOString();
          const running = unfinished(state)[0];
          state = withPersonsWord(state, at);
          const cause = word('person');
          state =
            running === undefined
              ? withBegun(state, begun([cause], at, ++serial))
              : withMerged(state, running.retrainingId, [cause]);
        }
        if (one.do === 'causes') {
          const causes = one.kinds.map(word);
          const decision = decideRetraining(rules, state, {
            nowMs,
            causes,
            health: { outcome: one.isOutage ? 'unhealthy' : 'healthy', because: 'source' },
            diagnosis: null,
            outcomesSinceChange: null,
            hold: one.isHeld ? { actor: 'ada', because: 'incident' } : null,
            rolloutId: null,
            nextCostUsd: 2,
          });
          seen.add(decision.action === 'wait' ? decision.kind : decision.action);
          const before = state;
          state = carriedOut(state, decision, nowMs, ++serial);
          if (decision.action === 'train') {
            expect(one.isOutage || one.isHeld).toBe(false);
            expect(unfinished(before)).toEqual([]);
            expect(before.escalation).toBeNull();
            expect(begunWithin(state, nowMs, WEEK_MS).length).toBeLessThanOrEqual(rules.maxPerWeek);
            const ends = before.retrainings.map(({ endedAt }) => Date.parse(endedAt!)); // none is unfinished
            expect(nowMs - Math.max(START_MS - WEEK_MS, ...ends)).toBeGreaterThanOrEqual(rules.cooldownMs);
            const spent = begunWithin(before, nowMs, 30 * DAY_MS).reduce((sum, { costUsd }) => sum + costUsd, 0);
            expect(spent + 2).toBeLessThanOrEqual(rules.budgetUsd ?? Number.POSITIVE_INFINITY);
          }
          if (decision.action === 'wait' && decision.untilMs !== null) expect(decision.untilMs).toBeGreaterThan(nowMs);
          const standsFor = unfinished(state)[0] ?? state.escalation ?? state.waiting;
          const kinds = standsFor?.causes.map(({ kind }) => kind);
          expect(kinds).toEqual(expect.arrayContaining(one.kinds));
          if (before.escalation !== null) expect(state.escalation?.at).toBe(before.escalation.at);
        }
        expect(unfinished(state).length).toBeLessThanOrEqual(1);
      }
    };
    fc.assert(fc.property(policy, fc.array(step, { maxLength: 120 }), run), { seed: SEED, numRuns: 400 });
    expect([...seen].sort()).toEqual(['budget', 'cooldown', 'escalate', 'hold', 'merge', 'outage', 'train', 'week']);
  });

  it('a thousand in a row are one retraining an hour later', () => {
    let state = neverRetrained('churn');
    const cause: RetrainingCause = { kind: 'drift', at: 'x', because: 'd', actor: 'x', scanId: 's', requestId: null };
    const rules = { ...fc.sample(policy, { seed: SEED, numRuns: 1 })[0]!, budgetUsd: null };
    for (let i = 0; i < 1_000; i++) {
      const nowMs = START_MS + (i * HOUR_MS) / 1_000;
      const quiet = { health: null, diagnosis: null, outcomesSinceChange: null, hold: null, rolloutId: null };
      const decision = decideRetraining(rules, state, {
        nowMs,
        causes: [{ ...cause, scanId: `s${i}` }],
        nextCostUsd: 1,
        ...quiet,
      });
      state = carriedOut(state, decision, nowMs, i);
    }
    expect(state.retrainings).toHaveLength(1);
    expect(state.retrainings[0]!.causes).toHaveLength(1);
  });

  it('keeps numbers of what is no longer shown, so that week and budget hold for as many as there were', () => {
    let state = neverRetrained('churn');
    for (let i = 0; i < 70; i++) {
      const at = new Date(START_MS + i * HOUR_MS).toISOString();
      const cause: RetrainingCause = { kind: 'person', at, because: 'p', actor: 'x', scanId: null, requestId: `p${i}` };
      const one = begun([cause], at, i);
      state = withRetraining(withBegun(state, one), { ...one, endedAt: at, status: 'failed', costUsd: 1 });
    }
    expect([state.retrainings.length, state.older.length]).toEqual([50, 20]);
    expect(begunWithin(state, START_MS + 70 * HOUR_MS, WEEK_MS)).toHaveLength(70);
  });
});
