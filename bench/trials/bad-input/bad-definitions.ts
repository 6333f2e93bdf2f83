import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BadCase } from './bad-case.ts';
import { processReply } from './command.ts';

const GOOD = `
import { attributionGate, column, costGate, count, entity, expression, fairnessGate, featureView, futureLabel, latencyGate, metricGate, model, segment, skewGate, sliceGate, source, sum } from '#headgate';
const owner = 'team';
export const customer = entity({ name: 'customer', joinKeys: { customer_id: 'int64' }, owner });
export const orders = source({ name: 'orders', columns: { customer_id: 'int64', at: 'timestamp', amount: 'float64', channel: 'string' }, eventTime: 'at', owner });
export const spend = featureView({ name: 'spend', entity: customer, source: orders, features: { spend_7d: sum('amount', { over: '7d' }) }, ttl: null, owner });
export const repeat = model({
  name: 'repeat', purpose: 'trial', owner, riskClass: 'low', entity: customer, problem: 'binary',
  label: futureLabel({ source: orders, every: '1d', activeWithin: '7d', aggregation: 'count', horizon: '7d', positiveAtLeast: 1 }),
  features: ['spend:spend_7d'], training: { hyperparameters: { num_round: 5 } },
  gates: [metricGate({ metric: 'auc', atLeast: 0.6 })],
});
`;

let folders = 0;

/** `headgate up` over a folder with these files. */
function definitions(why: string, files: Readonly<Record<string, string>>, ...says: string[]): BadCase {
  return {
    door: 'definitions',
    why,
    async attempt({ dir }) {
      const folder = join(dir, `definitions-${++folders}`);
      await mkdir(folder);
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
      return processReply(['up', '--definitions', folder, '--port', '0', '--state-dir', join(folder, 'state')]);
    },
    code: 'exit 1',
    says,
  };
}

/** The good definitions with one thing changed. */
function changed(why: string, from: string, to: string, ...says: string[]): BadCase {
  if (!GOOD.includes(from)) throw new Error(`${from} is not in the definitions`);
  return definitions(why, { 'shop.ts': GOOD.replace(from, to) }, 'shop.ts', ...says);
}

/** The good definitions with this rollout policy. */
function rollout(why: string, policy: string, ...says: string[]): BadCase {
  return changed(why, "riskClass: 'low'", `riskClass: 'low', rollout: ${policy}`, ...says);
}

/** The good definitions, watched this way. */
function watched(why: string, monitoring: string, ...says: string[]): BadCase {
  return changed(why, "riskClass: 'low'", `riskClass: 'low', monitoring: ${monitoring}`, ...says);
}

/** The good definitions with one more gate. */
function gate(why: string, text: string, ...says: string[]): BadCase {
  return changed(why, 'atLeast: 0.6 })]', `atLeast: 0.6 }), ${text}]`, ...says);
}

const SUM = "sum('amount', { over: '7d' })";

