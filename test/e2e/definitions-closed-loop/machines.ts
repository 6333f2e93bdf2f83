import {
  column,
  dataQualityGate,
  entity,
  featureView,
  metricGate,
  model,
  observedLabel,
  regressionGate,
  source,
} from '#headgate';
import { TEST_PACE } from '../../../bench/trials/rollouts/shop-pace.ts';

/*
 * One model for each way in which the world can change, all of them the same but for what is declared here. Every model
 * has sources of its own, so that what happens to one is no business of the others.
 */

const owner = 'test';

export const machine = entity({ name: 'machine', joinKeys: { machine_id: 'int64' }, owner });

type Declared = Pick<Parameters<typeof model>[0], 'rollout' | 'monitoring'>;

/** What is read of machines, what is found when they are checked, and who tells the one from the other. */
function watched(name: string, declared: Declared) {
  const readings = source({
    name: `${name}_readings`,
    columns: {
      machine_id: 'int64',
      read_at: 'timestamp',
      load: 'float64',
      heat: 'float64',
      age: 'float64',
      site: 'string',
    },
    eventTime: 'read_at',
    owner,
  });
  const checks = source({
    name: `${name}_checks`,
    columns: {
      check_id: { type: 'string', required: true },
      machine_id: 'int64',
      checked_at: 'timestamp',
      failed: { type: 'boolean', required: true },
    },
    eventTime: 'checked_at',
    owner,
  });
  const newest = featureView({
    name: `${name}_newest`,
    entity: machine,
    source: readings,
    features: { load: column(), heat: column(), age: column(), site: column() },
    ttl: null,
    owner,
  });
  const watchedModel = model({
    name,
    purpose: 'Tell which machine fails its next check',
    owner,
    riskClass: 'low',
    entity: machine,
    problem: 'binary',
    label: observedLabel({ source: checks, value: 'failed' }),
    features: [newest],
    split: { by: 'entity' },
    training: { hyperparameters: { num_round: 10, max_depth: 3, eta: 0.4, seed: 7 } },
    gates: [
      dataQualityGate({ minTrainRows: 200, maxMissingShare: 0.5 }),
      metricGate({ metric: 'auc', atLeast: 0.7, minRows: 60 }),
      regressionGate({ metric: 'auc', margin: 0.1 }),
    ],
    ...declared,
  });
  return [readings, checks, newest, watchedModel];
}

const { shadow, canary, watch, judge } = TEST_PACE;
const tried = { shadow, canary, watch, judge };
const untried = { shadow: false, canary: false, watch: false } as const;

/** The test says when a scan is made: none comes by itself while it lasts. */
const drift = {
  every: '1d',
  window: '10m',
  falseAlarms: 0.001,
  minRows: 60,
  persistence: { scans: 1, of: 1 },
} as const;
const retraining = { cooldown: '1s', maxPerWeek: 20, maxUnhelpful: 2 } as const;
const byDrift = { drift, performance: false, retraining: { ...retraining, on: { degradation: false } } } as const;

/** Its inputs will shift. */
export const shifted = watched('shifted', { rollout: tried, monitoring: byDrift });

/** What its inputs mean will turn round, so that a release that has learned it decides the opposite. */
export const turned = watched('turned', {
  rollout: { ...tried, shadow: { ...shadow, maxDecisionFlips: 1, maxScoreDifference: 1 } },
  monitoring: {
    drift,
    performance: { maturity: '0s', window: '1h', minOutcomes: 60 },
    retraining: { ...retraining, minNewOutcomes: 300 },
  },
});

/** What feeds it will break. */
export const broken = watched('broken', {
  rollout: untried,
  monitoring: { ...byDrift, drift: { ...drift, window: '1m' } },
});

/** Everybody will want it trained at once. */
export const wanted = watched('wanted', { rollout: untried, monitoring: byDrift });

/** Nothing will help it. */
export const hopeless = watched('hopeless', { rollout: untried, monitoring: byDrift });
