/** The loop as a user runs it: files in, features, a model through its gates, predictions, the truth, and once more. */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { IngestResult } from '../../cli/verbs/ingest.ts';
import type { MaterializeResult } from '../../cli/verbs/materialize.ts';
import type { OutcomesResult } from '../../cli/verbs/outcomes.ts';
import type { TrainResult } from '../../cli/verbs/train.ts';
import type { ModelResponse, ReleaseListResponse } from '../../contracts/api/catalog.ts';
import type { EvidenceResponse } from '../../contracts/api/evidence.ts';
import type { GetOnlineFeaturesResponse, PushResponse } from '../../contracts/api/feast.ts';
import type { IngestionReport } from '../../contracts/api/ingestions.ts';
import { firstBrokenRecord } from '../../core/audit/audit-record.ts';
import { DAY_MS } from '../../core/clock.ts';
import { type RunningRegion, startRegion } from '../../local/region.ts';
import { ask, asked } from './api.ts';
import { auditChain } from './audit-chain.ts';
import { headgate, verb } from './command-line.ts';
import { type EntityAnswer, scorerOf } from './release-model.ts';
import { sharedAssembly } from './shared-assembly.ts';
import { agedBetween, csvOf, jsonLinesOf, parquetOf, shopOrders, writeFiles } from './shop-orders.ts';
import { steadyPredictions } from './steady-predictions.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 }); // machines differ

type Ingested = Omit<IngestResult, 'report'> & IngestionReport;

const folder = temporaryFolder();
const orders = shopOrders();
const [older, newer, newest] = [agedBetween(orders, 99, 12), agedBetween(orders, 12, 4), agedBetween(orders, 4, -1)];
const files = writeFiles(folder, {
  'older.csv': csvOf(older, [
    'A1,,2026-01-01T00:00:00Z,3,web',
    'A2,7,yesterday,3,web',
    'A3,7,2026-01-01T00:00:00Z,,web',
  ]),
  'newer.jsonl': jsonLinesOf(newer, ['{"order_id":"B1"', '{"order_id":"B2","customer_id":"seven","amount":1}']),
  'newest.parquet': parquetOf(newest, 2),
});
const loyal = newest.at(-1)!.customer_id; // whoever ordered last is known to both views

let region: RunningRegion;
let url: string;
beforeAll(async () => {
  const stateDir = join(folder, 'state');
  region = await startRegion({ assemblyDir: await sharedAssembly(), stateDir, apiPort: 0, awsPort: 0, speed: 20 });
  url = region.apiUrl;
});
afterAll(() => region?.stop());

const predict = (customer: number) => verb<EntityAnswer>(url, ['predict', 'returning', `customer_id=${customer}`]);

describe('before a model is promoted', () => {
  it('loads CSV and JSON lines, and keeps bad rows apart with their reasons', async () => {
    const csv = await verb<Ingested>(url, ['ingest', 'order_habit', files['older.csv'], '--history']);
    expect(csv).toMatchObject({ wasLoadedBefore: false, rowsRead: older.length + 3, rowsWritten: older.length });
    expect(csv.reasons).toEqual({
      'customer_id: required, but missing': 1,
      'ordered_at: not an ISO 8601 instant or epoch milliseconds': 1,
      'amount: required, but missing': 1,
    });
    const json = await verb<Ingested>(url, ['ingest', 'last_order', files['newer.jsonl'], '--history']);
    expect(json).toMatchObject({ rowsWritten: newer.length, rowsQuarantined: 2 });
  });

  it('changes nothing when a file comes again', async () => {
    const again = await verb<Ingested>(url, ['ingest', 'order_habit', files['older.csv'], '--history']);
    expect(again).toMatchObject({ wasLoadedBefore: true, rowsWritten: older.length });
    const { featureViews } = await verb<{ featureViews: { source: { rows: number } }[] }>(url, ['status']);
    expect(featureViews.map(({ source }) => source.rows)).toEqual([
      older.length + newer.length,
      older.length + newer.length,
    ]);
  });

  it('refuses predictions, and says why', async () => {
    const { code, stdout } = await headgate(['predict', 'returning', 'customer_id=1', '--json', '--url', url]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { message: expect.stringContaining('no promoted release') } });
  });

  it('materializes every view, and then has nothing to do', async () => {
    const { views } = await verb<{ views: MaterializeResult[] }>(url, ['materialize']);
    expect(views.map(({ view, action }) => [view, action])).toEqual([
      ['last_order', 'compute'],
      ['order_habit', 'compute'],
    ]);
    const customers = new Set([...older, ...newer].map((order) => order.customer_id));
    expect(views[0]).toMatchObject({ rows: older.length + newer.length, written: customers.size });
    const again = await verb<{ views: MaterializeResult[] }>(url, ['materialize']);
    expect(again.views.map(({ action }) => action)).toEqual(['nothing', 'nothing']);
  });
});

