import { describe, expect, it } from 'vitest';
import { judgeCanary } from '../../../core/rollout/judge-canary.ts';
import type { Check, CheckedMetric, Judgement } from '../../../core/rollout/judgement.ts';
import type { ArmCounts } from '../../../core/rollout/observations.ts';
import { arm, canary, OUTCOME, POLICY } from './judge-samples.ts';

const WITH_OUTCOME = { ...POLICY, judge: { ...POLICY.judge, outcome: OUTCOME } };

function check({ checks }: Judgement, metric: CheckedMetric): Check {
  const found = checks.find((one) => one.metric === metric);
  if (found === undefined) throw new Error(`no check of ${metric}`);
  return found;
}

describe('a canary without a difference', () => {
  it('proceeds through a step once enough entities have met it', () => {
    const before = judgeCanary({ counts: canary({ n: 5000 }, { n: 299 }, 0.0564), policy: POLICY, phase: 'step' });
    expect(before.verdict).toBe('continue');
    expect(before.because).toBe('not enough seen yet: 299 of 300 entities have met the candidate, 1 more are needed');
    const after = judgeCanary({ counts: canary({ n: 5000 }, { n: 300 }, 0.0566), policy: POLICY, phase: 'step' });
    expect(after.verdict).toBe('proceed');
  });

  it('is promoted only when every required check is shown to be within, and says what is still needed', () => {
    const early = judgeCanary({ counts: canary({ n: 400 }, { n: 400 }), policy: POLICY, phase: 'last-step' });
    expect(early.verdict).toBe('continue');
    expect(early.because).toMatch(/^not shown to be within the limits yet: errors 0\.50 % against 0\.50 %/);
    expect(early.because).toMatch(/about [\d,]+ more requests on the candidate would settle it/);
    const needs = Math.max(...early.checks.map((one) => one.needs ?? 0));
    const n = Math.ceil(1.2 * (400 + needs));
    const later = judgeCanary({ counts: canary({ n }, { n }), policy: POLICY, phase: 'last-step' });
    expect(later.verdict).toBe('proceed');
    expect(later.because).toMatch(/^every required check is within its limit: errors at most/);
  });

  it('lets the watch go on as long as nothing is beyond', () => {
    const judged = judgeCanary({ counts: canary({ n: 200 }, { n: 3800 }, 0.95), policy: POLICY, phase: 'watch' });
    expect(judged.verdict).toBe('proceed');
    expect(judged.checks.every(({ isRequired }) => !isRequired)).toBe(true);
    expect(judged.because).toMatch(
      /^nothing spoke against it: errors 0\.50 % against 0\.50 %, 0\.00 points; latency .* \(3,800 entities met it, 200 the release before\)$/,
    );
  });

  it('says of a watch what was seen, not what more would have been needed', () => {
    const few = judgeCanary({ counts: canary({ n: 10 }, { n: 240 }, 0.95), policy: POLICY, phase: 'watch' });
    expect(few.because).toMatch(/^nothing spoke against it: errors .*\(240 entities met it, 10 the release before\)$/);
    const alone = judgeCanary({ counts: canary({ n: 0 }, { n: 240 }, 1), policy: POLICY, phase: 'watch' });
    expect(alone.because).toBe('nothing spoke against it: errors 0.42 % (240 entities met it, 0 the release before)');
    const none = judgeCanary({ counts: canary({ n: 0 }, { n: 0 }), policy: POLICY, phase: 'watch' });
    expect(none.because).toBe('nothing was measured (0 entities met it, 0 the release before)');
  });
});

