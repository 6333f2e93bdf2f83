import { describe, expect, it } from 'vitest';
import { judgeShadow } from '../../../core/rollout/judge-shadow.ts';
import type { ShadowCounts } from '../../../core/rollout/observations.ts';
import { POLICY, shadow } from './judge-samples.ts';

function judged(counts: ShadowCounts, policy = POLICY) {
  return judgeShadow({ counts, shadow: policy.shadow, policy });
}

describe('a shadow', () => {
  it('proceeds when it answers alike', () => {
    const { verdict, because } = judged(shadow(2500));
    expect(verdict).toBe('proceed');
    expect(because).toMatch(
      /^every required check is within its limit: errors at most .* other decisions at most .* difference of scores at most/,
    );
  });

  it('waits for the pairs that the policy asks for', () => {
    expect(judged(shadow(499)).because).toBe(
      'not enough seen yet: 499 of 500 requests were answered by both, 1 more are needed',
    );
    expect(judged(shadow(0)).verdict).toBe('continue');
  });

  it.each([
    ['decision-flips', { flips: 0.35 }],
    ['score-difference', { difference: 0.2 }],
    ['errors', { failedRatio: 0.12 }],
    ['latency', { slower: 2 }],
    ['predictions', { shifted: 0.5 }],
    ['missing', { missing: 0.3 }],
  ] as const)('goes back because of %s', (metric, worse) => {
    const { verdict, checks } = judged(shadow(2000, worse));
    expect(verdict).toBe('go-back');
    expect(checks.filter(({ state }) => state === 'beyond').map((one) => one.metric)).toContain(metric);
  });

  it('is not kept waiting by answers that came too late to be timed, nor are they a pass', () => {
    const { verdict, checks } = judged(shadow(3000, { late: 300 }));
    expect(verdict).toBe('proceed');
    expect(checks.find(({ metric }) => metric === 'latency')?.state).toBe('undecided');
  });

  it('leaves out what the policy does not limit', () => {
    const free = { ...POLICY, shadow: { ...POLICY.shadow, maxDecisionFlips: null, maxScoreDifference: null } };
    const { verdict, checks } = judgeShadow({
      counts: shadow(2500, { flips: 1, difference: 5 }),
      shadow: free.shadow,
      policy: free,
    });
    expect(verdict).toBe('proceed');
    expect(checks.map(({ metric }) => metric)).toEqual(['errors', 'error-limit', 'latency', 'predictions', 'missing']);
  });
});
