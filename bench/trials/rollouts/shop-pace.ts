import type { model } from '#headgate';

type Policy = NonNullable<Parameters<typeof model>[0]['rollout']>;

/** How much the shop's models want to see before a release moves on. */
export interface ShopPace extends Required<Pick<Policy, 'shadow' | 'canary' | 'watch' | 'judge'>> {
  /** Of models that something happens to while they are watched. */
  readonly longWatch: Policy['watch'];
}

/** Quick enough to be watched: shares, counts and margins are those of a few hundred requests. */
export const TRIAL_PACE: ShopPace = {
  judge: {
    every: '1s',
    errors: { margin: 0.05, max: 0.2 },
    latency: { quantile: 0.9, maxRatio: 3 },
    predictions: { margin: 0.3 },
    missing: { margin: 0.2 },
  },
  shadow: { requests: 400, within: '5m', grace: '50ms' },
  canary: { steps: [0.3, 0.5], entities: 250, bake: '1s', within: '5m' },
  watch: { for: '5s', holdback: 0.2 },
  longWatch: { for: '60s', holdback: 0.2 },
};

/**
 * For a test on a machine that others use too: some hundred requests are enough, nothing hangs on how fast they are
 * answered, and no phase runs out of time.
 */
export const TEST_PACE: ShopPace = {
  judge: {
    every: '1s',
    falseRollback: 0.05,
    falsePromotion: 0.2,
    errors: { margin: 0.08, max: 0.2 },
    latency: null,
    predictions: { margin: 0.6 },
    missing: { margin: 0.3 },
  },
  shadow: { requests: 50, within: '1h', grace: '5s', maxDecisionFlips: 0.4, maxScoreDifference: 0.3 },
  canary: { steps: [0.3, 0.5], entities: 30, bake: '0s', within: '1h' },
  watch: { for: '1s', holdback: 0.2 },
  longWatch: { for: '1h', holdback: 0.2 },
};