describe('a worse candidate goes back, with the numbers', () => {
  const baseline = { n: 20_000, outcome: { n: 8000, mean: 0.3 } };
  it.each([
    [
      'errors',
      { failedRatio: 0.04 },
      /^errors beyond the limit: 4\.00 % against 0\.50 %, 3\.50 points, at least \d\.\d\d points where 1\.00 points/,
    ],
    [
      'latency',
      { slower: 1.8 },
      /^latency beyond the limit: [\d.]+ ms against [\d.]+ ms, 1\.\d\d times, at least 1\.\d\d times where 1\.25 times/,
    ],
    [
      'predictions',
      { shifted: 0.3 },
      /^distribution of predictions beyond the limit: 0\.\d+, at least 0\.\d+ where 0\.1 is/,
    ],
    ['missing', { missing: 0.2 }, /^missing inputs beyond the limit: 20\.00 % against 2\.00 %/],
    ['outcome', { outcome: { n: 900, mean: 0.15 } }, /^outcome beyond the limit: 0\.15 against 0\.3, 0\.15, at least/],
  ] as const)('%s', (metric, worse, sentence) => {
    const candidate = { n: 2000, outcome: { n: 800, mean: 0.3 }, ...worse };
    const judged = judgeCanary({ counts: canary(baseline, candidate, 1 / 11), policy: WITH_OUTCOME, phase: 'step' });
    expect(judged.verdict).toBe('go-back');
    expect(judged.checks.filter(({ state }) => state === 'beyond').map((one) => one.metric)).toEqual([metric]);
    expect(judged.because).toMatch(sentence);
    const beyond = check(judged, metric);
    expect(beyond.interval!.low).toBeGreaterThan(beyond.limit);
  });

  it('does so before the smallest number of entities, when it is certain', () => {
    const counts = canary({ n: 400 }, { n: 20, failedRatio: 1 }, 20 / 420);
    expect(judgeCanary({ counts, policy: POLICY, phase: 'step' }).verdict).toBe('go-back');
  });

  it('by the absolute limit of errors alone, where there is no baseline', () => {
    const counts = canary({ n: 0 }, { n: 500, failedRatio: 0.2 }, 1);
    const judged = judgeCanary({ counts, policy: POLICY, phase: 'watch' });
    expect(judged.verdict).toBe('go-back');
    expect(judged.because).toMatch(
      /^errors beyond the limit: 20\.00 %, at least 1\d\.\d\d % where 5\.00 % is the most allowed \(500 requests\)/,
    );
  });

  it('relative to a baseline that is worse itself it is fine, up to the absolute limit', () => {
    const counts = canary({ n: 5000, failedRatio: 0.04 }, { n: 5000, failedRatio: 0.01 });
    expect(judgeCanary({ counts, policy: POLICY, phase: 'last-step' }).verdict).toBe('proceed');
  });
});

