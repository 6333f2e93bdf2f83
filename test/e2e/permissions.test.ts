/** The laptop region enforces the template's policies: a role that lost one permission is denied exactly that call. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { TrainResult } from '../../cli/verbs/train.ts';
import type { PredictResponse } from '../../contracts/api/predictions.ts';
import { type RunningRegion, startRegion } from '../../local/region.ts';
import { type Answer, ask, asked, started, watch } from './api.ts';
import { assemblyWithout } from './assembly-without.ts';
import { verb } from './command-line.ts';
import type { EntityAnswer } from './release-model.ts';
import { sharedAssembly } from './shared-assembly.ts';
import { csvOf, shopOrders, writeFiles } from './shop-orders.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 }); // machines differ

const folder = temporaryFolder();
const stateDir = join(folder, 'state');
const PREDICTIONS = '/v1/models/returning/predictions';
const ASKED = { entities: { customer_id: 2 } };
const PUSHED = {
  push_source_name: 'last_order',
  df: { order_id: ['P1'], customer_id: [2], ordered_at: ['2026-01-01T00:00:00Z'], amount: [1], channel: [null] },
  to: 'online_and_offline',
};

let assemblyDir: string;
let prediction: EntityAnswer;
let region: RunningRegion | undefined;
const up = async (assembly: string): Promise<string> => {
  await region?.stop();
  region = await startRegion({ assemblyDir: assembly, stateDir, apiPort: 0, awsPort: 0, speed: 20 });
  return region.apiUrl;
};

beforeAll(async () => {
  assemblyDir = await sharedAssembly();
  const url = await up(assemblyDir);
  const files = writeFiles(folder, { 'orders.csv': csvOf(shopOrders()) });
  await verb(url, ['ingest', 'order_habit', files['orders.csv'], '--history']);
  await verb(url, ['materialize']);
  await verb<TrainResult>(url, ['train', 'returning']);
  prediction = await asked<EntityAnswer>(url, PREDICTIONS, ASKED);
});
afterAll(() => region?.stop());

/** Calls of the HTTP API that need the permission, and one beside it that does not. */
it.each([
  {
    role: 'FunctionsServingPredictAccessRole',
    lost: 'sagemaker:InvokeEndpoint',
    denied: (url: string) => ask(url, PREDICTIONS, ASKED),
    allowed: (url: string) =>
      ask(url, '/get-online-features', { feature_service: 'returning', entities: { customer_id: [2] } }),
  },
  {
    role: 'FunctionsServingPredictAccessRole',
    lost: 'dynamodb:PutItem', // no answer without its record
    denied: (url: string) => ask(url, PREDICTIONS, ASKED),
    allowed: (url: string) => ask(url, `/v1/predictions/${prediction.predictionId}`),
  },
  {
    role: 'FunctionsServingGetPredictionAccessRole',
    lost: 'dynamodb:Query',
    denied: (url: string) => ask(url, `/v1/predictions/${prediction.predictionId}`),
    allowed: (url: string) => answering(url),
  },
  {
    role: 'FunctionsIngestionPushAccessRole',
    lost: 'dynamodb:UpdateItem',
    denied: (url: string) => ask(url, '/push', PUSHED),
    allowed: (url: string) => answering(url),
  },
])('$role without $lost', async ({ role, lost, denied, allowed }) => {
  const url = await up(assemblyWithout(assemblyDir, folder, role, lost));
  const refused = await denied(url);
  expect(refused.status).toBeGreaterThanOrEqual(500);
  expect(JSON.stringify(refused.body)).not.toContain('arn:'); // what is wrong inside stays inside
  expect((await allowed(url)).status).toBe(200);
  expect(refusals()).toEqual([lost]);
});

it.each([
  { flow: 'Materialize', lost: 's3:PutObject', path: '/v1/feature-views/last_order/materializations' },
  { flow: 'Train', lost: 'sagemaker:CreateTrainingJob', path: '/v1/models/returning/trainings' },
])('the flow $flow without $lost', async ({ flow, lost, path }) => {
  const url = await up(assemblyWithout(assemblyDir, folder, `Flows${flow}AccessRole`, lost));
  const body = flow === 'Materialize' ? { from: '2020-01-01T00:00:00Z' } : {};
  const ended = await watch(url, await started(url, path, body));
  expect(ended).toMatchObject({ status: 'FAILED', error: { message: expect.stringContaining('AccessDenied') } });
  expect(ended.error?.message).toContain(lost);
  expect((await answering(url)).status).toBe(200);
});

it('and with every permission back, everything is answered again', async () => {
  const url = await up(assemblyDir);
  await asked(url, '/push', PUSHED);
  expect(await verb(url, ['materialize', 'last_order', '--from', '2020-01-01'])).toMatchObject({
    views: [{ action: 'compute' }],
  });
  expect((await answering(url)).status).toBe(200);
});

/** Actions that functions were refused since the last look, as their logs tell. */
const seen = new Map<string, number>();
function refusals(): readonly string[] {
  const logs = join(stateDir, 'logs');
  const fresh = readdirSync(logs).map((name) => {
    const text = readFileSync(join(logs, name), 'utf8');
    const from = seen.get(name) ?? 0;
    seen.set(name, text.length);
    return name.includes('Function') ? text.slice(from) : '';
  });
  const found = fresh.join('\n').matchAll(/not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)/g);
  return [...new Set([...found].map(([, action]) => action!))];
}

/** A prediction, once the endpoint is in service after the region's start. */
async function answering(url: string): Promise<Answer<PredictResponse>> {
  for (;;) {
    const answer = await ask<PredictResponse>(url, PREDICTIONS, ASKED);
    if (answer.status !== 503) return answer;
    await sleep(20);
  }
}
