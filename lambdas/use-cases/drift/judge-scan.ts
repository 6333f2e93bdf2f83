import { DriftReport, type JudgeScanRequest, type ScanScope } from '../../../contracts/drift-scan.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { diagnose } from '../../../core/drift/diagnose.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { modelReports } from '../catalog/model-reports.ts';
import { type JudgeHealthDeps, judgeHealth } from '../health/judge-health.ts';
import { type JudgePerformanceDeps, judgePerformance } from '../performance/judge-performance.ts';
import { driftReportKey } from './drift-reports.ts';
import { type JudgeColumnsDeps, judgeColumns } from './judge-columns.ts';
import { eventsOf, tellScan } from './tell-scan.ts';

export interface JudgeScanDeps extends JudgeColumnsDeps, JudgePerformanceDeps, JudgeHealthDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'list' | 'put'>;
  readonly registry: Parameters<typeof modelReports>[0]['registry'];
  readonly artifactBucket: string;
  readonly events: EventBus;
  readonly metrics: Metrics;
}

/**
 * Judges what the queries of a scan gave, keeps the report and tells of it. A scan is judged once: asked again, this
 * answers the report that is there, whatever has arrived since, and repeats what it told, which is keyed by the scan.
 */
export async function judgeScan(deps: JudgeScanDeps, { scope }: JudgeScanRequest): Promise<DriftReport> {
  const kept = await modelReports(deps, 'drift-scan', scope.model);
  const reports = kept.map((report) => DriftReport.parse(report));
  const earlier = reports.filter(({ scanId, at }) => scanId !== scope.scanId && Date.parse(at) <= scope.atMs);
  const report = reports.find(({ scanId }) => scanId === scope.scanId) ?? (await judged(deps, scope, earlier));
  await deps.objects.put(
    { bucket: deps.artifactBucket, key: driftReportKey(report) },
    new TextEncoder().encode(canonicalJson(report)),
    'application/json',
  );
  tellScan(deps.metrics, report);
  const events = eventsOf(report, earlier[0] ?? null);
  if (events.length > 0) await deps.events.publish(events);
  return report;
}

async function judged(deps: JudgeScanDeps, scope: ScanScope, earlier: readonly DriftReport[]): Promise<DriftReport> {
  const [columns, performance] = await Promise.all([judgeColumns(deps, scope, earlier), judgePerformance(deps, scope)]);
  const health = await judgeHealth(deps, scope, columns.missing);
  const { scanId, model, releaseId, cause } = scope;
  const at = new Date(scope.atMs).toISOString();
  const found = { drift: columns.findings, performance, health };
  return {
    scanId,
    model,
    releaseId,
    cause,
    at,
    from: new Date(scope.fromMs).toISOString(),
    to: at,
    ...found,
    diagnosis: diagnose(found),
  };
}
