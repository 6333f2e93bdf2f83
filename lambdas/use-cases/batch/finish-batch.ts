import type { BatchPredictionReport, FinishBatchRequest } from '../../../contracts/batch-prediction.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { SECOND_MS } from '../../../core/clock.ts';
import { trainingCostUsd } from '../../../core/cost/training-cost.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { reportKey } from '../catalog/model-reports.ts';
import { jobInstant } from '../training/job-instant.ts';
import type { BatchPartDeps } from './batch-part.ts';
import { inputPrefix, outputPrefix, partFactsKey, resultManifest, resultPrefix } from './batch-places.ts';
import type { ScoredPart } from './collect-batch.ts';

export interface FinishBatchDeps extends Omit<BatchPartDeps, 'objects' | 'parquet'> {
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'deleteAll'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly events: EventBus;
  readonly metrics: Metrics;
  readonly region: string;
}

/** Writes what was made and of what, tells of it, and deletes what only the run needed. */
export async function finishBatch(deps: FinishBatchDeps, ask: FinishBatchRequest): Promise<BatchPredictionReport> {
  const { scope } = ask;
  const report = await reportOf(deps, ask);
  const body = new TextEncoder().encode(canonicalJson(report));
  const bucket = deps.artifactBucket;
  await deps.objects.put(resultManifest(bucket, scope), body, 'application/json');
  // after the manifest, so that what is listed is there in full
  const key = reportKey('batch-report', scope.model, scope.startedAt, scope.batchId);
  await deps.objects.put({ bucket, key }, body, 'application/json');
  await Promise.all([
    deps.objects.deleteAll(bucket, inputPrefix(scope)),
    deps.objects.deleteAll(bucket, outputPrefix(scope)),
  ]);
  deps.metrics.put({
    dimensions: { Model: scope.model },
    dimensionSets: [['Model']],
    values: {
      BatchPredictions: report.scored,
      BatchRefusals: report.refused,
      BatchPublished: report.published?.written ?? 0,
    },
    unit: 'Count',
  });
  const { files, watermarks, ...data } = report;
  await deps.events.publish([
    { type: 'headgate.batch-prediction.finished', subject: scope.model, data, key: scope.batchId },
  ]);
  return report;
}

async function reportOf(deps: FinishBatchDeps, ask: FinishBatchRequest): Promise<BatchPredictionReport> {
  const { scope, join, published } = ask;
  const { artifact, model } = await deps.releases.manifest(scope.releaseId);
  const parts = await Promise.all(
    Array.from({ length: join.parts }, async (_, part) => {
      const key = partFactsKey(scope.batchId, part, 'scored');
      const bytes = await deps.objects.get({ bucket: deps.offlineBucket, key });
      return JSON.parse(new TextDecoder().decode(bytes)) as ScoredPart; // written by collectBatch alone
    }),
  );
  const total = (of: (part: ScoredPart) => number) => parts.reduce((sum, part) => sum + of(part), 0);
  const scored = total((part) => part.scored);
  return {
    schema: 'headgate.batch-prediction/v1',
    batchId: scope.batchId,
    model: scope.model,
    releaseId: scope.releaseId,
    asOf: new Date(scope.asOfMs).toISOString(),
    cause: scope.cause,
    actor: scope.actor,
    startedAt: scope.startedAt,
    at: deps.clock.now().toISOString(),
    uri: `s3://${deps.artifactBucket}/${resultPrefix(scope)}`,
    rows: join.rows,
    scored,
    refused: join.rows - scored,
    positive: model.serving.decisionThreshold === null ? null : total(({ positive }) => positive),
    meanScore: scored === 0 ? null : total(({ sum }) => sum) / scored,
    entities: { from: scope.entities === null ? 'views' : 'file', sha256: scope.entities?.sha256 ?? null },
    watermarks: scope.watermarks,
    artifactSha256: artifact.sha256,
    files: parts.map(({ file }) => ({ ...file })),
    published: scope.publishes ? { ...published } : null,
    job: jobOf(ask, deps.region),
  };
}

function jobOf({ job }: FinishBatchRequest, region: string): BatchPredictionReport['job'] {
  if (job === null) return null;
  const { InstanceType: instanceType, InstanceCount: instances } = job.TransformResources;
  const seconds = Math.max(
    0,
    (jobInstant(job.TransformEndTime).getTime() - jobInstant(job.TransformStartTime).getTime()) / SECOND_MS,
  );
  return { seconds, instanceType, instances, usd: trainingCostUsd(region, instanceType, seconds * instances) };
}
