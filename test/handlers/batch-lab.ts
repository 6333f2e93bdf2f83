import type { Context } from 'aws-lambda';
import type { BatchJoin, BatchPredictionReport, BatchScope, EncodedBatch } from '../../contracts/batch-prediction.ts';
import { sha256Hex } from '../../core/canonical-json.ts';
import { HOUR_MS } from '../../core/clock.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import { type ReleaseManifest, releaseIdOf } from '../../core/release/release-manifest.ts';
import type { Route } from '../../core/release/route.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { makeAbandonBatch } from '../../lambdas/handlers/batch/abandon.ts';
import { makeCollectBatch } from '../../lambdas/handlers/batch/collect.ts';
import { makeEncodeBatch } from '../../lambdas/handlers/batch/encode.ts';
import { makeFinishBatch } from '../../lambdas/handlers/batch/finish.ts';
import { makeListBatches } from '../../lambdas/handlers/batch/list.ts';
import { makePlanBatch } from '../../lambdas/handlers/batch/plan.ts';
import { makePrepareBatch } from '../../lambdas/handlers/batch/prepare.ts';
import { makePublishBatch } from '../../lambdas/handlers/batch/publish.ts';
import { makeStartBatch } from '../../lambdas/handlers/batch/start.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makePredict } from '../../lambdas/handlers/serving/predict.ts';
import type { OnlineStore } from '../../lambdas/ports/online-store.ts';
import { countingIds } from '../memory/memory-clock-and-ids.ts';
import { memoryPredictionLedger } from '../memory/memory-prediction-ledger.ts';
import { memoryTiming } from '../memory/memory-timing.ts';
import { memoryWorkflow } from '../memory/memory-workflow.ts';
import { ARTIFACTS, materialize } from './feature-store-lab.ts';
import { call } from './http-event.ts';
import { churnRelease } from './shop-definitions.ts';
import { readers, trainingSetLab } from './training-set-lab.ts';

export const MODEL = 'churn_1';
export const MAX_AGE_MS = 25 * HOUR_MS;
const ARTIFACT = new TextEncoder().encode('the model');
const context = {} as Context; // the handlers do not look at it

type Change = (manifest: ReleaseManifest) => ReleaseManifest;
type Scored = readonly (number | null)[];

/** What stands for the model: every input has its say, and a missing one another. */
export const scoreOf = (row: Scored) =>
  Math.abs(Math.sin(row.reduce<number>((sum, value, i) => sum + (value === null ? 0.01 : value * (i + 1)), 0)));