export const BAD_DEFINITIONS: readonly BadCase[] = [
  changed('an unknown key', 'ttl: null', "ttl: null, schedul: '1d'", 'feature view "spend"', '"schedul"', 'schedule'),
  changed('a wrong unit', "over: '7d'", "over: '1w'", 'spend_7d', '"1w" is not a duration', 'ms, s, m, h or d'),
  changed('a window out of range', "over: '7d'", "over: '900d'", '"900d" is out of range', '1h to 365d'),
  changed('no TTL', 'ttl: null, ', '', 'ttl', 'is missing', '1m to'),
  changed(
    'an unknown column in an expression',
    SUM,
    "sum('amuont', { over: '7d' })",
    'amuont',
    'customer_id, at, amount',
  ),
  changed('a sum of text', SUM, "sum('channel', { over: '7d' })", 'spend_7d', 'string'),
  changed('an expression that ends early', SUM, "sum('amount + ', { over: '7d' })", 'spend_7d', 'amount + '),
  changed('an unknown function', SUM, "sum('sqroot(amount)', { over: '7d' })", 'sqroot', 'sqrt'),
  changed(
    'a condition that is a number',
    "{ over: '7d' }",
    "{ over: '7d', where: 'amount' }",
    '"amount" is a float64; write a condition',
  ),
  changed('windows and single rows in one view', SUM, `${SUM}, channel: column()`, 'make two views'),
  changed('a view without features', `spend_7d: ${SUM}`, '', 'features', 'at least one'),
  changed('a name in capitals', "name: 'spend'", "name: 'Spend-Habit'", '"Spend-Habit" is not a name', 'lower-case'),
  changed('a reserved column', 'amount:', 'seq:', '"seq" is reserved'),
  changed(
    'an event time that is no timestamp',
    "eventTime: 'at'",
    "eventTime: 'amount'",
    '"amount" is not a timestamp',
    'at',
  ),
  changed(
    'a join key that the source lacks',
    'joinKeys: { customer_id',
    'joinKeys: { shop_id',
    'shop_id',
    'customer_id',
  ),
  changed('a type that there is not', "amount: 'float64'", "amount: 'money'", '"money"', 'float64'),
  changed('a feature that there is not', 'spend:spend_7d', 'spend:spend_9d', '"spend_9d"', 'known: spend_7d'),
  changed('an unknown hyperparameter', 'num_round: 5', 'num_round: 5, depth: 3', 'depth', 'max_depth'),
  changed('no round of training', 'num_round: 5', 'num_round: 0', 'num_round', '0 is not allowed', '1 or more'),
  changed('a label that does not fit the problem', ', positiveAtLeast: 1', '', 'positiveAtLeast', 'binary'),
  changed('no gate', "[metricGate({ metric: 'auc', atLeast: 0.6 })]", '[]', 'gates', 'at least one gate'),
  changed('a metric of another problem', "'auc', atLeast: 0.6", "'rmse', atMost: 3", 'rmse', 'binary', 'auc'),
  changed('a limit that cannot be reached', 'atLeast: 0.6', 'atLeast: 60', 'atLeast', '60', '1'),
  changed('an unknown risk class', "riskClass: 'low'", "riskClass: 'none'", '"none"', '"low", "limited", "high"'),
  changed(
    'shares that leave nothing to train on',
    "riskClass: 'low'",
    "riskClass: 'low', split: { validationShare: 0.5, testShare: 0.5 }",
    '0.5 + 0.5',
    'below 1',
  ),
  changed(
    'an instance type of another service',
    "riskClass: 'low'",
    "riskClass: 'low', serving: { instanceType: 't3.large' }",
    '"t3.large"',
    'ml.m5.large',
  ),
  rollout('an unknown phase', '{ canari: {} }', '"canari"', 'shadow, canary, watch'),
  rollout('a phase switched on', '{ shadow: true }', 'rollout.shadow', 'true', 'false'),
  rollout('a canary of everybody', '{ canary: { steps: [0.5, 1] } }', 'steps', 'a promotion'),
  rollout('a canary of nobody', '{ canary: { steps: [0] } }', '0 is no share', 'above 0'),
  rollout('steps that shrink', '{ canary: { steps: [0.5, 0.2] } }', '[0.5,0.2] does not grow'),
  rollout('steps without one', '{ canary: { steps: [] } }', '[] is empty', 'canary: false'),
  rollout('a step that cannot end', "{ canary: { bake: '2h', within: '1h' } }", 'bake', 'no step could end'),
  rollout('a holdback of everybody', '{ watch: { holdback: 0.9 } }', 'holdback', '0.9', '0 to 0.5'),
  rollout('a watch without end', "{ watch: { for: '99d' } }", '"99d" is out of range'),
  rollout('a judge that looks every ms', "{ judge: { every: '1ms' } }", 'every', 'out of range'),
  rollout('a judge that is always wrong', '{ judge: { falseRollback: 1 } }', 'falseRollback', '0.2'),
  rollout('an unknown guard', '{ judge: { error: { max: 0.1 } } }', '"error"', 'errors'),
  rollout(
    'an outcome that is neither',
    "{ judge: { outcome: { better: 'more', margin: 1 } } }",
    '"more"',
    '"higher", "lower"',
  ),
  rollout('an approval that never ends', "{ approval: { within: '99d' } }", 'approval.within', 'out of range'),
  rollout('an approval of a person', "{ approval: { by: 'ada' } }", '"by"', 'known: within'),
  rollout('a newer release that is neither', "{ onNewer: 'stop' }", '"stop"', '"supersede", "queue"'),
  gate(
    'a slice of no segment',
    "sliceGate({ metric: 'auc', atLeast: 0.5, by: ['spend:spend_7d'] })",
    'is no segment',
    'segments',
  ),
  gate('a slice without a limit', "sliceGate({ metric: 'auc' })", 'sliceGate', 'atLeast, atMost or maxGap'),
  gate(
    'fairness by no criterion',
    "fairnessGate({ attribute: 'spend:spend_7d', criterion: 'parity', measure: 'ratio', limit: 0.8 })",
    '"parity"',
    'demographic_parity',
  ),
  gate(
    'fairness by a number',
    "fairnessGate({ attribute: 7, criterion: 'equal_opportunity', measure: 'ratio', limit: 0.8 })",
    '7 is not a feature',
  ),
  gate('skew of no age', 'skewGate({ maxMismatchShare: 0.01 })', 'skewGate', 'within', 'is missing'),
  gate('attribution without a limit', 'attributionGate({})', 'attributionGate', 'maxShare, maxChange or both'),
  gate(
    'a cost at no rate',
    'costGate({ perThousand: 1, requestsPerSecond: 0 })',
    'requestsPerSecond',
    '0 is out of range',
  ),
  gate(
    'latency at a rate that nobody sends',
    "latencyGate({ quantile: 0.9, atMost: '50ms', requestsPerSecond: 1e5, for: '30s' })",
    'requestsPerSecond',
    '500',
  ),
  gate(
    'latency of too few requests',
    "latencyGate({ quantile: 0.9, atMost: '50ms', requestsPerSecond: 1, for: '10s' })",
    'minRequests',
    'out of reach',
    '10 requests',
  ),
  changed(
    'a segment of no feature',
    "riskClass: 'low'",
    "riskClass: 'low', segments: ['spend']",
    '"spend" is no segment',
    'view:feature',
  ),
  changed(
    'a segment that is a number',
    "riskClass: 'low'",
    "riskClass: 'low', segments: ['spend:spend_7d']",
    'is a number',
    'cuts',
  ),
  changed(
    'a segment whose cuts fall',
    "riskClass: 'low'",
    "riskClass: 'low', segments: [segment('spend:spend_7d', { cuts: [2, 1] })]",
    'ascending',
  ),
  definitions(
    'two definitions of one name',
    { 'shop.ts': GOOD, 'more.ts': GOOD.replace('owner });', "owner, description: 'another' });") },
    'entity "customer"',
    'defines another one of that name',
  ),
  definitions(
    'files that need each other in a circle',
    {
      'a.ts': `import { b } from './b.ts'; export const a = { keys: b.keys };`,
      'b.ts': `import { a } from './a.ts'; export const b = { keys: a.keys };`,
    },
    'circle',
    'third file',
  ),
  definitions('a file that is no TypeScript', { 'shop.ts': 'export const = entity(' }, 'shop.ts', 'cannot be loaded'),
  definitions('an import that is not there', { 'shop.ts': `import './enti.ts';` }, 'enti.ts', 'with their ending'),
  {
    door: 'definitions',
    why: 'a folder that is not there',
    attempt: ({ dir }) => processReply(['up', '--definitions', join(dir, 'nowhere'), '--port', '0']),
    code: 'exit 1',
    says: ['nowhere', 'there is no such folder'],
  },
  watched('a scan every week', "{ drift: { every: '7d' } }", '"7d" is out of range', '1m to 1d'),
  watched('a scan at no even time', "{ drift: { every: '45m' } }", '"45m" does not go into a day evenly', '30m'),
  watched('an unknown effect', '{ drift: { effects: { wasserstein: 1 } } }', 'unknown key "wasserstein"', 'psi'),
  watched('ignoring no input', "{ drift: { ignore: ['spend:age'] } }", '"spend:age" is no input', 'spend:spend_7d'),
  watched('a season shorter than the window', "{ drift: { window: '8d', reference: { period: '7d' } } }", 'overlaps'),
  watched(
    'outcomes after the prediction is forgotten',
    '{ evidenceRetentionDays: 7 }',
    'forgotten after 7d',
    'least 8',
  ),
  watched('a loss of another problem', "{ performance: { loss: 'squared_error' } }", 'does not fit a binary', 'brier'),
  watched('retraining on a drift that nobody looks for', '{ drift: false, retraining: {} }', 'drift is not looked for'),
  watched(
    'retraining that nothing starts',
    '{ retraining: { on: { drift: false, degradation: false } } }',
    'nothing would ever start a retraining',
  ),
  watched('a trigger in a word', "{ retraining: { on: { drift: 'yes' } } }", '"yes" is not allowed', 'true or false'),
  watched('a calendar that the cooldown holds back', "{ retraining: { on: { every: '1h' } } }", 'cooldown ("1d")'),
  changed(
    'a search of nothing that there is',
    '{ num_round: 5 } }',
    '{ num_round: 5 }, tuning: { ranges: { depth: { min: 1, max: 2 } } } }',
    '"depth" cannot be searched',
    'max_depth',
  ),
  changed(
    'answers too old before new ones come',
    "riskClass: 'low'",
    "riskClass: 'low', serving: { precomputed: { every: '1d', maxAge: '1h' } }",
    '"1h" is shorter than every ("1d")',
  ),
];
