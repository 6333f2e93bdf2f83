import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import { csvRowReader } from '../../lambdas/adapters/files/csv-row-reader.ts';
import { jsonLinesRowReader } from '../../lambdas/adapters/files/json-lines-row-reader.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { parquetRowReader } from '../../lambdas/adapters/files/parquet-row-reader.ts';
import { countingIds, fixedClock } from '../memory/memory-clock-and-ids.ts';
import { memoryEventBus } from '../memory/memory-event-bus.ts';
import { memoryMetrics } from '../memory/memory-metrics.ts';
import { memoryModelInvoker } from '../memory/memory-model-invoker.ts';
import { memoryModelRegistry } from '../memory/memory-model-registry.ts';
import { memoryObjectStore } from '../memory/memory-object-store.ts';
import { memoryOnlineStore } from '../memory/memory-online-store.ts';
import { memoryPredictionLedger } from '../memory/memory-prediction-ledger.ts';
import { memoryQualityLog } from '../memory/memory-quality-log.ts';
import { memoryReleaseStore } from '../memory/memory-release-store.ts';
import { memoryRetrainingLog } from '../memory/memory-retraining-log.ts';
import { memoryTableLog } from '../memory/memory-table-log.ts';
import { memoryTiming } from '../memory/memory-timing.ts';
import { memoryVersionRegistry } from '../memory/memory-version-registry.ts';
import { memoryViewVersions } from '../memory/memory-view-versions.ts';
import { memoryWorkflow } from '../memory/memory-workflow.ts';
import { newRollout } from '../new-rollout.ts';
import { churnRelease, shop } from './shop-definitions.ts';

/** Every dependency of the handlers, in memory, over the shop's definitions. */
export function platformInMemory() {
  const clock = fixedClock('2026-03-01T12:00:00.000Z');
  const registry = memoryModelRegistry();
  return {
    definitions: shop,
    versions: memoryViewVersions(shop),
    versionRegistry: memoryVersionRegistry(),
    qualityLog: memoryQualityLog(),
    rollbackReleases: 2,
    versionGraceHours: 24,
    clock,
    timing: memoryTiming(),
    ids: countingIds(),
    registry,
    log: memoryRetrainingLog(registry),
    region: 'us-east-1',
    releases: memoryReleaseStore(),
    online: memoryOnlineStore(registry.routeOf),
    ledger: memoryPredictionLedger(clock),
    metrics: memoryMetrics(),
    /** Scores the first input, a hundredth of it, as the shop's model would not. */
    invoker: memoryModelInvoker((row) => (row[0] ?? 0) / 100),
    objects: memoryObjectStore(),
    offlineBucket: 'offline',
    artifactBucket: 'artifact',
    tables: memoryTableLog(clock),
    events: memoryEventBus(),
    workflow: memoryWorkflow(),
    parquet: hyparquetFiles,
    readers: { csv: csvRowReader, jsonl: jsonLinesRowReader, parquet: parquetRowReader(hyparquetFiles) },
    pause: async () => {},
  };
}

export type PlatformInMemory = ReturnType<typeof platformInMemory>;

const event = { action: 'test', actor: 'test', at: '2026-03-01T12:00:00.000Z', detail: {} };

export async function registerChurn({ registry }: PlatformInMemory): Promise<void> {
  const hosting = { endpointName: 'headgate-dev-churn', executionRoleArn: 'r', modelPackageGroup: 'g', image: 'i' };
  await registry.registerModel({ name: 'churn', ...hosting }, event);
}

/** Registers a release that passed and makes it the champion. */
export async function promote(
  platform: PlatformInMemory,
  note = 1,
  change?: (manifest: ReleaseManifest) => ReleaseManifest,
): Promise<string> {
  const { registry, releases } = platform;
  const { manifest, releaseId } = churnRelease(note, change);
  const { uri } = await releases.put(manifest);
  await registry.addRelease(
    {
      releaseId,
      model: 'churn',
      createdAt: manifest.createdAt,
      passed: true,
      trainingSetId: manifest.trainingSet.trainingSetId,
      metrics: { auc: 0.8 },
      manifestUri: uri,
      featureViews: manifest.featureViews.map(({ view, version }) => ({ view: view.name, version })),
    },
    event,
  );
  const rolloutId = `rollout-${note}`;
  const { route } = await registry.model('churn');
  const begun = newRollout(rolloutId, {
    releaseId,
    previousReleaseId: route.champion?.releaseId ?? null,
    startedAt: event.at,
  });
  const { fence } = await registry.beginRollout(begun, event);
  const to = { ...route, champion: { releaseId, variant: 'champion' as const }, epoch: route.epoch + 1 };
  const next = {
    ...begun,
    phase: 'done' as const,
    outcome: 'promoted' as const,
    because: 'in service',
    endedAt: event.at,
  };
  await registry.changeRollout({ seen: begun, next, route: { from: route, to }, fence }, event);
  return releaseId;
}
