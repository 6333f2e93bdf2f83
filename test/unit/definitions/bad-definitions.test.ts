import { describe, expect, it } from 'vitest';
import { DefinitionError } from '../../../contracts/definitions/definition-error.ts';
import { entity } from '../../../contracts/definitions/entity.ts';
import { column, count, expression, max, sum } from '../../../contracts/definitions/feature.ts';
import { featureView } from '../../../contracts/definitions/feature-view.ts';
import { dataQualityGate, metricGate, regressionGate } from '../../../contracts/definitions/gate.ts';
import { futureLabel, observedLabel } from '../../../contracts/definitions/label.ts';
import { model } from '../../../contracts/definitions/model.ts';
import { source } from '../../../contracts/definitions/source.ts';
import { customer, labelInput, modelInput, orders, viewInput } from './definition-samples.ts';

type Change = Readonly<Record<string, unknown>>;

// The inputs are wrong on purpose, so that no type can describe them.
const anEntity = (change: Change) => () =>
  entity({ name: 'customer', joinKeys: { id: 'string' }, owner: 'team', ...change } as never);
const aSource = (change: Change) => () =>
  source({
    name: 'orders',
    columns: { at: 'timestamp', n: 'int64' },
    eventTime: 'at',
    owner: 'team',
    ...change,
  } as never);
const aView = (change: Change) => () => featureView({ ...viewInput, ...change } as never);
const aModel = (change: Change) => () => model({ ...modelInput, ...change } as never);
const training = (hyperparameters: unknown) => aModel({ training: { hyperparameters } });
const tableWithoutTime = source({
  name: 'people',
  columns: { customer_id: 'string', n: 'int64' },
  eventTime: { fixed: '2020-01-01T00:00:00Z' },
  owner: 'team',
});

type Case = readonly [why: string, define: () => unknown, says: string, also?: string];

