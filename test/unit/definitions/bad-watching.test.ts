import { describe, expect, it } from 'vitest';
import { model } from '../../../contracts/definitions/model.ts';
import { modelInput } from './definition-samples.ts';

/** The inputs are wrong on purpose, so that no type can describe them. */
const defined = (change: object) => () => model({ ...modelInput, ...change } as never);
const monitoring = (given: unknown) => defined({ monitoring: given });
const drift = (given: object) => monitoring({ drift: given });
const performance = (given: object) => monitoring({ performance: given });
const retraining = (given: object) => monitoring({ retraining: given });
const circle: { me?: unknown } = {};
circle.me = circle;

type Case = readonly [why: string, define: () => unknown, says: string];

const wrongKinds: readonly Case[] = [
  [
    'monitoring that is null',
    monitoring(null),
    'monitoring: null is not an object; write { evidenceRetentionDays, drift',
  ],
  ['monitoring that is a bigint', monitoring(10n), 'monitoring: 10n is not an object'],
  [
    'an unknown part',
    monitoring({ drfit: {} }),
    'monitoring: unknown key "drfit"; known: evidenceRetentionDays, drift',
  ],
  ['drift that is true', drift(true as never), 'true is not allowed; write false to leave it out'],
  [
    'an interval in weeks',
    drift({ every: '1w' }),
    'drift.every: "1w" is not a duration; write a whole number and ms, s, m',
  ],
  ['an interval without a unit', drift({ every: 60 }), 'drift.every: 60 is not a duration'],
  ['an interval that is null', drift({ every: null }), 'drift.every: null is not a duration'],
  ['a window in digits of another script', drift({ window: '١h' }), 'drift.window: "١h" is not a duration'],
  [
    'a rate that is NaN',
    drift({ falseAlarms: Number.NaN }),
    'drift.falseAlarms: NaN is not a number; write a number from',
  ],
  ['a rate without end', drift({ falseAlarms: Infinity }), 'drift.falseAlarms: Infinity is not a number'],
  ['rows in text', drift({ minRows: '200' }), 'drift.minRows: "200" is not a number; write a whole number from 30'],
  [
    'effects that are a number',
    drift({ effects: 0.1 }),
    'drift.effects: 0.1 is not an object; write { psi, ks, jensenShannon',
  ],
  [
    'an unknown effect',
    drift({ effects: { wasserstein: 1 } }),
    'drift.effects: unknown key "wasserstein"; known: psi, ks',
  ],
  ['an effect that is null', drift({ effects: { psi: null } }), 'drift.effects.psi: null is not a number'],
  [
    'an unknown reference',
    drift({ reference: 'season' }),
    '"season" is not allowed; write "training" or { period: "7d" }',
  ],
  [
    'a season without a period',
    drift({ reference: {} }),
    'drift.reference.period: is missing; write a whole number and',
  ],
  [
    'half a scan',
    drift({ persistence: { scans: 1.5 } }),
    'drift.persistence.scans: 1.5 is out of range; write a whole number',
  ],
  ['ignoring everything in a word', drift({ ignore: 'all' }), 'drift.ignore: must be a list of inputs, for example'],
  ['ignoring a number', drift({ ignore: [5] }), 'drift.ignore.0: 5 is not an input; write "view:feature"'],
  ['ignoring a circle', drift({ ignore: [circle] }), 'drift.ignore.0: object is not an input'],
  ['performance that is a text', performance('yes' as never), '"yes" is not allowed; write false to leave it out'],
  [
    'an unknown key of performance',
    performance({ mature: '1d' }),
    'performance: unknown key "mature"; known: maturity, window',
  ],
  [
    'metrics by name',
    performance({ metrics: ['auc'] }),
    'performance.metrics.0: "auc" is not an object; write { metric, k',
  ],
  ['no metrics', performance({ metrics: [] }), 'performance.metrics: [] is empty; write at least one metric'],
  [
    'a metric without its parameter',
    performance({ metrics: [{ metric: 'precision_at_k' }] }),
    'metrics.0.k: is missing',
  ],
  [
    'an unknown loss',
    performance({ loss: 'hinge' }),
    'performance.loss: "hinge" is not allowed; write one of "log_loss"',
  ],
  ['retraining that is true', retraining(true as never), 'true is not allowed; write false to leave it out'],
  [
    'an unknown trigger',
    retraining({ on: { dirft: true } }),
    'retraining.on: unknown key "dirft"; known: drift, degradation',
  ],
  [
    'a trigger in a word',
    retraining({ on: { drift: 'yes' } }),
    'retraining.on.drift: "yes" is not allowed; write true or false',
  ],
  [
    'a trigger in a number',
    retraining({ on: { degradation: 1 } }),
    'on.degradation: 1 is not allowed; write true or false',
  ],
  ['a calendar in words', retraining({ on: { every: 'sunday' } }), 'retraining.on.every: "sunday" is not a duration'],
  [
    'a budget in text',
    retraining({ budget: '$20' }),
    'retraining.budget: "$20" is not a number; write a number from 0',
  ],
];