/** A feature store with some customers, a champion that reads it, and the flow `batch-predict` over both. */
export async function batchLab({
  change = (same) => same,
  partRows,
  fileRows,
}: {
  change?: Change;
  partRows?: number;
  fileRows?: number;
} = {}) {
  const lab = await trainingSetLab();
  const { manifest } = churnRelease(1, (base) =>
    change({
      ...base,
      model: {
        ...lab.definitions.models[0]!,
        serving: {
          ...lab.definitions.models[0]!.serving,
          precomputed: { everyMs: 24 * HOUR_MS, maxAgeMs: MAX_AGE_MS },
        },
      },
      artifact: {
        ...base.artifact,
        uri: `s3://${ARTIFACTS}/model/${MODEL}/model.tar.gz`,
        sha256: sha256Hex(ARTIFACT),
      },
      featureViews: ['customer_spend', 'last_order'].map((name) => resolveView(lab.definitions, name)),
      onDemandFeatureViews: [],
      inputs: [
        { view: 'customer_spend', feature: 'spend_30d', type: 'float64', categories: null, defaultValue: null },
        { view: 'last_order', feature: 'country', type: 'string', categories: ['BE', 'FR'], defaultValue: null },
        { view: 'last_order', feature: 'ordered_at', type: 'timestamp', categories: null, defaultValue: null },
      ],
    }),
  );
  const releaseId = releaseIdOf(manifest);
  await lab.releases.put(manifest);
  await lab.objects.put({ bucket: ARTIFACTS, key: `model/${MODEL}/model.tar.gz` }, ARTIFACT, 'application/gzip');
  let route: Route = {
    model: MODEL,
    endpointName: 'headgate-test-churn-1',
    champion: { releaseId, variant: 'champion' },
    challenger: null,
    shadow: null,
    epoch: 1,
  };
  const registry = { ...lab.registry, model: async (name: string) => ({ ...(await lab.registry.model(name)), route }) };
  const online: OnlineStore = {
    ...lab.online,
    async read(keys, models) {
      const { items } = await lab.online.read(keys, []);
      return { items, routes: models.map((model) => (model === MODEL ? route : null)) };
    },
  };
  const asked: Scored[] = [];
  const invoker = {
    async score(_endpoint: string, _variant: string, rows: readonly Scored[]) {
      asked.push(...rows);
      return rows.map(scoreOf);
    },
  };
  const workflow = memoryWorkflow();
  const deps = {
    ...lab,
    registry,
    online,
    invoker,
    workflow,
    readers,
    ledger: memoryPredictionLedger(lab.clock),
    timing: memoryTiming(),
    ids: countingIds(),
    region: 'us-east-1',
    ...(partRows !== undefined && { partRows }),
    ...(fileRows !== undefined && { fileRows }),
  };
  const json = (value: unknown) => JSON.parse(JSON.stringify(value));
  const step = async (handler: (event: unknown, context: Context) => unknown, event: object) =>
    json(await handler(json(event), context));
  let executions = 0;

  /** Everything that the flow does before the transform job. */
  async function encode(ask: object = {}) {
    const task = { model: MODEL, cause: 'test', actor: 'someone', executionName: `execution-${++executions}`, ...ask };
    const planned = await step(makePlanBatch(deps), task);
    if (planned.action === 'nothing') return planned;
    await lab.refresh();
    if (planned.action === 'find') await lab.athena.unload(planned.query);
    const { scope } = planned as { readonly scope: BatchScope };
    const join = await step(makePrepareBatch(deps), { scope });
    if (join.action === 'nothing') return join;
    await lab.loadEntityRows();
    await lab.athena.unload((join as BatchJoin).query);
    const encoded: EncodedBatch = await step(makeEncodeBatch(deps), { scope, join, cursor: 0 });
    return { action: 'encoded', scope, join, encoded };
  }

  /** What SageMaker would do with the job. */
  async function transform({ transform }: NonNullable<EncodedBatch['job']>): Promise<void> {
    const { TransformInput, TransformOutput } = transform as {
      readonly TransformInput: { readonly DataSource: { readonly S3DataSource: { readonly S3Uri: string } } };
      readonly TransformOutput: { readonly S3OutputPath: string };
    };
    const [from, to] = [TransformInput.DataSource.S3DataSource.S3Uri, TransformOutput.S3OutputPath].map((uri) =>
      uri.slice(`s3://${ARTIFACTS}/`.length),
    );
    for (const { key } of await lab.objects.list(ARTIFACTS, from!)) {
      const text = new TextDecoder().decode(await lab.objects.get({ bucket: ARTIFACTS, key }));
      const rows = text
        .trim()
        .split('\n')
        .map((line) => line.split(',').map((cell) => (cell === 'nan' ? null : Number(cell))));
      const scores = rows.map((row) => `${scoreOf(row)}\n`).join('');
      const output = { bucket: ARTIFACTS, key: `${to}${key.slice(from!.length)}.out` };
      await lab.objects.put(output, new TextEncoder().encode(scores), 'text/csv');
    }
  }

  /** The flow from its plan to its end. */
  async function predictAll(ask: object = {}): Promise<BatchPredictionReport> {
    const found = await encode(ask);
    if (found.action !== 'encoded') throw new Error(found.because);
    const { scope, join, encoded } = found as {
      readonly scope: BatchScope;
      readonly join: BatchJoin;
      readonly encoded: EncodedBatch;
    };
    if (encoded.job !== null) await transform(encoded.job);
    const parts = { scope, join, cursor: 0 };
    await step(makeCollectBatch(deps), parts);
    const published = scope.publishes ? await step(makePublishBatch(deps), parts) : { written: 0, stale: 0 };
    const job = encoded.job && {
      TransformStartTime: '2026-03-01T12:00:00Z',
      TransformEndTime: '2026-03-01T12:01:30Z',
      TransformResources: encoded.job.transform['TransformResources'],
    };
    const { written, stale } = published;
    return step(makeFinishBatch(deps), { scope, join, job, published: { written, stale } });
  }

  /** Every row of the results. */
  async function rowsOf(report: BatchPredictionReport): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const rows: Record<string, unknown>[] = [];
    for (const { name } of report.files) {
      const key = `batch-prediction/${MODEL}/${report.batchId}/${name}`;
      const file = await hyparquetFiles.open(await lab.objects.get({ bucket: ARTIFACTS, key }));
      for await (const { rows: count, columns } of file.batches()) {
        for (let i = 0; i < count; i++) {
          rows.push(Object.fromEntries(Object.entries(columns).map(([column, values]) => [column, values[i]])));
        }
      }
    }
    return rows;
  }

  const http = {
    predict: makePredict(deps, silentLog),
    start: makeStartBatch(deps, silentLog),
    list: makeListBatches(deps, silentLog),
  };
  const path = { path: { model: MODEL } };
  const batches = '/v1/models/{model}/batch-predictions';
  return {
    ...lab,
    asked,
    workflow,
    releaseId,
    encode,
    transform,
    predictAll,
    rowsOf,
    abandon: (scope: object) => step(makeAbandonBatch(deps), { scope }),
    collect: (parts: object) => step(makeCollectBatch(deps), parts),
    publish: (parts: object) => step(makePublishBatch(deps), parts),
    move(change: Partial<Route>) {
      route = { ...route, ...change, epoch: route.epoch + 1 };
    },
    /** Brings some customers' orders into both stores. */
    async give(customers: readonly number[]) {
      await lab.ingest(
        customers.flatMap((customer) => [
          { customer, daysAgo: 40, amount: 5, country: 'FR' },
          {
            customer,
            daysAgo: 3,
            amount: customer % 4 === 3 ? null : 10.25 * customer,
            country: customer === 3 ? null : 'BE',
          },
        ]),
        'run-1',
      );
      for (const view of ['customer_spend', 'last_order']) await materialize(lab, view, `first-${view}`);
    },
    ask: (customer: number) =>
      call(http.predict, 'POST /v1/models/{model}/predictions', { entities: { customer_id: customer } }, path),
    start: (body: object) => call(http.start, `POST ${batches}`, body, path),
    list: () => call(http.list, `GET ${batches}`, undefined, path),
  };
}

export type BatchLab = Awaited<ReturnType<typeof batchLab>>;
