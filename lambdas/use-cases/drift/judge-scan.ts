import type { DriftReport, JudgeScanRequest, ScanScope } from '../../../contracts/drift-scan.ts';
import type { NothingToDo } from '../../../contracts/nothing-to-do.ts';
import { canonicalJson, digestOf } from '../../../core/canonical-json.ts';
import { diagnose } from '../../../core/drift/diagnose.ts';
import { outageWithin } from '../../../core/drift/outage-within.ts';
import { MAX_REQUEST_BYTES } from '../../../core/sql/unload-query.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ModelReportsDeps } from '../catalog/model-reports.ts';
import { type JudgeHealthDeps, judgeHealth } from '../health/judge-health.ts';
import { type JudgePerformanceDeps, judgePerformance } from '../performance/judge-performance.ts';
import { driftReportKey, driftReports } from './drift-reports.ts';
import { type JudgeColumnsDeps, judgeColumns } from './judge-columns.ts';
import { reportWithin } from './report-within.ts';
import { eventsOf, tellScan } from './tell-scan.ts';

export interface JudgeScanDeps extends JudgeColumnsDeps, JudgePerformanceDeps, JudgeHealthDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'list' | 'put'>;
  readonly registry: ModelReportsDeps['registry'];
  readonly artifactBucket: string;
  readonly events: EventBus;
  readonly metrics: Metrics;
}

/** Of a report: the newest of a model are read at once. */
const MAX_KEPT_BYTES = 1_500_000;

/**
 * Judges what the queries of a scan gave, keeps the report and tells of it. A scan is judged once: asked again, this
 * answers the report that is there, whatever has arrived since, and repeats what it told, which is keyed by the scan.
 * The answer has as much of the report as a state machine can hand on.
 */
export async function judgeScan(deps: JudgeScanDeps, { scope }: JudgeScanRequest): Promise<DriftReport | NothingToDo> {
  const { model } = scope;
  if (digestOf(deps.definitions) !== scope.definitionsSha256) {
    const because = `definitions were deployed while the scan of model ${model} counted by those before; the next one goes by them`;
    return { action: 'nothing', model, because };
  }
  const reports = await driftReports(deps, model);
  const earlier = reports.filter(({ scanId, at }) => scanId !== scope.scanId && Date.parse(at) <= scope.atMs);
  const report =
    reports.find(({ scanId }) => scanId === scope.scanId) ??
    reportWithin(await judged(deps, scope, earlier), MAX_KEPT_BYTES);
  await deps.objects.put(
    { bucket: deps.artifactBucket, key: driftReportKey(report) },
    new TextEncoder().encode(canonicalJson(report)),
    'application/json',
  );
  tellScan(deps.metrics, report);
  const events = eventsOf(report, earlier[0] ?? null);
  if (events.length > 0) await deps.events.publish(events);
  return reportWithin(report, MAX_REQUEST_BYTES);
}

async function judged(deps: JudgeScanDeps, scope: ScanScope, earlier: readonly DriftReport[]): Promise<DriftReport> {
  const [columns, performance] = await Promise.all([judgeColumns(deps, scope, earlier), judgePerformance(deps, scope)]);
  const health = await judgeHealth(deps, scope, columns.missing);
  const { scanId, model, releaseId, cause } = scope;
  const at = new Date(scope.atMs).toISOString();
  const found = { drift: columns.findings, performance, health };
  const outage = outageWithin(earlier, scope.fromMs);
  return {
    scanId,
    model,
    releaseId,
    cause,
    at,
    from: new Date(scope.fromMs).toISOString(),
    to: at,
    ...found,
    diagnosis: diagnose({ ...found, outage }),
  };
}
