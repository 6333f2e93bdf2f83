import type { Context } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import type { SkewReport } from '../../contracts/skew-audit.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import { rowFromStore } from '../../core/serving/model-row.ts';
import { packRow } from '../../core/serving/packed-row.ts';
import { planServing } from '../../core/serving/serving-plan.ts';
import { makeJudgeSkew } from '../../lambdas/handlers/skew/judge.ts';
import { makePlanSkewAudit } from '../../lambdas/handlers/skew/plan.ts';
import { makePrepareSkewJoin } from '../../lambdas/handlers/skew/prepare.ts';
import type { LabColumn } from '../property/sql/athena-lab.ts';
import { materialize, NOW } from './feature-store-lab.ts';
import { churnRelease } from './shop-definitions.ts';
import { trainingSetLab } from './training-set-lab.ts';

const RATIO = 'customer_spend__spend_30d / coalesce(basket, 1)';
const PREDICTION_COLUMNS: readonly LabColumn[] = [
  ...['prediction_id', 'model', 'release_id', 'entities', 'context', 'features', 'dt'].map((name) => ({
    name,
    type: 'string' as const,
  })),
  { name: 'score', type: 'float64' },
  ...['features_read_at_ms', 'requested_at_ms', 'answered_at_ms'].map((name) => ({ name, type: 'int64' as const })),
];

type Lab = Awaited<ReturnType<typeof trainingSetLab>>;
let lab: Lab;
afterEach(() => lab.close());

/** A feature store with some orders brought online, a release that reads it, and predictions that it answered. */
async function answered() {
  lab = await trainingSetLab();
  await lab.ingest(
    [1, 2, 3, 4].flatMap((customer) => [
      { customer, daysAgo: 40, amount: 5, country: 'FR' },
      { customer, daysAgo: 3, amount: 10.25 * customer, country: customer === 3 ? null : 'BE' },
    ]),
    'run-1',
  );
  for (const view of ['customer_spend', 'last_order']) await materialize(lab, view, `first-${view}`);
  const { manifest } = churnRelease(1, (base) => ({
    ...base,
    model: lab.definitions.models[0]!,
    featureViews: ['customer_spend', 'last_order'].map((name) => resolveView(lab.definitions, name)),
    onDemandFeatureViews: [
      {
        kind: 'onDemandFeatureView',
        name: 'basket_share',
        request: [{ name: 'basket', type: 'float64' }],
        features: [{ name: 'ratio', type: 'float64', sql: RATIO, description: '' }],
        description: '',
        owner: 'tests',
      },
    ],
    inputs: [
      { view: 'customer_spend', feature: 'spend_30d', type: 'float64', categories: null, defaultValue: null },
      { view: 'last_order', feature: 'country', type: 'string', categories: ['BE', 'FR'], defaultValue: null },
      { view: 'basket_share', feature: 'ratio', type: 'float64', categories: null, defaultValue: null },
    ],
  }));
  const { releaseId } = await lab.releases.put(manifest);
  const plan = planServing(releaseId, manifest);
  const rows: Record<string, unknown>[] = [];

  /** Serves a customer as the prediction path does, from what is read at `atMs`, and logs it. */
  const predict = async (customer: number, atMs: number, { basket = 2, answeredMs = atMs } = {}) => {
    const keys = plan.views.map(({ entity, view, version }) => ({ entity, key: [customer], view, version }));
    const { items } = await lab.online.read(keys, []);
    const { features } = rowFromStore(plan, items, atMs, { context: { basket }, requestTimeMs: answeredMs });
    rows.push({
      prediction_id: `0000-${rows.length}`,
      model: 'churn_1',
      release_id: releaseId,
      entities: JSON.stringify({ customer_id: customer }),
      context: JSON.stringify({ basket }),
      features: JSON.stringify(features),
      dt: new Date(answeredMs).toISOString().slice(0, 10),
      score: 0.5,
      features_read_at_ms: atMs,
      requested_at_ms: answeredMs,
      answered_at_ms: answeredMs + 30,
    });
  };
  const champion = { releaseId, variant: 'champion' as const };
  const route = { model: 'churn_1', endpointName: 'e', champion, challenger: null, shadow: null, epoch: 1 };
  const registry = { model: async (name: string) => ({ ...(await lab.registry.model(name)), route }) };
  const deps = { ...lab, registry };
  const context = {} as Context; // the handlers do not look at it
  const json = (value: unknown) => JSON.parse(JSON.stringify(value));

  /** The flow `skew-audit` from its plan to its end. */
  const audit = async (): Promise<SkewReport & { readonly because: string; readonly action?: string }> => {
    await lab.athena.lab.table('prediction', PREDICTION_COLUMNS, rows as never);
    const ask = { model: 'churn_1', cause: 'test', executionName: `audit-${rows.length}` };
    const planned = json(await makePlanSkewAudit(deps)(ask, context));
    if (planned.action === 'nothing') return planned;
    await lab.athena.unload(planned.query);
    const prepared = json(await makePrepareSkewJoin(deps)({ scope: planned.scope }, context));
    if (prepared.action === 'nothing') return prepared;
    await lab.refresh();
    await lab.loadEntityRows();
    await lab.athena.unload(prepared.query);
    return json(await makeJudgeSkew(deps)({ scope: planned.scope }, context));
  };
  return { audit, predict, plan };
}

