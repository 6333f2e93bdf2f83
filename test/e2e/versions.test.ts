/** Definitions that change under a model that answers: planned, applied in place, trained on, and gone back from. */

import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ApplyResult } from '../../cli/apply/apply.ts';
import type { MaterializeResult } from '../../cli/verbs/materialize.ts';
import type { TrainResult } from '../../cli/verbs/train.ts';
import type { FeatureViewResponse } from '../../contracts/api/catalog.ts';
import type { DeployedDefinitionsResponse } from '../../contracts/api/versions.ts';
import type { ChangePlan } from '../../core/plan/plan-changes.ts';
import { type RunningRegion, startRegion } from '../../local/region.ts';
import { ROOT } from '../arch/source-files.ts';
import { ask, asked, started, watch } from './api.ts';
import { headgate, verb } from './command-line.ts';
import type { EntityAnswer } from './release-model.ts';
import { sharedAssembly } from './shared-assembly.ts';
import { csvOf, shopOrders, writeFiles } from './shop-orders.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 }); // machines differ

const CHANGED = ['--definitions', 'test/e2e/definitions-changed'];
const SAME = ['--definitions', 'test/e2e/definitions'];

const folder = temporaryFolder();
const orders = shopOrders();
const files = writeFiles(folder, { 'orders.csv': csvOf(orders) });
const customers = [...new Set(orders.map((order) => order.customer_id))].slice(0, 20);

let region: RunningRegion;
let url: string;
beforeAll(async () => {
  const stateDir = join(folder, 'state');
  region = await startRegion({ assemblyDir: await sharedAssembly(), stateDir, apiPort: 0, awsPort: 0, speed: 20 });
  url = region.apiUrl;
});
afterAll(async () => {
  await region?.stop();
  // what `apply` synthesized; `headgate up` removes it at its next start
  const own = `laptop-${createHash('sha256').update(join(folder, 'state')).digest('hex').slice(0, 12)}-`;
  const made = readdirSync(join(ROOT, 'cdk.out')).filter((name) => name.startsWith(own));
  for (const name of made) rmSync(join(ROOT, 'cdk.out', name), { recursive: true, force: true });
  expect(made).toHaveLength(1);
});

/** The answers' feature vectors as they came, byte for byte, and by which release. */
async function vectors(): Promise<{ readonly releaseIds: readonly string[]; readonly features: readonly string[] }> {
  const answers = await Promise.all(
    customers.map((customer_id) =>
      asked<EntityAnswer>(url, '/v1/models/returning/predictions', { entities: { customer_id } }),
    ),
  );
  return {
    releaseIds: [...new Set(answers.map(({ releaseId }) => releaseId))],
    features: answers.map(({ features }) => JSON.stringify(features)),
  };
}

async function versions(isCurrent: boolean): Promise<DeployedDefinitionsResponse['versions']> {
  const deployed = await asked<DeployedDefinitionsResponse>(url, '/v1/definitions');
  return deployed.versions.filter((version) => version.isCurrent === isCurrent);
}

let first: TrainResult;
let second: TrainResult;
let before: Awaited<ReturnType<typeof vectors>>;

it('plans nothing while the definitions are what is deployed', async () => {
  await verb(url, ['ingest', 'order_habit', files['orders.csv'], '--history']);
  const empty = await verb<ChangePlan>(url, ['plan', ...SAME]);
  expect(empty).toMatchObject({ changes: [], versions: [], problems: [] });
  expect(empty.backfills.map(({ view }) => view)).toEqual(['last_order', 'order_habit']);
  await verb<{ views: MaterializeResult[] }>(url, ['materialize']);
  expect((await verb<ChangePlan>(url, ['plan', ...SAME])).backfills).toEqual([]);
  first = await verb<TrainResult>(url, ['train', 'returning']);
  expect(first).toMatchObject({ passed: true, rollout: { outcome: 'promoted' } });
  before = await vectors();
  expect(before.releaseIds).toEqual([first.releaseId]);
});

