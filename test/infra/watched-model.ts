import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import type { Model } from '../../core/definitions/model.ts';
import { fixtureDefinitions } from './fixture-definitions.ts';

/** A model, or that of the fixture, with everything watched that can be. */
export function watchedModel(of: Model | null = null, everyMs = HOUR_MS): Model {
  const model = of ?? fixtureDefinitions().models[0]!; // the fixture has one
  return {
    ...model,
    serving: { ...model.serving, precomputed: { everyMs: HOUR_MS, maxAgeMs: DAY_MS } },
    monitoring: {
      evidenceRetentionDays: 30,
      drift: {
        everyMs,
        windowMs: DAY_MS,
        falseAlarms: 0.01,
        minRows: 200,
        reference: { kind: 'training' },
        effects: { psi: 0.1, ks: 0.1, jensenShannon: 0.1, newCategories: 0.01, missing: 0.05 },
        persistence: { scans: 2, of: 3 },
        ignore: [],
      },
      performance: {
        maturityMs: DAY_MS,
        windowMs: 7 * DAY_MS,
        metrics: [{ metric: 'auc' }],
        minOutcomes: 200,
        loss: 'log_loss',
        margin: 0.1,
        falseAlarms: 0.01,
      },
      retraining: {
        on: { drift: true, degradation: true, everyMs: null, newRows: null },
        cooldownMs: DAY_MS,
        maxPerWeek: 3,
        budgetUsd: null,
        minNewOutcomes: 500,
        maxUnhelpful: 2,
      },
    },
  };
}
