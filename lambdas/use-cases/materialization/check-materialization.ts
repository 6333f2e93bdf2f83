import type { CheckMaterializationRequest, ComputePlan } from '../../../contracts/materialization-flow.ts';
import type { CheckedMaterialization, QualityCheckPlan, QualityReport } from '../../../contracts/quality.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import { BugError, ConflictError, CorruptDataError } from '../../../core/errors.ts';
import { sourceTable } from '../../../core/offline/table-layout.ts';
import {
  blocking,
  type ExpectationVerdict,
  judgeExpectations,
  type MeasuredRun,
} from '../../../core/quality/judge-expectations.ts';
import { setAsideSql } from '../../../core/quality/measure-sql.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { QualityLog } from '../../ports/quality-log.ts';
import type { ViewVersions } from '../../ports/view-versions.ts';
import { type RowsBelowDeps, rowsBelow } from '../tables/rows-below.ts';
import { liveVersion } from '../versions/live-version.ts';
import { setAsidePrefix, sourceSnapshot } from './plan-quality-check.ts';

export interface CheckMaterializationDeps extends QueryPlace, RowsBelowDeps {
  readonly versions: ViewVersions;
  readonly qualityLog: QualityLog;
  readonly events: EventBus;
  readonly metrics: Metrics;
}

type Measure = Extract<QualityCheckPlan, { action: 'measure' }>;

/**
 * Judges what was measured about a run against the expectations of its view, before the run's rows are visible. Tells
 * the report, numbers for alarms, and an event when the run is refused. Safe to repeat.
 *
 * @throws ConflictError when the version is no longer live, or something else is expected of it by now
 */
export async function checkMaterialization(
  deps: CheckMaterializationDeps,
  { plan }: CheckMaterializationRequest,
): Promise<CheckedMaterialization> {
  const { check } = plan;
  if (check.action === 'nothing') throw new BugError(`no check was planned for run ${plan.runId} of view ${plan.view}`);
  const { resolved } = await liveVersion(deps.versions, plan.view, plan.version);
  if (digestOf(resolved.view.expectations) !== check.expectations) {
    const what = `what is expected of view ${plan.view} has changed since run ${plan.runId} was planned`;
    throw new ConflictError(`${what}; materialize it again`, { view: plan.view, runId: plan.runId });
  }
  const measured = await readMeasures(deps, resolved, plan, check);
  const verdicts = judgeExpectations(resolved.view.expectations, measured);
  const blockers = blocking(verdicts);
  const quality = reportOf(plan, measured, verdicts);
  await deps.qualityLog.keep(plan.table, quality);
  tell(deps.metrics, quality);
  if (blockers.length === 0) {
    return { allowed: true, because: null, quality, setAside: setAside(deps, resolved, plan, check, quality) };
  }
  const because = whyBlocked(plan, blockers);
  const data = { because, ...quality };
  await deps.events.publish([{ type: 'headgate.materialization.blocked', subject: plan.view, data, key: plan.runId }]);
  return { allowed: false, because, quality, setAside: { action: 'nothing' } };
}

async function readMeasures(
  deps: CheckMaterializationDeps,
  { view }: ResolvedView,
  plan: ComputePlan,
  check: Measure,
): Promise<MeasuredRun> {
  const found: Readonly<Record<string, readonly unknown[]>>[] = [];
  for await (const { rows, columns } of rowsBelow(deps, check.prefix)) if (rows > 0) found.push(columns);
  const [columns] = found;
  const number = (name: string) => {
    const value = columns?.[name]?.[0];
    if (found.length === 1 && (typeof value === 'bigint' || typeof value === 'number')) return Number(value);
    throw new CorruptDataError(
      `the measures of run ${plan.runId} under s3://${deps.offlineBucket}/${check.prefix} are not one row with a number "${name}"`,
      { prefix: check.prefix, column: name },
    );
  };
  const rows = number('rows');
  return {
    sourceRows: number('source_rows'),
    admittedRows: number('admitted_rows'),
    rows,
    counts: view.expectations.map(({ kind }, i) => {
      if (kind === 'row') return number(`broken_${i}`);
      if (kind === 'null_share') return number(`nulls_${i}`);
      return kind === 'unique' ? number(`repeated_${i}`) : null;
    }),
    plannedAtMs: check.plannedAtMs,
    newestEventTimeMs: check.newestEventTimeMs,
    volume: plan.comparedTicks === null ? null : rows / plan.comparedTicks,
    volumesBefore: check.volumesBefore,
  };
}

function reportOf(
  plan: ComputePlan,
  { sourceRows, admittedRows, rows }: MeasuredRun,
  verdicts: readonly ExpectationVerdict[],
): QualityReport {
  const hasWarned = verdicts.some(({ severity, verdict }) => severity === 'warn' && verdict.outcome === 'fail');
  return {
    view: plan.view,
    version: plan.version,
    runId: plan.runId,
    at: new Date(plan.loadedAtMs).toISOString(),
    outcome: blocking(verdicts).length > 0 ? 'blocked' : hasWarned ? 'warned' : 'passed',
    sourceRows,
    setAsideRows: sourceRows - admittedRows,
    rows,
    expectations: verdicts.map(({ verdict, ...expectation }) => ({
      ...expectation,
      outcome: verdict.outcome,
      because: verdict.outcome === 'pass' ? null : verdict.because,
      evidence: verdict.evidence.map((one) => ({ ...one })),
    })),
  };
}

function whyBlocked({ view, version, runId }: ComputePlan, blockers: readonly ExpectationVerdict[]): string {
  const each = blockers.map(({ name, verdict }) => `${name}: ${verdict.outcome === 'fail' ? verdict.because : ''}`);
  return (
    `feature view ${view} (version ${version}) does not meet what is expected of it: ${each.join('; ')}. ` +
    `The rows of run ${runId} are dropped and the values before stay in use`
  );
}

/** Numbers for dashboards and alarms: each expectation, the rows set aside, whether the run was refused. */
function tell(metrics: Metrics, { view, outcome, setAsideRows, expectations }: QualityReport): void {
  for (const { name, outcome: verdict } of expectations) {
    metrics.put({
      dimensions: { View: view, Expectation: name },
      dimensionSets: [['View', 'Expectation']],
      values: { ExpectationFailures: verdict === 'fail' ? 1 : 0 },
      unit: 'Count',
    });
  }
  metrics.put({
    dimensions: { View: view },
    dimensionSets: [[], ['View']],
    values: { BlockedMaterializations: outcome === 'blocked' ? 1 : 0, SetAsideRows: setAsideRows },
    unit: 'Count',
  });
}

function setAside(
  deps: CheckMaterializationDeps,
  resolved: ResolvedView,
  plan: ComputePlan,
  { judged }: Measure,
  { setAsideRows }: QualityReport,
): CheckedMaterialization['setAside'] {
  if (setAsideRows === 0) return { action: 'nothing' };
  const prefix = setAsidePrefix(plan.table, plan.runId);
  const source = sourceSnapshot(deps, sourceTable(resolved.source.name), judged);
  const what = `the rows set aside from feature view ${plan.view}`;
  return { action: 'export', prefix, query: unloadQuery(deps, setAsideSql(resolved, source, judged), prefix, what) };
}