const outOfRange: readonly Case[] = [
  ['scans every second', drift({ every: '1s' }), 'drift.every: "1s" is out of range; write one from 1m to 1d'],
  ['scans every week', drift({ every: '7d' }), 'drift.every: "7d" is out of range; write one from 1m to 1d'],
  [
    'a window of two years',
    drift({ window: '731d' }),
    'drift.window: "731d" is out of range; write one from 1m to 366d',
  ],
  ['a negative window', drift({ window: '-1d' }), 'drift.window: "-1d" is not a duration'],
  [
    'a rate of one half',
    drift({ falseAlarms: 0.5 }),
    'drift.falseAlarms: 0.5 is out of range; write a number from 0.000001 to 0.2',
  ],
  ['a rate of nothing', performance({ falseAlarms: 0 }), 'performance.falseAlarms: 0 is out of range'],
  ['judging of ten rows', drift({ minRows: 10 }), 'drift.minRows: 10 is out of range; write a whole number from 30'],
  [
    'a negative effect',
    drift({ effects: { ks: -0.1 } }),
    'drift.effects.ks: -0.1 is out of range; write a number from 0 to 1',
  ],
  ['no season', drift({ reference: { period: '7d', periods: 0 } }), 'reference.periods: 0 is out of range'],
  [
    'a margin of nothing',
    performance({ margin: 0 }),
    'performance.margin: 0 is out of range; write a number from 0.001',
  ],
  ['outcomes without end', performance({ minOutcomes: 1e300 }), 'performance.minOutcomes: 1e+300 is out of range'],
  [
    'no retraining in a week',
    retraining({ maxPerWeek: 0 }),
    'retraining.maxPerWeek: 0 is out of range; write a whole number from 1',
  ],
  ['a negative budget', retraining({ budget: -1 }), 'retraining.budget: -1 is out of range'],
  ['no cooldown', retraining({ cooldown: '0s' }), 'retraining.cooldown: "0s" is out of range; write one from 1s'],
  [
    'half a new row',
    retraining({ on: { newRows: 0.5 } }),
    'on.newRows: 0.5 is out of range; write a whole number from 1',
  ],
  [
    'evidence for no day',
    monitoring({ evidenceRetentionDays: 0 }),
    'evidenceRetentionDays: 0 is out of range; write a whole number',
  ],
];

const contradictions: readonly Case[] = [
  [
    'an interval that no schedule can keep',
    drift({ every: '45m' }),
    'drift.every: "45m" does not go into a day evenly; write one of 1m, 2m',
  ],
  [
    'the same input ignored twice',
    drift({ ignore: ['spend:spend_7d', 'spend:spend_7d'] }),
    '"spend:spend_7d" is there more than once; write it once',
  ],
  [
    'ignoring what is no input',
    drift({ ignore: ['spend:age'] }),
    '"spend:age" is no input of the model; inputs: spend:spend_7d',
  ],
  [
    'more scans than are looked at',
    drift({ persistence: { scans: 4, of: 3 } }),
    '4 scans cannot drift among the last 3',
  ],
  [
    'seasons that overlap',
    drift({ window: '8d', reference: { period: '7d' } }),
    'a period of 7d overlaps a window of 8d',
  ],
  [
    'the same metric twice',
    performance({ metrics: [{ metric: 'auc' }, { metric: 'auc' }] }),
    'performance.metrics: "auc" is there more than once',
  ],
  [
    'a parameter that a metric lacks',
    performance({ metrics: [{ metric: 'auc', k: 5 }] }),
    'metrics.0.k: 5 does not fit auc; leave it out',
  ],
  [
    'a metric of another problem',
    performance({ metrics: [{ metric: 'rmse' }] }),
    '"rmse" does not fit a binary model; write one of auc',
  ],
  [
    'a loss of another problem',
    performance({ loss: 'squared_error' }),
    '"squared_error" does not fit a binary model; write one of log_loss',
  ],
  [
    'outcomes that come when the prediction is forgotten',
    monitoring({ evidenceRetentionDays: 14 }),
    'evidenceRetentionDays: predictions are forgotten after 14d, and what became of them is only known after 14d; write at least 15',
  ],
  [
    'waiting for outcomes longer than predictions are kept',
    performance({ maturity: '120d' }),
    'forgotten after 90d, and what became of them is only known after 120d; write at least 121',
  ],
  [
    'learning from drift that nobody looks for',
    monitoring({ drift: false, retraining: {} }),
    'retraining.on.drift: drift is not looked for',
  ],
  [
    'learning from degradation that nobody looks for',
    monitoring({ performance: false, retraining: {} }),
    'retraining.on.degradation: performance is not looked at',
  ],
  [
    'retraining that nothing starts',
    retraining({ on: { drift: false, degradation: false } }),
    'retraining.on: nothing would ever start a retraining; leave drift',
  ],
  [
    'a calendar that the cooldown holds back',
    retraining({ on: { every: '6h' }, maxPerWeek: 28 }),
    '"6h" is shorter than the cooldown ("1d"), which would hold it back',
  ],
  [
    'a calendar beyond the weekly limit',
    retraining({ on: { every: '1d' } }),
    'maxPerWeek: 3 in a week are fewer than every "1d" asks for; write at least 7',
  ],
];

describe('how a model is watched is refused', () => {
  it.each([...wrongKinds, ...outOfRange, ...contradictions])('for %s', (_, define, says) => {
    expect(define).toThrow(expect.objectContaining({ name: 'DefinitionError', kind: 'invalid-input' }));
    expect(define).toThrow(says);
  });
});