describe('the first release', () => {
  let first: TrainResult;
  let answer: EntityAnswer;

  it('passes its gates and is promoted', async () => {
    first = await verb<TrainResult>(url, ['train', 'returning']);
    expect(first).toMatchObject({ passed: true, rollout: { outcome: 'promoted' } });
    expect(first.gates).toEqual({ data_quality: 'pass', 'metric(auc)': 'pass', 'regression(auc)': 'pass' });
    const status = await verb<ModelResponse>(url, ['status', 'returning']);
    expect(status.route?.champion).toEqual({ releaseId: first.releaseId, variant: 'champion' });
    expect(status.newestRollout).toMatchObject({ rolloutId: first.rolloutId, outcome: 'promoted' });
  });

  it('answers with the score of its own model, and keeps the evidence', async () => {
    answer = await predict(loyal);
    expect(answer).toMatchObject({ model: 'returning', releaseId: first.releaseId, arm: 'champion' });
    const score = await scorerOf(region, first.releaseId);
    expect(answer.prediction.score).toBeCloseTo(score(answer.features), 6);
    const evidence = await asked<EvidenceResponse>(url, `/v1/predictions/${answer.predictionId}`);
    const { predictionId, releaseId, prediction, features } = answer;
    expect(evidence).toMatchObject({ predictionId, releaseId, prediction, features, entities: { customer_id: loyal } });
    expect(evidence.outcomes).toEqual([]);
  });

  it('answers for a customer nobody has heard of, and says that nothing was found', async () => {
    const unknown = await predict(999_999);
    expect(new Set(Object.values(unknown.features).map(({ status }) => status))).toEqual(new Set(['NOT_FOUND']));
  });

  it('takes the truth about a prediction once, corrects it, and names predictions it does not know', async () => {
    const send = (value: boolean, predictionId = answer.predictionId) => {
      const line = JSON.stringify({ predictionId, value, occurredAt: '2026-06-01T00:00:00Z' });
      return verb<OutcomesResult>(url, ['outcomes', 'returning', '-'], { input: `${line}\n` });
    };
    expect((await send(true)).counts).toEqual({ recorded: 1 });
    expect((await send(true)).counts).toEqual({ duplicate: 1 });
    expect((await send(false)).counts).toEqual({ corrected: 1 });
    const nobody = randomUUID();
    expect(await send(true, nobody)).toEqual({ counts: { 'unknown-prediction': 1 }, unknownPredictions: [nobody] });
    const { outcomes } = await asked<EvidenceResponse>(url, `/v1/predictions/${answer.predictionId}`);
    expect(outcomes.map(({ value }) => value)).toEqual([true, false]);
  });

  it('serves a pushed row at once, and never an older one over it', async () => {
    const push = (orderedAt: string, amount: number) =>
      asked<PushResponse>(url, '/push', {
        push_source_name: 'last_order',
        df: { order_id: ['P1'], customer_id: [loyal], ordered_at: [orderedAt], amount: [amount], channel: ['phone'] },
        to: 'online_and_offline',
      });
    const now = Date.now();
    expect(await push(new Date(now).toISOString(), 12.34)).toMatchObject({
      accepted: 1,
      online: { written: 1, stale: 0 },
    });
    const late = await push(new Date(now - DAY_MS).toISOString(), 99);
    expect(late).toMatchObject({ accepted: 1, online: { written: 0, stale: 1 } });
    const online = await asked<GetOnlineFeaturesResponse>(url, '/get-online-features', {
      features: ['last_order:amount_cents', 'last_order:channel'],
      entities: { customer_id: [loyal, 999_999] },
    });
    expect(online.metadata.feature_names).toEqual(['customer_id', 'amount_cents', 'channel']);
    expect(online.results.slice(1).map(({ values, statuses }) => [values, statuses])).toEqual([
      [
        [1234, null],
        ['PRESENT', 'NOT_FOUND'],
      ],
      [
        ['phone', null],
        ['PRESENT', 'NOT_FOUND'],
      ],
    ]);
  });
});

