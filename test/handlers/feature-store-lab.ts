import type { Context } from 'aws-lambda';
import type { ComputePlan } from '../../contracts/materialization-flow.ts';
import type { CheckedMaterialization } from '../../contracts/quality.ts';
import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import { type Definitions, resolveView } from '../../core/definitions/definitions.ts';
import { dayOf, sourceTable, tablePrefix, viewTable } from '../../core/offline/table-layout.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { registeredViewVersions } from '../../lambdas/adapters/system/registered-view-versions.ts';
import { makeCheckMaterialization } from '../../lambdas/handlers/materialization/check.ts';
import { makeCommitMaterialization } from '../../lambdas/handlers/materialization/commit.ts';
import { makePlanMaterialization } from '../../lambdas/handlers/materialization/plan.ts';
import { makeWriteOnline } from '../../lambdas/handlers/materialization/write-online.ts';
import { makePlanTraining } from '../../lambdas/handlers/training/plan.ts';
import { makeSealTrainingSet } from '../../lambdas/handlers/training/seal.ts';
import { abandonRun } from '../../lambdas/use-cases/tables/abandon-run.ts';
import { fixtureDefinitions } from '../infra/fixture-definitions.ts';
import { fixedClock } from '../memory/memory-clock-and-ids.ts';
import { memoryEventBus } from '../memory/memory-event-bus.ts';
import { memoryMetrics } from '../memory/memory-metrics.ts';
import { memoryModelRegistry } from '../memory/memory-model-registry.ts';
import { memoryObjectStore } from '../memory/memory-object-store.ts';
import { memoryOnlineStore } from '../memory/memory-online-store.ts';
import { memoryQualityLog } from '../memory/memory-quality-log.ts';
import { memoryReleaseStore } from '../memory/memory-release-store.ts';
import { memoryTableLog } from '../memory/memory-table-log.ts';
import { memoryVersionRegistry } from '../memory/memory-version-registry.ts';
import { AthenaLab, DATABASE, type LabColumn } from '../property/sql/athena-lab.ts';
import { AthenaOfObjects } from './athena-of-objects.ts';

export const OFFLINE = 'offline-bucket';
export const ARTIFACTS = 'artifact-bucket';
export const NOW = Date.parse('2026-03-01T12:00:00Z');

const TIMES: readonly LabColumn[] = [
  ...['event_time_ms', 'known_at_ms', 'loaded_at_ms', 'seq'].map((name) => ({ name, type: 'int64' as const })),
  { name: 'loaded_day', type: 'string' },
];

export interface Order {
  readonly customer: number;
  /** Days before 2026-03-01T00:00Z. */
  readonly daysAgo: number;
  readonly amount: number | null;
  readonly country: string | null;
}

/**
 * The flows' functions over adapters in memory, and a DuckDB that stands for Athena.
 *
 * @param around what every adapter is used through, for tests that make calls fail
 * @param duckdb one that several labs use in turn; by default one of its own
 */
