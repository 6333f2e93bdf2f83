import { describe, expect, it } from 'vitest';
import { model } from '../../../contracts/definitions/model.ts';
import { modelInput } from './definition-samples.ts';

/** The inputs are wrong on purpose, so that no type can describe them. */
const defined = (change: object) => () => model({ ...modelInput, ...change } as never);
const tuning = (given: unknown) =>
  defined({ training: { hyperparameters: { num_round: 5, gamma: 1 }, tuning: given } });
const ranges = (given: unknown) => tuning({ ranges: given });
const precomputed = (given: unknown) => defined({ serving: { precomputed: given } });

const cases: readonly (readonly [why: string, define: () => unknown, says: string])[] = [
  ['tuning that is true', tuning(true), 'training.tuning: true is not an object; write { strategy, jobs, parallel'],
  ['tuning without ranges', tuning({}), 'training.tuning.ranges: must be { hyperparameter: { min, max } }'],
  [
    'an unknown key of tuning',
    tuning({ ranges: { eta: { min: 0.1, max: 0.2 } }, job: 3 }),
    'unknown key "job"; known: strategy',
  ],
  [
    'a grid',
    tuning({ ranges: { eta: { min: 0.1, max: 0.2 } }, strategy: 'Grid' }),
    'strategy: "Grid" is not allowed; write one',
  ],
  [
    'a range as a list',
    ranges({ eta: [0.1, 0.2] }),
    'ranges.eta: [0.1,0.2] is not an object; write { min, max, scaling }',
  ],
  ['a range with one end', ranges({ eta: { min: 0.1 } }), 'ranges.eta.max: is missing; write a number from 0'],
  ['a range from NaN', ranges({ eta: { min: Number.NaN, max: 1 } }), 'ranges.eta.min: NaN is not a number'],
  ['precomputing every day in a word', precomputed('daily'), '"daily" is not allowed; write false, or { every: "1d"'],
  [
    'precomputing without an age',
    precomputed({ every: '1h' }),
    'serving.precomputed.maxAge: is missing; write a whole number',
  ],
  [
    'precomputing at a time of day',
    precomputed({ every: '1d', maxAge: '2d', at: '3:00' }),
    'unknown key "at"; known: every, maxAge',
  ],
  ['precomputing for a week in weeks', precomputed({ every: '1d', maxAge: '1w' }), 'maxAge: "1w" is not a duration'],
  [
    'one job',
    tuning({ ranges: { eta: { min: 0.1, max: 0.2 } }, jobs: 1 }),
    'tuning.jobs: 1 is out of range; write a whole number from 2 to 750',
  ],
  ['a step above one', ranges({ eta: { min: 0.1, max: 5 } }), 'ranges.eta: max 5 is too large; eta goes from 0 to 1'],
  [
    'a share of no rows',
    ranges({ subsample: { min: 0, max: 1 } }),
    '0 to 1 is not of shares; subsample takes values above 0, up to 1',
  ],
  ['a share of five', ranges({ colsample_bytree: { min: 0.5, max: 5 } }), '0.5 to 5 is not of shares'],
  [
    'no rounds',
    ranges({ num_round: { min: 0, max: 10 } }),
    'ranges.num_round: min 0 trains nothing; write a min of at least 1',
  ],
  ['a negative range', ranges({ eta: { min: -1, max: 0.3 } }), 'ranges.eta.min: -1 is out of range'],
  [
    'precomputing every minute',
    precomputed({ every: '1m', maxAge: '1h' }),
    'precomputed.every: "1m" is out of range; write one from 15m to 1d',
  ],
  [
    'an age of a month',
    precomputed({ every: '1d', maxAge: '30d' }),
    'precomputed.maxAge: "30d" is out of range; write one from 15m to 7d',
  ],
  ['a search of nothing', ranges({}), 'training.tuning.ranges: {} searches nothing; write for example { eta'],
  [
    'a search of what cannot be searched',
    ranges({ depth: { min: 1, max: 2 } }),
    '"depth" cannot be searched; known: alpha, colsample_bylevel',
  ],
  ['a search of a prototype', ranges({ constructor: { min: 1, max: 2 } }), '"constructor" cannot be searched'],
  [
    'a range the wrong way round',
    ranges({ eta: { min: 0.3, max: 0.1 } }),
    'min 0.3 is not below max 0.1; write a range',
  ],
  [
    'half a level',
    ranges({ max_depth: { min: 1.5, max: 4 } }),
    '1.5 to 4 is not of whole numbers, which max_depth takes alone',
  ],
  [
    'orders of magnitude from nothing',
    ranges({ alpha: { min: 0, max: 1, scaling: 'logarithmic' } }),
    'logarithmic scaling needs a min above 0',
  ],
  [
    'a value that is set and searched',
    ranges({ gamma: { min: 0, max: 1 } }),
    'training.hyperparameters sets gamma to 1; leave it out of one',
  ],
  [
    'more jobs at once than in all',
    tuning({ ranges: { eta: { min: 0.1, max: 0.2 } }, jobs: 2, parallel: 3 }),
    '3 jobs at once of 2 in all',
  ],
  [
    'a search by another problem',
    tuning({ ranges: { eta: { min: 0.1, max: 0.2 } }, objective: 'rmse' }),
    '"rmse" does not fit a binary model; write one of auc, logloss',
  ],
  [
    'precomputing at no even time',
    precomputed({ every: '45m', maxAge: '1h' }),
    '"45m" does not go into a day evenly; write one of 15m, 20m, 30m, 1h',
  ],
  [
    'answers too old before new ones come',
    precomputed({ every: '1d', maxAge: '23h' }),
    'maxAge: "23h" is shorter than every ("1d")',
  ],
];

describe('how a model is searched for and precomputed is refused', () => {
  it.each(cases)('for %s', (_, define, says) => {
    expect(define).toThrow(expect.objectContaining({ name: 'DefinitionError', kind: 'invalid-input' }));
    expect(define).toThrow(says);
  });
});