it('plans a changed TTL and transform field by field, and names the release that depends on what was', async () => {
  const plan = await verb<ChangePlan>(url, ['plan', ...CHANGED]);
  expect(plan.changes.map(({ kind, name, action }) => [kind, name, action])).toEqual([
    ['featureView', 'last_order', 'changed'],
    ['featureView', 'order_habit', 'changed'],
  ]);
  expect(plan.changes.flatMap(({ fields }) => fields.map(({ path }) => path))).toEqual([
    'features.amount_cents.compute.sql',
    'features.spend_28d.compute.input',
    'ttlMs',
  ]);
  expect(
    plan.kept.map(({ view, neededBy }) => [view, neededBy.map(({ releaseId, role }) => [releaseId, role])]),
  ).toEqual(['last_order', 'order_habit'].map((view) => [view, [[first.releaseId, 'champion']]]));
  const { stdout } = await headgate(['plan', ...CHANGED, '--url', url]);
  expect(stdout).toContain('~ ttlMs: 28d → 14d');
});

it('applies them to the running region, computes what is new, and changes no answer', async () => {
  const applied = await verb<ApplyResult>(url, ['apply', ...CHANGED, '--yes']);
  expect(applied.deployed).toBe(true);
  expect(applied.materialized.map(({ view, action }) => [view, action])).toEqual([
    ['last_order', 'compute'],
    ['order_habit', 'compute'],
  ]);
  expect(await vectors()).toEqual(before);
  const again = await verb<ApplyResult>(url, ['apply', ...CHANGED, '--yes']);
  expect(again).toMatchObject({ deployed: false, materialized: [] });
});

it('trains on the new versions, judges the champion by its own, and promotes', async () => {
  second = await verb<TrainResult>(url, ['train', 'returning']);
  expect(second).toMatchObject({ passed: true, rollout: { outcome: 'promoted' } });
  expect(second.gates['regression(auc)']).toBe('pass');
  const after = await vectors();
  expect(after.releaseIds).toEqual([second.releaseId]);
  expect(after.features).not.toEqual(before.features);
});

it('goes back to the first release: the very same vectors, and nothing was computed for it', async () => {
  const old = await versions(false);
  expect(old.map(({ view, state, neededBy }) => [view, state, neededBy])).toEqual([
    ['last_order', 'live', [first.releaseId]],
    ['order_habit', 'live', [first.releaseId]],
  ]);
  const rollout = await watch(url, await started(url, '/v1/models/returning/rollouts', { releaseId: first.releaseId }));
  expect(rollout).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'promoted' } });
  expect(await vectors()).toEqual(before);
  const computed = ({ rows, materializedTo, onlineTo }: (typeof old)[number]) => [rows, materializedTo, onlineTo];
  expect((await versions(false)).map(computed)).toEqual(old.map(computed));
});

it('brings a pushed row to both versions of a view', async () => {
  const [customer] = customers;
  const read = async () => {
    const { versions: kept } = await asked<FeatureViewResponse>(url, '/v1/feature-views/last_order');
    const features = kept.map(({ version }) => `last_order@${version}:amount_cents`);
    const body = { features, entities: { customer_id: [customer] }, full_feature_names: true };
    const { results } = await asked<{ results: { values: unknown[] }[] }>(url, '/get-online-features', body);
    return results.slice(1).map(({ values }) => values[0]);
  };
  await asked(url, '/push', {
    push_source_name: 'orders',
    df: {
      order_id: ['P1'],
      customer_id: [customer],
      ordered_at: [new Date().toISOString()],
      amount: [12.5],
      channel: ['phone'],
    },
    to: 'online_and_offline',
  });
  expect(await read()).toEqual([12_500, 1_250]);
});

it('refuses definitions that would take a column from a version that answers', async () => {
  const { code, stdout } = await headgate([
    'plan',
    '--definitions',
    'test/e2e/definitions-without-channel',
    '--json',
    '--url',
    url,
  ]);
  expect(code).toBe(1);
  expect(stdout).toContain('column channel of source orders is gone');
  expect(await ask(url, '/health')).toMatchObject({ status: 200 });
});