export async function featureStoreLab(
  change: (definitions: Definitions) => Definitions = (same) => same,
  around: <Port extends object>(port: Port) => Port = (same) => same,
  duckdb: AthenaLab | null = null,
) {
  const definitions = change(fixtureDefinitions());
  const clock = fixedClock(NOW);
  const objects = around(memoryObjectStore());
  const tables = around(memoryTableLog(clock));
  const registry = memoryModelRegistry();
  const releases = memoryReleaseStore();
  const online = around(memoryOnlineStore());
  const lab = duckdb ?? (await AthenaLab.open());
  const athena = new AthenaOfObjects(lab, objects);
  const versionRegistry = around(memoryVersionRegistry());
  const deps = {
    definitions,
    versionRegistry,
    versions: registeredViewVersions({ definitions, registry: versionRegistry, clock, keepMs: 0 }),
    clock,
    objects,
    tables,
    qualityLog: around(memoryQualityLog()),
    events: around(memoryEventBus()),
    metrics: memoryMetrics(),
    registry,
    releases,
    online,
    parquet: hyparquetFiles,
    database: DATABASE,
    workgroup: 'headgate-test',
    offlineBucket: OFFLINE,
    artifactBucket: ARTIFACTS,
  };
  await registry.registerModel(
    {
      name: 'churn_1',
      endpointName: 'headgate-test-churn-1',
      executionRoleArn: 'arn:aws:iam::000000000000:role/headgate/test/models/churn-1',
      modelPackageGroup: 'headgate-test-churn-1',
      image: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0',
    },
    { action: 'model.registered', actor: 'tests', at: clock.now().toISOString(), detail: {} },
  );

  const context = {} as Context; // the handlers do not look at it
  const call = (handler: (event: unknown, context: Context) => unknown) => async (event: object) =>
    JSON.parse(JSON.stringify(await handler(JSON.parse(JSON.stringify(event)), context)));

  /** Loads orders as one run of the source's table, known when they happened. */
  async function ingest(orders: readonly Order[], runId: string): Promise<void> {
    const table = sourceTable('orders');
    const opened = await tables.open(table, runId, HOUR_MS, 'beside-others');
    if (opened.state !== 'open') throw new Error(`run ${runId} is committed`);
    const { loadedAtMs } = opened;
    const times = orders.map(({ daysAgo }) => Math.round(Date.parse('2026-03-01') - daysAgo * DAY_MS));
    const knownAt = times.map((time) => (opened.isFirst ? time : loadedAtMs));
    const body = hyparquetFiles.write([
      { name: 'customer_id', type: 'int64', values: orders.map(({ customer }) => customer) },
      { name: 'ordered_at', type: 'timestamp', values: times },
      { name: 'country', type: 'string', values: orders.map(({ country }) => country) },
      { name: 'amount', type: 'float64', values: orders.map(({ amount }) => amount) },
      { name: 'is_gift', type: 'boolean', values: orders.map(() => null) },
      { name: 'event_time_ms', type: 'int64', values: times },
      { name: 'known_at_ms', type: 'int64', values: knownAt },
      { name: 'loaded_at_ms', type: 'int64', values: orders.map(() => loadedAtMs) },
      { name: 'seq', type: 'int64', values: orders.map((_, i) => i + 1) },
    ]);
    const key = `${tablePrefix(table)}loaded_day=${dayOf(loadedAtMs)}/${runId}/0.parquet`;
    await objects.put({ bucket: OFFLINE, key }, body, 'application/octet-stream');
    const [oldestEventTimeMs, newestEventTimeMs] = [Math.min(...times), Math.max(...times)];
    const facts = { rows: orders.length, oldestEventTimeMs, newestEventTimeMs, materializedToMs: null, report: {} };
    await tables.commit(table, runId, facts);
  }

  /** Makes every table what its files say now. */
  async function refresh(): Promise<void> {
    for (const { name, columns } of definitions.sources) {
      await athena.load(
        sourceTable(name),
        [...columns, ...TIMES, { name: 'served_at_ms', type: 'int64' }],
        OFFLINE,
        tablePrefix(sourceTable(name)),
      );
    }
    const current = definitions.featureViews.map(({ name }) => resolveView(definitions, name));
    const kept = (await versionRegistry.kept()).map(({ resolved }) => resolved);
    for (const { view, entity, version } of [...current, ...kept]) {
      const table = viewTable(view.name, version);
      const columns = [...entity.joinKeys, ...view.features, ...TIMES];
      await athena.load(table, columns, OFFLINE, tablePrefix(table));
    }
  }

  return {
    ...deps,
    athena,
    ingest,
    refresh,
    plan: call(makePlanMaterialization(deps)),
    check: call(makeCheckMaterialization(deps)),
    commit: call(makeCommitMaterialization(deps)),
    writeOnline: call(makeWriteOnline(deps)),
    planTraining: call(makePlanTraining(deps)),
    seal: call(makeSealTrainingSet(deps)),
    close: () => lab.close(),
  };
}

export type FeatureStoreLab = Awaited<ReturnType<typeof featureStoreLab>>;

/** The `materialize` flow from its plan to its end. */
export async function materialize(lab: FeatureStoreLab, view: string, executionName: string, range: object = {}) {
  const plan = await lab.plan({ view, cause: 'test', executionName, ...range });
  if (plan.action === 'nothing') return { plan, checked: null, committed: null, written: null };
  await lab.refresh();
  if (plan.action === 'compute') await lab.athena.unload(plan.query);
  const checked = plan.action === 'compute' ? await checkRun(lab, plan) : null;
  if (checked?.allowed === false) return { plan, checked, committed: null, written: null };
  const quality = checked?.quality ?? null;
  const committed = plan.action === 'compute' ? await lab.commit({ plan, quality }) : null;
  await lab.refresh();
  const online = committed?.online ?? plan.online;
  if (online.action === 'nothing') return { plan, checked, committed, written: null };
  await lab.athena.unload(online.query);
  return { plan, checked, committed, written: await lab.writeOnline({ online, cursor: null }) };
}

/** The states between Compute and Commit; a refused run is given up as the flow does it. */
async function checkRun(lab: FeatureStoreLab, plan: ComputePlan): Promise<CheckedMaterialization | null> {
  if (plan.check.action === 'nothing') return null;
  await lab.refresh();
  await lab.athena.unload(plan.check.query);
  const checked: CheckedMaterialization = await lab.check({ plan });
  const { table, runId, prefixes } = plan;
  if (!checked.allowed) await abandonRun(lab, { table, runId, prefixes, reason: 'ExpectationsBrokenError' });
  if (checked.setAside.action === 'export') await lab.athena.unload(checked.setAside.query);
  return checked;
}
