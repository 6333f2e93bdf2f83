import type { SkewReport, SkewStepRequest } from '../../../contracts/skew-audit.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { checkContext } from '../../../core/serving/request-context.ts';
import { planServing, requestFields } from '../../../core/serving/serving-plan.ts';
import { auditInstants, INSTANTS_PER_PREDICTION } from '../../../core/skew/audit-instants.ts';
import { type AuditedVector, compareVectors, type VectorComparison } from '../../../core/skew/compare-vectors.ts';
import { rebuildVector, storedFeatures } from '../../../core/skew/rebuild-vector.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { RowsBelowDeps } from '../tables/rows-below.ts';
import { joinedFeatures } from '../training-sets/seal-part.ts';
import { sampledPredictions } from './sampled-predictions.ts';
import { skewReportKey } from './skew-reports.ts';

export interface JudgeSkewDeps extends RowsBelowDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'list' | 'put'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly artifactBucket: string;
  readonly events: EventBus;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/**
 * Compares what predictions were served with what the offline store says they should have been, keeps the report, and
 * tells of it: a number per feature for alarms, and an event when a value is none that could have been known.
 */
export async function judgeSkew(deps: JudgeSkewDeps, { scope }: SkewStepRequest): Promise<SkewReport> {
  const sample = await sampledPredictions(deps, scope);
  const manifest = await deps.releases.manifest(scope.releaseId);
  const plan = planServing(scope.releaseId, manifest);
  const stored = storedFeatures(manifest, plan);
  const ids = Array.from({ length: sample.length * INSTANTS_PER_PREDICTION }, (_, i) => i);
  const columns = await joinedFeatures(deps, scope.auditId, stored, 0, ids); // a sample is one part
  const placeOf = new Map(stored.features.map(({ column }, i) => [column, i]));
  const vectors = sample.map((prediction, p): AuditedVector => {
    const request = {
      context: checkContext(requestFields(plan), prediction.context),
      requestTimeMs: prediction.requestedAtMs,
    };
    const rebuilt = auditInstants(prediction).map((instant, i) => {
      const row = p * INSTANTS_PER_PREDICTION + i;
      const value = (column: string) => columns[placeOf.get(column) ?? -1]?.[row] ?? null;
      return { instant, values: rebuildVector(plan, value, request) };
    });
    const { predictionId, entities, served } = prediction;
    return { predictionId, entities, served, rebuilt };
  });
  const refs = plan.inputs.map(({ ref }) => ref);
  const report = reportOf(scope, compareVectors(refs, vectors), deps.clock.now());
  await deps.objects.put(
    { bucket: deps.artifactBucket, key: skewReportKey(report) },
    new TextEncoder().encode(canonicalJson(report)),
    'application/json',
  );
  tell(deps.metrics, report);
  if (report.outcome === 'fail') {
    const { mismatches, ...data } = report;
    await deps.events.publish([{ type: 'headgate.skew.found', subject: report.model, data, key: report.auditId }]);
  }
  return report;
}

function reportOf(scope: SkewStepRequest['scope'], found: VectorComparison, at: Date): SkewReport {
  const bad = found.features.filter(({ mismatched }) => mismatched > 0);
  const late = found.features.filter((feature) => feature.late > 0);
  const names = bad.map(({ ref, mismatched }) => `${ref} (${mismatched})`).join(', ');
  const lag = Math.max(0, ...late.map(({ maxLagMs }) => maxLagMs)) / 1000;
  const because =
    bad.length > 0
      ? `${found.mismatchedVectors} of ${found.vectors} served vectors differ from what could have been known: ${names}`
      : `all ${found.vectors} served vectors are what could have been known${late.length > 0 ? `, some of it up to ${lag} s earlier` : ''}`;
  return {
    auditId: scope.auditId,
    model: scope.model,
    releaseId: scope.releaseId,
    cause: scope.cause,
    at: at.toISOString(),
    from: new Date(scope.fromMs).toISOString(),
    to: new Date(scope.toMs).toISOString(),
    outcome: bad.length > 0 ? 'fail' : 'pass',
    because,
    vectors: found.vectors,
    mismatchedVectors: found.mismatchedVectors,
    features: found.features.map((feature) => ({ ...feature })),
    mismatches: found.mismatches.map((mismatch) => ({ ...mismatch })),
  };
}

function tell(metrics: Metrics, report: SkewReport): void {
  const { model } = report;
  metrics.put({
    dimensions: { Model: model },
    dimensionSets: [['Model']],
    values: { AuditedVectors: report.vectors, SkewedVectors: report.mismatchedVectors },
    unit: 'Count',
  });
  for (const { ref, mismatched, late } of report.features) {
    metrics.put({
      dimensions: { Model: model, Feature: ref },
      dimensionSets: [['Model', 'Feature']],
      values: { SkewedValues: mismatched, LateValues: late },
      unit: 'Count',
    });
  }
}
