import { describe, expect, it } from 'vitest';
import { definitionProblems } from '../../../contracts/definitions/check-definitions.ts';
import { observedLabel } from '../../../contracts/definitions/label.ts';
import { model } from '../../../contracts/definitions/model.ts';
import { onDemandFeatureView } from '../../../contracts/definitions/on-demand-feature-view.ts';
import { parseDefinitions } from '../../../contracts/definitions/parse-definitions.ts';
import { statementProblems } from '../../../contracts/definitions/statement-problems.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import type { OnDemandFeatureView } from '../../../core/definitions/on-demand-feature-view.ts';
import { customer, modelInput, orders, profile, spend } from './definition-samples.ts';

const asked = onDemandFeatureView({
  name: 'asked',
  sources: [spend],
  request: { amount: 'float64', channel: 'string' },
  features: ({ spend, request, requestTime }) => ({
    share: request.amount.dividedBy(spend.spend_7d),
    is_web: request.channel.equals('web'),
    hour: requestTime.hour(),
    asked_at: requestTime,
  }),
  owner: 'team',
});

const label = (context?: Record<string, string>) =>
  observedLabel({ source: orders, value: 'gift', horizon: '1d', ...(context && { context }) });
const using = (features: readonly string[], context?: Record<string, string>) =>
  model({ ...modelInput, label: label(context), features: [...features] });

const definitions: Definitions = {
  entities: [customer],
  sources: [orders],
  featureViews: [profile, spend],
  onDemandFeatureViews: [asked],
  featureServices: [],
  models: [using(['asked:share', 'asked:hour'], { amount: 'quantity' })],
};

const problems = (change: Partial<Definitions>) =>
  definitionProblems({ ...definitions, ...change }).map(
    ({ definition, path, problem }) => `${definition}: ${path}: ${problem}`,
  );
const view = (change: Partial<OnDemandFeatureView>) =>
  problems({ onDemandFeatureViews: [{ ...asked, ...change }], models: [] });
const inputs = (features: readonly string[], context?: Record<string, string>) =>
  problems({ models: [using(features, context)] });

describe('on-demand views among other definitions', () => {
  it('are taken from the serialized form as they are', () => {
    expect(problems({})).toEqual([]);
    expect(statementProblems(definitions)).toEqual([]);
    expect(parseDefinitions(JSON.parse(JSON.stringify(definitions)))).toEqual(definitions);
  });

  it('have a name and request fields of their own', () => {
    expect(view({ name: 'spend' })[0]).toContain('"spend" is also the name of a feature view');
    expect(view({ request: [...asked.request, { name: 'customer_id', type: 'string' }] })[0]).toContain(
      'request.customer_id: "customer_id" is a join key of what the view reads; rename it',
    );
    expect(view({ request: [...asked.request, ...asked.request] })[0]).toContain('request.amount: is there more than');
    expect(view({ features: [...asked.features, ...asked.features] })[0]).toContain('features.share: is there more');
  });

  it('compute what they declare, of features that are there and have one meaning', () => {
    const feature = (sql: string, type = 'float64' as const) =>
      view({ features: [{ name: 'x', type, sql, description: '' }] })[0];
    expect(feature("'a'")).toContain('features.x.type: "float64" is declared, and it computes a string');
    expect(feature('nobody__x + 1')).toContain('there is no column "nobody__x"; known: profile__country');
    const twins = [
      { ...spend, name: 'a', features: [{ ...spend.features[0]!, name: 'b__c' }] },
      { ...spend, name: 'a__b', features: [{ ...spend.features[0]!, name: 'c' }] },
    ];
    const reads = { ...asked, request: [], features: [{ ...asked.features[0]!, sql: 'a__b__c + 1' }] };
    expect(problems({ featureViews: twins, onDemandFeatureViews: [reads], models: [] })[0]).toContain(
      '"a__b__c" could be a:b__c or a__b:c; rename a view or a feature',
    );
  });

  it('give a model only what a model can use', () => {
    expect(inputs(['asked:nothing'])[0]).toContain('no feature of view "asked" named "nothing"; known: share, is_web');
    expect(inputs(['asked:asked_at'])[0]).toContain('"asked:asked_at" is a timestamp');
    expect(inputs(['nobody:x'])[0]).toContain('no feature view named "nobody"; known: profile, spend, asked');
    const shop = { ...customer, name: 'shop', joinKeys: [{ name: 'shop_id', type: 'string' as const }] };
    const ofShop = { ...spend, entity: 'shop', keyColumns: ['customer_id'] };
    const models = [using(['asked:share'], { amount: 'price' })];
    expect(problems({ entities: [customer, shop], featureViews: [profile, ofShop], models })).toContain(
      'model "repeat": features: feature view "spend", which asked:share reads, describes shop by shop_id (string), and the model predicts about customer, which has customer_id (string); use views whose join keys are among these',
    );
  });

  it('need a label that says what requests would have brought', () => {
    expect(inputs(['asked:share', 'asked:is_web'], { amount: 'price' })).toEqual([
      'model "repeat": label.context.channel: is missing, and asked:is_web reads it; write an expression over source orders that is a string',
    ]);
    expect(inputs(['asked:share'], { amount: 'country' })[0]).toContain(
      'label.context.amount: "country" is a string, and asked:share reads a float64',
    );
    expect(inputs(['asked:hour'], { amount: 'price' })[0]).toContain(
      'label.context.amount: no on-demand feature of the model reads "amount"; leave it out',
    );
    expect(() => label({ amount: 'prize' })).toThrow('context.amount: expression "prize"');
    expect(() => label({ Amount: 'price' })).toThrow('context.Amount: "Amount" is not a name');
    const ofTheFuture = model({ ...modelInput, features: ['asked:share', 'asked:hour'] });
    expect(problems({ models: [ofTheFuture] })).toEqual([
      'model "repeat": features: asked:share reads "amount", which comes with a request, and a label of the future has no request; use observedLabel({ context: { amount: … } }) or leave the feature out',
    ]);
    expect(problems({ models: [model({ ...modelInput, features: ['asked:hour'] })] })).toEqual([]);
  });

  it('agree on the types of the request fields that one model needs', () => {
    const other = onDemandFeatureView({
      name: 'other',
      request: { amount: 'string' },
      features: { size: 'length(amount)' },
      owner: 'team',
    });
    const models = [using(['asked:share', 'other:size'], { amount: 'price' })];
    expect(problems({ onDemandFeatureViews: [asked, other], models })).toEqual([
      'model "repeat": features: request field "amount" is a string for other:size and a float64 for another feature; give it one type or two names',
    ]);
  });
});
