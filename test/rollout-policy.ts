import { HOUR_MS } from '../core/clock.ts';
import type { RolloutPolicy } from '../core/definitions/rollout-policy.ts';

/** A release of such a model goes straight from its gates to the champion's seat. */
export const DIRECT_ROLLOUT: RolloutPolicy = {
  inServiceTimeoutMs: HOUR_MS,
  approval: null,
  shadow: null,
  canary: null,
  watch: null,
  judge: {
    everyMs: 60_000,
    falseRollback: 0.01,
    falsePromotion: 0.05,
    errors: { margin: 0.01, max: 0.05 },
    latency: { quantile: 0.95, maxRatio: 1.25 },
    predictions: { margin: 0.1 },
    missing: { margin: 0.05 },
    outcome: null,
  },
  onNewer: 'supersede',
};
