import { expect, it } from 'vitest';
import { count } from '../../../contracts/definitions/feature.ts';
import { featureView } from '../../../contracts/definitions/feature-view.ts';
import { futureLabel } from '../../../contracts/definitions/label.ts';
import { model } from '../../../contracts/definitions/model.ts';
import { labelInput, modelInput, viewInput } from './definition-samples.ts';

/** What would be accepted and fail hours or days later: at planning, in a query, in the middle of a flow. */
const cases: readonly (readonly [why: string, define: () => unknown, says: string])[] = [
  [
    'a window of too many ticks',
    () => featureView({ ...viewInput, schedule: '1m', features: { a: count({ over: '7d' }) } }),
    'features.a: a window of 7d has 10,080 ticks of 1m; at most 10,000 are allowed: use a window of at most 166h or a schedule of at least 2m',
  ],
  [
    'a future of too many ticks',
    () => futureLabel({ ...labelInput, every: '1m', horizon: '14d', activeWithin: '1d' }),
    'futureLabel: horizon: a span of 14d has 20,160 ticks of 1m; at most 10,000 are allowed',
  ],
  [
    'an activity of too many ticks',
    () => futureLabel({ ...labelInput, every: '1m', horizon: '1d', activeWithin: '30d' }),
    'futureLabel: activeWithin: a span of 30d has 43,200 ticks of 1m',
  ],
  [
    'an endpoint that may take longer than a rollout can watch it',
    () => model({ ...modelInput, rollout: { inServiceTimeout: '7h' } }),
    'rollout.inServiceTimeout: "7h" is out of range; write one from 1m to 6h',
  ],
  [
    'a training that may take longer than its flow',
    () => model({ ...modelInput, training: { hyperparameters: { num_round: 1 }, maxRuntime: '2d' } }),
    'training.maxRuntime: "2d" is out of range; write one from 1m to 1d',
  ],
  [
    'a hyperparameter that SageMaker finds too long',
    () => {
      const monotone_constraints = `(${'0,'.repeat(1_300)}0)`;
      return model({ ...modelInput, training: { hyperparameters: { num_round: 1, monotone_constraints } } });
    },
    'monotone_constraints: a text of 2603 characters; SageMaker takes at most 2500',
  ],
];

it.each(cases)('refuses %s', (_, define, says) => {
  expect(define).toThrow(says);
});

it('takes a window of exactly as many ticks as a query can hold', () => {
  const atLimit = { ...viewInput, schedule: '6m' as const, features: { a: count({ over: '1000h' }) } };
  expect(featureView(atLimit).scheduleMs).toBe(360_000);
});
