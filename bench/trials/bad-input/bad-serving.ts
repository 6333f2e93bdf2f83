import { randomUUID } from 'node:crypto';
import { DAY_MS } from '../../../core/clock.ts';
import { type BadCase, sequence } from './bad-case.ts';
import { http, httpReply } from './http-reply.ts';
import type { PreparedPlatform } from './prepared-platform.ts';

const PREDICT = '/v1/models/returning/predictions';
const OUTCOMES = '/v1/models/returning/outcomes';
const FEATURES = '/get-online-features';

const instance = {
  'order_habit:orders_7d': 1,
  'order_habit:spend_28d': 10,
  'last_order:channel': 'web',
  'last_order:amount_cents': 1_000,
};
const outcome = (platform: PreparedPlatform, fields: object = {}) => ({
  outcomes: [{ predictionId: platform.predictionId, value: true, occurredAt: '2026-02-01T00:00:00Z', ...fields }],
});
const asking = (features: unknown, ids: unknown = [1]) => ({ features, entities: { customer_id: ids } });
const UNSEEN = 987_654;

/** Predictions, their outcomes, and online features. */
export const BAD_SERVING: readonly BadCase[] = [
  http('a prediction of an unknown model', '/v1/models/nobody/predictions', {
    body: { entities: { customer_id: 1 } },
    code: '404',
    says: ['no model named "nobody"', 'known: '],
  }),
  http('a prediction of a model without a release', '/v1/models/demanding/predictions', {
    body: { entities: { customer_id: 1 } },
    code: '409',
    says: ['"demanding"', 'no promoted release'],
  }),
  http('a missing entity', PREDICT, { body: { entities: {} }, says: ['lacks customer_id'] }),
  http('an extra entity', PREDICT, { body: { entities: { customer_id: 1, shop: 2 } }, says: ['unknown shop'] }),
  http('an entity of another type', PREDICT, {
    body: { entities: { customer_id: '1' } },
    says: ['given "1"', 'int64'],
  }),
  http('an entity that is null', PREDICT, { body: { entities: { customer_id: null } }, says: ['given null'] }),
  http('an entity beyond 2^53', PREDICT, { body: '{"entities":{"customer_id":9007199254740993}}', says: ['2^53 - 1'] }),
  http('a list of entities', PREDICT, {
    body: { entities: { customer_id: [1, 2] } },
    says: ['customer_id', 'given [1,2]'],
  }),
  http('an unknown field', PREDICT, {
    body: { entity: { customer_id: 1 } },
    says: ['unknown entity; known: entities, instances'],
  }),
  http('entities and instances', PREDICT, { body: { entities: {}, instances: [instance] }, says: ['exactly one'] }),
  http('values that no model takes', PREDICT, {
    body: { entities: { customer_id: 1 }, context: { basket: 3 } },
    says: ['basket', 'leave context out'],
  }),
  http('no instances', PREDICT, { body: { instances: [] }, says: ['instances'] }),
  http('101 instances', PREDICT, { body: { instances: Array(101).fill(instance) }, says: ['instances', '100'] }),
  http('an instance that lacks features', PREDICT, {
    body: { instances: [{ 'last_order:channel': 'web' }] },
    says: ['instances[0] lacks order_habit:orders_7d', 'give null'],
  }),
  http('a feature that there is not', PREDICT, {
    body: { instances: [{ ...instance, age: 1 }] },
    says: ['unknown age'],
  }),
  http('a feature of another type', PREDICT, {
    body: { instances: [{ ...instance, 'order_habit:spend_28d': 'much' }] },
    says: ['order_habit:spend_28d must be a number', 'given "much"'],
  }),
  http('instances whose every feature is missing', PREDICT, {
    body: { instances: [Object.fromEntries(Object.keys(instance).map((name) => [name, null]))] },
    code: '200',
    says: ['"score":'],
    changes: { predictions: 1 },
  }),
  http('an entity nobody has heard of', PREDICT, {
    body: { entities: { customer_id: UNSEEN } },
    code: '200',
    says: ['"status":"NOT_FOUND"', '"score":'],
    changes: { predictions: 1 },
  }),
  {
    door: 'HTTP',
    why: 'an entity whose last value is stale',
    async attempt({ url }) {
      const at = new Date(Date.now() - 20 * DAY_MS).toISOString();
      const df = { order_id: ['OLD'], customer_id: [UNSEEN + 1], ordered_at: [at], amount: [5], channel: ['web'] };
      await httpReply(`${url}/push`, { body: { push_source_name: 'orders', df, to: 'online' } });
      return httpReply(url + PREDICT, { body: { entities: { customer_id: UNSEEN + 1 } } });
    },
    code: '200',
    says: ['"last_order:channel":{"value":null,"status":"OUTSIDE_MAX_AGE"'],
    changes: { predictions: 1, 'online items': 1 },
  },
  {
    door: 'HTTP',
    why: 'an older value over a newer one',
    attempt: ({ url, customerId }) => {
      const at = '2026-01-01T00:00:00Z';
      const df = { order_id: ['LATE'], customer_id: [customerId], ordered_at: [at], amount: [5], channel: ['web'] };
      return httpReply(`${url}/push`, { body: { push_source_name: 'orders', df, to: 'online' } });
    },
    code: '200',
    says: ['"online":{"written":0,"stale":1}'],
  },
  http('outcomes of an unknown model', '/v1/models/nobody/outcomes', {
    body: (platform) => outcome(platform),
    code: '404',
    says: ['"nobody"', 'known: '],
  }),
  http('an outcome of an unknown prediction', OUTCOMES, {
    body: (platform) => outcome(platform, { predictionId: randomUUID() }),
    code: '200',
    says: ['"unknown-prediction"'],
  }),
  http('an outcome of another model', '/v1/models/demanding/outcomes', {
    body: (platform) => outcome(platform),
    code: '200',
    says: ['"unknown-prediction"'],
  }),
  http('an outcome that is text', OUTCOMES, {
    body: (platform) => outcome(platform, { value: 'yes' }),
    says: ['outcomes[0].value: must be a number or a boolean, given "yes"'],
  }),
  http('an outcome in the future', OUTCOMES, {
    body: (platform) => outcome(platform, { occurredAt: '2999-01-01T00:00:00Z' }),
    says: ['outcomes[0].occurredAt', 'future', '2999'],
  }),
  http('an outcome without a zone', OUTCOMES, {
    body: (platform) => outcome(platform, { occurredAt: '2026-02-01 00:00' }),
    says: ['with a zone', 'given "2026-02-01 00:00"'],
  }),
  http('an outcome of no prediction id', OUTCOMES, {
    body: (platform) => outcome(platform, { predictionId: '7' }),
    says: ['UUID', 'given "7"'],
  }),
  http('501 outcomes', OUTCOMES, {
    body: (platform) => ({ outcomes: Array(501).fill(outcome(platform).outcomes[0]) }),
    says: ['outcomes', '500'],
  }),
  {
    door: 'HTTP',
    why: 'the same outcome twice',
    attempt: (platform) => sequence(() => httpReply(platform.url + OUTCOMES, { body: outcome(platform) }), 2),
    code: '200',
    says: ['"duplicate"'],
    changes: { outcomes: 1 },
  },
  http('an outcome that contradicts the one before', OUTCOMES, {
    body: (platform) => outcome(platform, { value: false, occurredAt: '2026-02-02T00:00:00Z' }),
    code: '200',
    says: ['"corrected"'],
    changes: { outcomes: 1 },
  }),
  http('features of an unknown view', FEATURES, {
    body: asking(['sales:total']),
    code: '404',
    says: ['"sales"', 'known: '],
  }),
  http('an unknown feature', FEATURES, {
    body: asking(['last_order:total']),
    code: '404',
    says: ['"total"', 'channel'],
  }),
  http('no reference', FEATURES, { body: asking(['last_order']), says: ['"last_order"', 'view:feature'] }),
  http('the same feature twice', FEATURES, {
    body: asking(['last_order:channel', 'last_order:channel']),
    says: ['channel', 'full_feature_names'],
  }),
  http('features of nobody', FEATURES, { body: asking(['last_order:channel'], []), says: ['at least one'] }),
  http('features of text', FEATURES, { body: asking(['last_order:channel'], ['x']), says: ['[0]', 'given "x"'] }),
];
