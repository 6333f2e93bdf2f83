import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadDefinitions } from '../../contracts/definitions/load-definitions.ts';
import { definitionsDigest, parseDefinitions } from '../../contracts/definitions/parse-definitions.ts';

const made: string[] = [];
afterEach(async () => {
  await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true })));
});

/** A folder outside of the project, without a package.json. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-definitions-'));
  made.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

const ENTITIES = `
import { entity, source } from '#headgate';
export const customer = entity({ name: 'customer', joinKeys: { customer_id: 'string' }, owner: 'team' });
const columns = { customer_id: 'string', at: 'timestamp', amount: 'float64', gift: 'boolean' } as const;
export const orders = source({ name: 'orders', columns, eventTime: 'at', owner: 'team' });
`;
const VIEWS = `
import { featureView, last, sum } from '#headgate';
import { customer, orders } from './entities.ts';
const shared = { entity: customer, source: orders, ttl: null, owner: 'team' } as const;
export const views = [
  featureView({ ...shared, name: 'spend', features: { spend_7d: sum('amount', { over: '7d' }), seen: last('at', { over: '7d' }) } }),
];
`;
const MODEL = `
import { futureLabel, metricGate, model } from '#headgate';
import { customer, orders } from './entities.ts';
const label = futureLabel({ source: orders, every: '1d', activeWithin: '7d', aggregation: 'count', horizon: '7d', positiveAtLeast: 1 });
export const repeat = model({
  name: 'repeat', purpose: 'test', owner: 'team', riskClass: 'low', entity: customer, problem: 'binary', label,
  features: ['FEATURES'], training: { hyperparameters: { num_round: 1 } }, gates: [metricGate({ metric: 'auc', atLeast: 0.5 })],
});
`;
const modelOf = (...features: string[]) => MODEL.replace("'FEATURES'", features.map((one) => `'${one}'`).join(', '));

async function refusal(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await folderOf(files);
  const error: unknown = await loadDefinitions(folder).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'DefinitionError', kind: 'invalid-input' });
  return (error as Error).message;
}

describe('a definitions folder', () => {
  it('loads from outside of the project, each list in order of name', async () => {
    const folder = await folderOf({
      'z/entities.ts': ENTITIES,
      'z/views.ts': VIEWS,
      'z/model.ts': modelOf('spend:spend_7d'),
      'a.js': `import { entity } from '#headgate';\nexport const shop = entity({ name: 'a_shop', joinKeys: { shop_id: 'int64' }, owner: 'team' });`,
      'readme.md': 'not a definition',
      'z/views.test.ts': 'throw new Error("a test is not loaded")',
    });
    const definitions = await loadDefinitions(folder);
    expect(definitions.entities.map(({ name }) => name)).toEqual(['a_shop', 'customer']);
    expect(definitions.featureViews.map(({ name }) => name)).toEqual(['spend']);
    expect(definitions.models.map(({ name }) => name)).toEqual(['repeat']);
  });

  it('says the same whatever the files are called, and survives serialization', async () => {
    const one = await loadDefinitions(await folderOf({ 'entities.ts': ENTITIES, 'views.ts': VIEWS }));
    const moved = VIEWS.replace('./entities.ts', './zz.ts');
    const other = await loadDefinitions(await folderOf({ 'zz.ts': ENTITIES, 'aa.ts': moved }));
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
    expect(definitionsDigest(other)).toBe(definitionsDigest(one));
    expect(parseDefinitions(JSON.parse(JSON.stringify(one)))).toEqual(one);
    expect(definitionsDigest(parseDefinitions(JSON.parse(JSON.stringify(one))))).toBe(definitionsDigest(one));
  });

  it('may be empty', async () => {
    expect(await loadDefinitions(await folderOf({}))).toEqual({
      entities: [],
      sources: [],
      featureViews: [],
      onDemandFeatureViews: [],
      featureServices: [],
      models: [],
    });
  });

  it('may describe a thing there is one of, by every row of a source', async () => {
    const market = `
import { entity } from '#headgate';
export const market = entity({ name: 'market', joinKeys: {}, owner: 'team' });
export const turnover = featureView({ ...shared, entity: market, name: 'turnover', features: { all_7d: sum('amount', { over: '7d' }) } });
`;
    const files = { 'entities.ts': ENTITIES, 'views.ts': `${VIEWS}${market}`, 'model.ts': modelOf('turnover:all_7d') };
    const { featureViews } = await loadDefinitions(await folderOf(files));
    expect(featureViews.find(({ name }) => name === 'turnover')?.keyColumns).toEqual([]);
  });

  it('makes join keys required, but for those declared optional', async () => {
    const load = async (entities: string) =>
      (await loadDefinitions(await folderOf({ 'entities.ts': entities, 'views.ts': VIEWS }))).sources[0];
    const required = (await load(ENTITIES))?.columns.filter((column) => column.required).map(({ name }) => name);
    expect(required).toEqual(['customer_id', 'at']);
    const optional = ENTITIES.replace(
      "customer_id: 'string', at",
      "customer_id: { type: 'string', required: false }, at",
    );
    expect((await load(optional))?.columns.find(({ name }) => name === 'customer_id')?.required).toBe(false);
  });

  it('may export one definition from two files', async () => {
    const again = `export * from './entities.ts';`;
    const definitions = await loadDefinitions(await folderOf({ 'entities.ts': ENTITIES, 'all.ts': again }));
    expect(definitions.entities).toHaveLength(1);
  });
});

describe('a definitions folder is refused', () => {
  it('when it is not there', async () => {
    await expect(loadDefinitions('/nowhere/at/all')).rejects.toThrow('/nowhere/at/all: there is no such folder');
  });

  it('with the file and line of a broken definition, once, though others import it', async () => {
    const message = await refusal({
      'entities.ts': ENTITIES.replace("'timestamp'", "'date'"),
      'aa-views.ts': VIEWS,
    });
    expect(message).toMatch(/^aa-views\.ts|^entities\.ts:5: source "orders": columns\.at: "date" is not a column/);
    expect(message.split('\n')).toHaveLength(1);
  });

  it('with every file that does not load', async () => {
    const message = await refusal({
      'a.ts': 'export const = 5;',
      'b.ts': `import { nothing } from './c.ts';`,
      'd.ts': 'throw new Error("out of order");',
    });
    expect(message).toContain('a.ts');
    expect(message).toContain('by relative path with their ending');
    expect(message).toMatch(/d\.ts:1: cannot be loaded: Error: out of order/);
  });

  it('for files that need each other in a circle', async () => {
    const message = await refusal({
      'a.ts': `import { entity } from '#headgate'; import { b } from './b.ts'; export const a = entity({ name: 'a', joinKeys: b.keys, owner: 'team' });`,
      'b.ts': `import { a } from './a.ts'; export const b = { keys: a.joinKeys };`,
    });
    expect(message).toContain('import each other in a circle');
  });

  it('for two definitions of one name', async () => {
    const other = ENTITIES.replaceAll("'team'", "'other'");
    const message = await refusal({ 'entities.ts': ENTITIES, 'more.ts': other });
    expect(message).toContain('more.ts: entity "customer": name: entities.ts defines another one of that name');
    expect(message).toContain('more.ts: source "orders"');
  });

  it.each([
    ['a view that is not there', ['sales:total'], 'features: there is no feature view named "sales"; known: spend'],
    [
      'a feature that is not there',
      ['spend:spend_9d'],
      'there is no feature of view "spend" named "spend_9d"; known: spend_7d, seen',
    ],
    ['a timestamp', ['spend:seen'], '"spend:seen" is a timestamp'],
  ])('for a model that uses %s', async (_why, features, says) => {
    const message = await refusal({ 'entities.ts': ENTITIES, 'views.ts': VIEWS, 'model.ts': modelOf(...features) });
    expect(message).toContain('model.ts: model "repeat": ');
    expect(message).toContain(says);
  });

  it('for a model of one entity over a view of another', async () => {
    const views = `${VIEWS}
import { entity } from '#headgate';
export const account = entity({ name: 'account', joinKeys: { account_id: 'string' }, owner: 'team' });
export const other = featureView({ ...shared, entity: account, keys: { account_id: 'customer_id' }, name: 'other', features: { spend_7d: sum('amount', { over: '7d' }) } });
`;
    const message = await refusal({
      'entities.ts': ENTITIES,
      'views.ts': views,
      'model.ts': modelOf('other:spend_7d'),
    });
    expect(message).toContain(
      'feature view "other" describes account by account_id (string), and the model predicts about customer, which has customer_id (string)',
    );
  });

  it('for a reference to something that no file exports', async () => {
    const message = await refusal({
      'entities.ts': ENTITIES.replace('export const orders', 'const orders'),
      'views.ts': VIEWS,
    });
    expect(message).toContain('views.ts');
  });

  it('for queries longer than Athena and the state machines take', async () => {
    const amounts = [...Array(300).keys()].map((i) => `amount_${i}`);
    const entities = ENTITIES.replace('gift:', `${amounts.map((name) => `${name}: 'float64', `).join('')}gift:`);
    const views = `${VIEWS}
import { column } from '#headgate';
const amounts = ${JSON.stringify(amounts)};
const each = (compute) => Object.fromEntries(amounts.map((name) => [name, compute(name)]));
export const wide = featureView({ ...shared, name: 'wide', features: each((name) => sum(name, { over: '7d' })) });
export const many = [...Array(10).keys()].map((i) =>
  featureView({ ...shared, name: 'many_' + i, features: each(() => column('amount')) }));
`;
    const refs = [...Array(10).keys()].flatMap((i) => amounts.map((name) => `many_${i}:${name}`));
    const message = await refusal({ 'entities.ts': entities, 'views.ts': views, 'model.ts': modelOf(...refs) });
    expect(message.split('\n')).toHaveLength(2);
    expect(message).toMatch(
      /views\.ts: feature view "wide": features: the query of feature view wide has \d+ bytes; at most 240000 are allowed/,
    );
    expect(message).toMatch(
      /model\.ts: model "repeat": features: the query of the training set of model repeat has \d+ bytes; at most 240000/,
    );
  });

  it('for a definition written by hand', async () => {
    const message = await refusal({ 'a.js': `export const a = { kind: 'entity', name: 'a', joinKeys: ['id'] };` });
    expect(message).toContain('a.js: entity "a": joinKeys');
  });
});

describe('serialized definitions are refused', () => {
  const empty = {
    entities: [],
    sources: [],
    featureViews: [],
    onDemandFeatureViews: [],
    featureServices: [],
    models: [],
  };

  it.each([
    ['something else', 5, 'definitions'],
    ['an unknown member', { ...empty, jobs: [] }, 'jobs'],
    ['a malformed member', { ...empty, entities: [{ kind: 'entity' }] }, 'entities.0.name'],
  ])('for %s', (_why, json, says) => {
    expect(() => parseDefinitions(json)).toThrow(says);
  });

  it('when they contradict each other', async () => {
    const loaded = await loadDefinitions(await folderOf({ 'entities.ts': ENTITIES, 'views.ts': VIEWS }));
    expect(() => parseDefinitions({ ...loaded, entities: [] })).toThrow(
      'there is no entity named "customer"; known: (none)',
    );
    const view = loaded.featureViews[0]!;
    const retyped = { ...view, features: view.features.map((feature) => ({ ...feature, type: 'boolean' as const })) };
    expect(() => parseDefinitions({ ...loaded, featureViews: [retyped] })).toThrow(
      '"boolean" is declared, and it computes a float64',
    );
  });
});