describe('what is not known is never a pass', () => {
  it.each(['step', 'last-step', 'watch'] as const)('nothing at all, in %s', (phase) => {
    const judged = judgeCanary({ counts: canary({ n: 0 }, { n: 0 }), policy: WITH_OUTCOME, phase });
    expect(judged.verdict).toBe('continue');
    expect(
      judged.checks.every(
        ({ state, observed, interval }) => state === 'undecided' && observed === null && interval === null,
      ),
    ).toBe(true);
  });

  it('three requests', () => {
    expect(judgeCanary({ counts: canary({ n: 3 }, { n: 3 }), policy: POLICY, phase: 'step' }).verdict).toBe('continue');
  });

  it('a candidate without a baseline', () => {
    const judged = judgeCanary({ counts: canary({ n: 0 }, { n: 5000 }, 1), policy: POLICY, phase: 'step' });
    expect(judged.verdict).toBe('continue');
    expect(judged.because).toContain('errors: the candidate alone has observations, the baseline has none');
  });

  it('a required metric that one arm alone has', () => {
    const counts = canary({ n: 9000, outcome: { n: 0, mean: 0 } }, { n: 9000, outcome: { n: 50, mean: 0.3 } });
    const judged = judgeCanary({ counts, policy: WITH_OUTCOME, phase: 'step' });
    expect(judged.verdict).toBe('continue');
    expect(judged.because).toBe(
      'nothing to judge by yet: outcome: the candidate alone has observations, the baseline has none',
    );
  });

  it('outcomes that arrive for another share of the entities of each arm, however good they look', () => {
    const counts = canary({ n: 9000, outcome: { n: 6000, mean: 0.3 } }, { n: 9000, outcome: { n: 4000, mean: 0.5 } });
    const judged = judgeCanary({ counts, policy: WITH_OUTCOME, phase: 'last-step' });
    expect(judged.verdict).toBe('continue');
    expect(check(judged, 'outcome').state).toBe('undecided');
    expect(judged.because).toContain(
      "outcomes have arrived for 44.44 % of the candidate's entities and 66.67 % of the baseline's",
    );
  });

  it('scores without cuts', () => {
    const without = (counts: ArmCounts): ArmCounts => ({ ...counts, scores: [counts.units] });
    const { baseline, candidate } = canary({ n: 9000 }, { n: 9000 });
    const counts = {
      kind: 'canary',
      baseline: without(baseline),
      candidate: without(candidate),
      candidateShare: 0.5,
    } as const;
    const judged = judgeCanary({ counts, policy: POLICY, phase: 'last-step' });
    expect(judged.verdict).toBe('continue');
    expect(judged.because).toContain('distribution of predictions: there are no cuts to count scores by');
  });

  it('refuses scores that were counted by other cuts', () => {
    const counts = { ...canary({ n: 900 }, { n: 900 }), candidate: { ...arm({ n: 900 }), scores: [450, 450] } };
    expect(() => judgeCanary({ counts, policy: POLICY, phase: 'step' })).toThrow(/same cuts/);
  });
});

describe('the split of the entities', () => {
  it('refuses a verdict when it is not the declared one', () => {
    const judged = judgeCanary({ counts: canary({ n: 1290 }, { n: 210 }, 0.1), policy: POLICY, phase: 'step' });
    expect(judged.verdict).toBe('continue');
    expect(judged.because).toBe(
      'the arms can not be compared: 14.00 % of 1,500 entities met the candidate where 10.00 % were to',
    );
  });

  it('goes back when there is no doubt left', () => {
    const judged = judgeCanary({ counts: canary({ n: 8600 }, { n: 1400 }, 0.1), policy: POLICY, phase: 'step' });
    expect(judged.verdict).toBe('go-back');
    expect(judged.because).toContain('split of the entities is not the declared one: 14.00 % of 10,000');
  });
});

describe('the budget', () => {
  it('is shared by phases and checks, and never more than what the policy allows', () => {
    const judged = judgeCanary({ counts: canary({ n: 900 }, { n: 900 }), policy: POLICY, phase: 'step' });
    const spent = judged.checks.reduce((sum, { alpha }) => sum + alpha, 0);
    expect(5 * spent).toBeLessThanOrEqual(POLICY.judge.falseRollback + 1e-12);
    expect(5 * spent).toBeGreaterThan(0.8 * POLICY.judge.falseRollback);
  });
});

it('stays finite and sane for a thousand million requests, for nothing but failures, and for one bin', () => {
  const huge = { ...arm({ n: 1e9 }), latency: [{ bin: 200, n: 1e9 }], outcome: { n: 1e9, sum: 7e9, sumSquares: 49e9 } };
  const counts = { kind: 'canary', baseline: huge, candidate: huge, candidateShare: 0.5 } as const;
  const judged = judgeCanary({ counts, policy: WITH_OUTCOME, phase: 'last-step' });
  expect(judged.verdict).toBe('proceed');
  const failing = canary({ n: 1e6, failedRatio: 1 }, { n: 1e6, failedRatio: 1 });
  const both = [judged, judgeCanary({ counts: failing, policy: POLICY, phase: 'step' })];
  for (const { interval, observed, needs } of both.flatMap(({ checks }) => checks)) {
    for (const number of [interval?.low, interval?.high, observed, needs]) {
      expect(number === null || number === undefined || Number.isFinite(number)).toBe(true);
    }
  }
});