describe('a second release, while predictions are asked for all the time', () => {
  it('replaces the first without one wrong or missing answer', async () => {
    const before = await verb<ModelResponse>(url, ['status', 'returning']);
    const oldId = before.route!.champion!.releaseId;
    const steady = steadyPredictions(url, 'returning', 200);
    const parquet = await verb<Ingested>(url, ['ingest', 'order_habit', files['newest.parquet'], '--history']);
    expect(parquet).toMatchObject({ rowsWritten: newest.length - 2, rowsQuarantined: 2 });
    const week = new Date(Date.now() - 7 * DAY_MS).toISOString();
    await verb(url, ['materialize', 'order_habit', '--from', week]);
    const second = await verb<TrainResult>(url, ['train', 'returning']);
    expect(second).toMatchObject({ passed: true, rollout: { outcome: 'promoted' } });
    expect(second.gates['regression(auc)']).toBe('pass');
    const clients = await steady.stop();

    const answers = clients.flat();
    expect(answers.length).toBeGreaterThan(100);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const score = new Map([
      [oldId, await scorerOf(region, oldId)],
      [second.releaseId, await scorerOf(region, second.releaseId)],
    ]);
    expect(new Set(answers.map(({ body }) => body.releaseId))).toEqual(new Set(score.keys()));
    const wrong = answers.filter(
      ({ body }) => Math.abs(score.get(body.releaseId)!(body.features) - body.prediction.score) > 1e-6,
    );
    expect(wrong).toEqual([]);
    // the two models differ, so that answering with the other one would have been seen
    const { features } = answers[0]!.body;
    expect(Math.abs(score.get(oldId)!(features) - score.get(second.releaseId)!(features))).toBeGreaterThan(1e-4);
    for (const client of clients) {
      const firstNew = client.findIndex(({ body }) => body.releaseId === second.releaseId);
      expect(client.slice(firstNew).every(({ body }) => body.releaseId === second.releaseId)).toBe(true);
    }

    const { releases } = await verb<ReleaseListResponse>(url, ['releases', 'returning']);
    expect(releases.map(({ releaseId }) => releaseId)).toEqual([second.releaseId, oldId]);
    const manifest = await asked<{ manifest: { evaluation: unknown } }>(url, `/v1/releases/${second.releaseId}`);
    expect(manifest.manifest.evaluation).toMatchObject({ champion: { releaseId: oldId } });
  });

  it('is recorded, with everything before it, in a chain without a break', async () => {
    const records = await auditChain(url, 'returning', 5);
    expect(firstBrokenRecord(records)).toBeNull();
    const actions = records.map(({ action }) => action);
    expect(actions.filter((action) => action === 'release.registered')).toHaveLength(2);
    expect(actions.filter((action) => action === 'rollout.promoted')).toHaveLength(2);
    const forged = records.map((record) => (record.position === 3 ? { ...record, actor: 'nobody' } : record));
    expect(firstBrokenRecord(forged)?.position).toBe(3);
  });
});

it('keeps the answers of the API to its contract when asked for what is not there', async () => {
  expect(await ask(url, `/v1/predictions/${randomUUID()}`)).toMatchObject({ status: 404 });
  expect(await ask(url, '/v1/models/nobody/predictions', { entities: { customer_id: 1 } })).toMatchObject({
    status: 404,
  });
});
