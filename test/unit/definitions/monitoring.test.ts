import { describe, expect, it } from 'vitest';
import { entity, futureLabel, metricGate, model, source } from '#headgate';

const customer = entity({ name: 'customer', joinKeys: { customer_id: 'string' }, description: 'who', owner: 'team' });
const orders = source({
  name: 'orders',
  columns: { customer_id: 'string', at: 'timestamp', price: 'float64' },
  eventTime: 'at',
  description: 'what',
  owner: 'team',
});
const watched = (monitoring: object) =>
  model({
    name: 'buyer',
    purpose: 'guess',
    owner: 'team',
    riskClass: 'low',
    entity: customer,
    problem: 'binary',
    label: futureLabel({
      source: orders,
      every: '7d',
      activeWithin: '60d',
      aggregation: 'count',
      horizon: '14d',
      positiveAtLeast: 1,
    }),
    features: ['spend:spend_7d'],
    training: { hyperparameters: { num_round: 5 } },
    gates: [metricGate({ metric: 'auc', atLeast: 0.6 })],
    monitoring,
  }).monitoring;

describe('how a model is watched', () => {
  it('is retrained inside declared limits when it says so', () => {
    expect(watched({ retraining: { cooldown: '2d', budget: 20 } }).retraining).toEqual({
      on: { drift: true, degradation: true, everyMs: null, newRows: null },
      cooldownMs: 172_800_000,
      maxPerWeek: 3,
      budgetUsd: 20,
      minNewOutcomes: 500,
      maxUnhelpful: 2,
    });
  });

  it('may be compared with the same time of an earlier week', () => {
    expect(watched({ drift: { reference: { period: '7d', periods: 2 } } }).drift?.reference).toEqual({
      kind: 'season',
      periodMs: 604_800_000,
      periods: 2,
    });
  });

  it.each([
    [
      { drift: { ignore: ['spend:height'] } },
      'drift.ignore: "spend:height" is no input of the model; inputs: spend:spend_7d',
    ],
    [{ drift: { persistence: { scans: 4, of: 3 } } }, '4 scans cannot drift among the last 3; write scans <= of'],
    [
      { drift: { persistence: { scans: 25, of: 30 } } },
      'persistence.of: 30 is out of range; write a whole number from 1 to 10',
    ],
    [{ drift: { window: '8d', reference: { period: '7d' } } }, 'a period of 7d overlaps a window of 8d'],
    [
      { performance: { loss: 'squared_error' } },
      '"squared_error" does not fit a binary model; write one of log_loss, brier',
    ],
    [{ performance: { metrics: [{ metric: 'rmse' }] } }, '"rmse" does not fit a binary model'],
    [{ drift: false, retraining: {} }, 'drift is not looked for; leave out drift: false'],
    [{ drift: { falseAlarm: 0.1 } }, 'unknown key "falseAlarm"; known: every, window, falseAlarms'],
    [{ drift: true }, 'true is not allowed; write false to leave it out'],
    [{ retraining: { cooldown: 'soon' } }, '"soon" is not a duration'],
  ])('refuses %j', (monitoring, problem) => {
    expect(() => watched(monitoring)).toThrow(problem);
  });
});