describe('a skew audit', () => {
  it('finds every served value, stored and computed with the request, to be what could have been known', async () => {
    const { audit, predict } = await answered();
    for (const customer of [1, 2, 3, 4, 99]) await predict(customer, NOW - MINUTE_MS);
    const report = await audit();
    expect(report).toMatchObject({ outcome: 'pass', vectors: 5, mismatchedVectors: 0, mismatches: [] });
    expect(report.features.map(({ ref, exact }) => [ref, exact])).toEqual([
      ['customer_spend:spend_30d', 5],
      ['last_order:country', 5],
      ['basket_share:ratio', 5],
    ]);
    expect(lab.events.published).toEqual([]);
  });

  it('names prediction, entity and feature when an online item was changed behind the platform', async () => {
    const { audit, predict, plan } = await answered();
    const view = plan.views.find((one) => one.view === 'customer_spend')!;
    await predict(1, NOW - MINUTE_MS);
    await lab.online.write([
      {
        entity: 'customer',
        key: [2],
        view: view.view,
        version: view.version,
        values: packRow(view.columns, [999]),
        eventTimeMs: NOW - MINUTE_MS,
        knownAtMs: NOW - MINUTE_MS,
        expiresAtMs: null,
      },
    ]);
    await predict(2, NOW - MINUTE_MS);
    const report = await audit();
    expect(report).toMatchObject({ outcome: 'fail', vectors: 2, mismatchedVectors: 1 });
    expect(report.because).toContain('customer_spend:spend_30d (1), basket_share:ratio (1)');
    expect(report.mismatches).toEqual([
      expect.objectContaining({
        entities: { customer_id: 2 },
        ref: 'customer_spend:spend_30d',
        served: 999,
        rebuilt: 20.5,
      }),
      expect.objectContaining({ ref: 'basket_share:ratio', served: 499.5, rebuilt: 10.25 }),
    ]);
    expect(lab.events.published).toEqual([
      expect.objectContaining({ type: 'headgate.skew.found', subject: 'churn_1' }),
    ]);
  });

  it('rebuilds features that were used again as of when they were read', async () => {
    const { audit, predict } = await answered();
    const readMs = NOW - MINUTE_MS;
    await predict(1, readMs, { answeredMs: NOW + 90 * MINUTE_MS });
    lab.clock.advance(HOUR_MS);
    await lab.ingest([{ customer: 1, daysAgo: 0, amount: 7, country: 'NL' }], 'run-2');
    for (const view of ['customer_spend', 'last_order']) await materialize(lab, view, `second-${view}`);
    lab.clock.advance(HOUR_MS);
    const report = await audit();
    expect(report).toMatchObject({ outcome: 'pass', vectors: 1, mismatchedVectors: 0 });
    expect(report.features.map(({ exact }) => exact)).toEqual([1, 1, 1]);
  });

  it('leaves predictions alone that the offline store is not complete for', async () => {
    const { audit, predict } = await answered();
    lab.clock.advance(HOUR_MS);
    await predict(1, NOW + 30 * MINUTE_MS);
    expect(await audit()).toMatchObject({ outcome: 'pass', vectors: 1 });
    await lab.ingest([{ customer: 1, daysAgo: 0, amount: 1, country: 'NL' }], 'run-2'); // not materialized yet
    await predict(2, NOW + 31 * MINUTE_MS);
    expect(await audit()).toMatchObject({ action: 'nothing' });
  });

  it('says so when there is nothing to look at', async () => {
    const { audit } = await answered();
    expect((await audit()).because).toContain('answered no prediction');
  });
});