const cases: readonly Case[] = [
  ['a name with capitals', anEntity({ name: 'Customer' }), 'entity "Customer": name: "Customer" is not a name'],
  ['a name that is too long', anEntity({ name: 'x'.repeat(41) }), 'up to 39 lower-case letters'],
  ['no name', anEntity({ name: undefined }), 'entity (without a name): name: is missing'],
  ['an unknown key', anEntity({ colour: 'red' }), 'unknown key "colour"; known: name, joinKeys, description, owner'],
  ['no owner', anEntity({ owner: undefined }), 'owner: is missing; write a short sentence'],
  ['an empty owner', anEntity({ owner: ' ' }), 'owner: "" says nothing'],
  [
    'an unknown key type',
    anEntity({ joinKeys: { id: 'uuid' } }),
    'joinKeys.id: "uuid" is not allowed; write one of "string", "int64"',
  ],
  ['a reserved name', anEntity({ joinKeys: { seq: 'string' } }), 'joinKeys.seq: "seq" is reserved'],
  ['a reserved beginning', anEntity({ joinKeys: { hg_id: 'string' } }), '"hg_id" is reserved'],
  [
    'an unknown column type',
    aSource({ columns: { at: 'date' } }),
    'columns.at: "date" is not a column; write a type (string, int64',
  ],
  [
    'an unknown key of a column',
    aSource({ columns: { at: { type: 'timestamp', unit: 'ms' } } }),
    'columns.at: unknown key "unit"; known: type, from, required',
  ],
  [
    'an event time that is no column',
    aSource({ eventTime: 'when' }),
    'eventTime: "when" is not a timestamp column; timestamp columns: at',
  ],
  ['an event time of another type', aSource({ eventTime: 'n' }), 'eventTime: "n" is not a timestamp column'],
  [
    'an event time that is not required',
    aSource({ columns: { at: { type: 'timestamp', required: false } } }),
    'columns.at.required',
  ],
  ['a knowledge time that is no column', aSource({ knownAt: 'seen' }), 'knownAt: "seen" is not a timestamp column'],
  ['a lag beside a knowledge time', aSource({ knownAt: 'at', lag: '1h' }), 'lag: knownAt says already'],
  ['a lag without a unit', aSource({ lag: 5 }), 'lag: 5 is not a duration; write a whole number and ms, s, m, h or d'],
  [
    'two columns from one',
    aSource({ columns: { at: 'timestamp', b: { type: 'int64', from: 'at' } } }),
    'columns.b.from: "at" is read into',
  ],
  ['a delimiter of two characters', aSource({ csv: { delimiter: '||' } }), 'csv.delimiter: "||" is not one character'],
  ['a unit that does not exist', aView({ ttl: '7w' }), 'ttl: "7w" is not a duration', 'for example "30d"'],
  ['no ttl', aView({ ttl: undefined }), 'ttl: is missing'],
  [
    'a schedule below a minute',
    aView({ schedule: '30s' }),
    'schedule: "30s" is out of range; write one from 1m to 365d',
  ],
  ['an entity by its name', aView({ entity: 'customer' }), 'entity: expected an entity; write the constant'],
  ['a source by its name', aView({ source: 'orders' }), 'source: expected a source'],
  [
    'a window below an hour',
    aView({ features: { a: count({ over: '5m' }) } }),
    'features.a.over: "5m" is out of range; write one from 1h to 365d',
  ],
  [
    'an unknown option',
    aView({ features: { a: count({ over: '1d', wher: 'x' } as never) } }),
    'features.a: unknown key "wher"; known: over, where',
  ],
  ['no window', aView({ features: { a: sum('quantity', {} as never) } }), 'features.a.over: is missing'],
  [
    'something that is no feature',
    aView({ features: { a: 'quantity' } }),
    'features.a: "quantity" is not a feature; write column()',
  ],
  ['no features', aView({ features: {} }), 'features: {} is empty'],
  [
    'a column that is not there',
    aView({ features: { a: column('colour') } }),
    'features.a: source orders has no column "colour"; columns: customer_id, at',
  ],
  [
    'an expression over nothing',
    aView({ features: { a: expression('colour + 1') } }),
    'features.a',
    'position 1: there is no column "colour"',
  ],
  ['a broken expression', aView({ features: { a: sum('quantity *', { over: '1d' }) } }), 'position 11: found the end'],
  [
    'a sum of text',
    aView({ features: { a: sum('country', { over: '1d' }) } }),
    'sum needs a number (int64 or float64), and "country" is a string',
  ],
  [
    'a largest boolean',
    aView({ features: { a: max('gift', { over: '1d' }) } }),
    'max needs a number, a string or a timestamp',
  ],
  [
    'a where that is no condition',
    aView({ features: { a: count({ over: '1d', where: 'quantity' }) } }),
    'where "quantity" is a int64; write a condition',
  ],
  [
    'aggregates beside rows',
    aView({ features: { a: count({ over: '1d' }), b: column('gift') } }),
    'aggregates (a) and values of single rows (b)',
  ],
  [
    'a feature named like a key',
    aView({ features: { customer_id: column() } }),
    'is the name of a join key of customer',
  ],
  ['a reserved feature name', aView({ features: { label: column('gift') } }), 'features.label: "label" is reserved'],
  [
    'a key column that is not there',
    aView({ keys: { customer_id: 'buyer' } }),
    'keys.customer_id: source orders has no column "buyer"',
  ],
  [
    'a key of another type',
    aView({ keys: { customer_id: 'quantity' } }),
    'is a int64, and join key customer_id of customer a string',
  ],
  [
    'a key that the entity lacks',
    aView({ keys: { order_id: 'country' } }),
    'customer has no join key "order_id"; join keys: customer_id',
  ],
  [
    'windows without time',
    aView({ source: tableWithoutTime, features: { a: count({ over: '1d' }) } }),
    'source people has a fixed event time',
  ],
  ['no risk class', aModel({ riskClass: undefined }), 'riskClass: is missing; write one of "low", "limited", "high"'],
  [
    'a feature that is no reference',
    aModel({ features: ['spend.spend_7d'] }),
    'features.0: "spend.spend_7d" is not a feature; write "view:feature"',
  ],
  ['no features of a model', aModel({ features: [] }), 'features: [] is empty'],
  ['a feature twice', aModel({ features: ['a:b', 'a:b'] }), 'features: "a:b" is there more than once'],
  ['no gates', aModel({ gates: [] }), 'gates: [] is empty'],
  ['no rounds', training({}), 'training.hyperparameters.num_round: is missing; write a whole number of 1 or more'],
  ['half a round', training({ num_round: 1.5 }), 'num_round: 1.5 is not allowed'],
  [
    'a hyperparameter XGBoost lacks',
    training({ num_round: 1, depth: 3 }),
    'hyperparameters.depth: 3 is for a hyperparameter that XGBoost does not have',
  ],
  [
    'an objective that gives no probability',
    training({ num_round: 1, objective: 'binary:hinge' }),
    'write one of binary:logistic',
  ],
  [
    'shares that leave nothing',
    aModel({ split: { validationShare: 0.5, testShare: 0.5 } }),
    'split: validationShare + testShare is 0.5 + 0.5',
  ],
  ['a share of nothing', aModel({ split: { testShare: 0 } }), 'split.testShare: 0 is not a share'],
  [
    'an instance type without ml',
    aModel({ serving: { instanceType: 'g6.xlarge' } }),
    'serving.instanceType: "g6.xlarge" is not a SageMaker instance type',
  ],
  [
    'fewer instances at most than at least',
    aModel({ serving: { minInstances: 3 } }),
    'serving.maxInstances: 1 is less than minInstances (3)',
  ],
  [
    'a threshold above 1',
    aModel({ serving: { decisionThreshold: 2 } }),
    'serving.decisionThreshold: 2 is out of range',
  ],
  [
    'a regression with a threshold on the count',
    aModel({ problem: 'regression' }),
    'label.positiveAtLeast: 1 does not fit a regression model',
  ],
  [
    'a gate of another problem',
    aModel({ gates: [metricGate({ metric: 'rmse', atMost: 1 })] }),
    'gates.0.metric: "rmse" does not fit a binary model; write one of auc',
  ],
  [
    'a limit on the wrong side',
    () => metricGate({ metric: 'auc', atMost: 0.9 }),
    'atMost: 0.9 is not allowed, because a higher auc is better',
  ],
  ['no limit', () => metricGate({ metric: 'log_loss' }), 'atMost: is missing; write the limit of log_loss'],
  [
    'a limit that cannot be',
    () => metricGate({ metric: 'auc', atLeast: 70 }),
    'atLeast: 70 is out of range; auc goes from 0 to 1',
  ],
  [
    'a confidence in percent',
    () => regressionGate({ metric: 'auc', confidence: 95 }),
    'confidence: 95 is out of range',
  ],
  [
    'a share in percent',
    () => dataQualityGate({ minTrainRows: 10, maxMissingShare: 20 }),
    'maxMissingShare: 20 is out of range',
  ],
  ['a future without horizon', () => futureLabel({ ...labelInput, horizon: '0s' }), 'horizon: "0s" is out of range'],
  [
    'a future of a table without time',
    () => futureLabel({ ...labelInput, source: tableWithoutTime }),
    'has a fixed event time and so no future',
  ],
  [
    'a label that is text',
    () => observedLabel({ source: orders, value: 'country' }),
    'value: "country" is a string; write a condition',
  ],
  [
    'a binary label that counts',
    aModel({ label: observedLabel({ source: orders, value: 'quantity' }) }),
    'label.value: "quantity" is a int64, which does not fit a binary',
  ],
  [
    'a label key that is not there',
    aModel({ entity: entity({ name: 'shop', joinKeys: { shop_id: 'int64' }, owner: 'team' }) }),
    'label.keys.shop_id: source orders has no column "shop_id"',
  ],
];

describe('a definition is refused', () => {
  it.each(cases.map(([why, ...rest]) => ({ why, rest })))('for $why', ({ rest: [define, says, also = ''] }) => {
    const error = failure(define);
    expect(error).toBeInstanceOf(DefinitionError);
    expect(error).toMatchObject({ kind: 'invalid-input' });
    expect(error.message).toContain(says);
    expect(error.message).toContain(also);
  });

  it('with all its problems at once', () => {
    const error = failure(aView({ name: 'Spend', ttl: 'soon', features: { a: 1 }, entity: customer, extra: true }));
    expect(error.message.split('\n')).toHaveLength(4);
  });
});

function failure(define: () => unknown): Error {
  try {
    define();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('the definition was accepted');
}
