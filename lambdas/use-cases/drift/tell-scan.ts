import type { DriftReport } from '../../../contracts/drift-scan.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { Metrics } from '../../ports/metrics.ts';

type Told = Parameters<EventBus['publish']>[0];

/**
 * Numbers of a scan for alarms and dashboards, per model: what could not be judged is not written, so that an alarm
 * can tell it from 0.
 */
export function tellScan(metrics: Metrics, { model, drift, performance, health }: DriftReport): void {
  const put = (values: Readonly<Record<string, number>>, unit: 'Count' | 'None' = 'Count') =>
    metrics.put({ dimensions: { Model: model }, dimensionSets: [['Model']], values, unit });
  put({ DriftScans: 1 });
  if (drift !== null) put({ ScannedRows: drift.rows });
  if (drift !== null && drift.outcome !== 'not-computable') {
    const columns = new Set(drift.columns.filter(({ outcome }) => outcome === 'drifting').map(({ column }) => column));
    put({ DriftingColumns: columns.size, PersistentDrift: drift.isPersistent ? 1 : 0 });
  }
  if (performance !== null && performance.outcome !== 'not-computable') {
    put({ PerformanceDegraded: performance.outcome === 'degraded' ? 1 : 0 });
  }
  if (performance !== null) {
    const { seen: Loss, promised: LossPromised, limit: LossLimit } = performance.loss;
    for (const [name, value] of Object.entries({ Loss, LossPromised, LossLimit })) {
      if (value !== null) put({ [name]: value }, 'None');
    }
  }
  if (health.outcome !== 'not-computable') {
    put({ UnhealthyInputs: health.checks.filter(({ outcome }) => outcome === 'unhealthy').length });
  }
}

/** What became true with this scan and was not told by the one before: news, not states. */
export function eventsOf(report: DriftReport, before: DriftReport | null): Told {
  const { model: subject, scanId, releaseId, at, drift, performance, health, diagnosis } = report;
  const same = before?.releaseId === releaseId ? before : null;
  const told = (type: string, data: object) => ({ type, subject, data: { scanId, releaseId, at, diagnosis, ...data } });
  const events: Told[number][] = [];
  if (drift?.isPersistent && driftOf(same) !== driftOf(report)) {
    const { outcome, because, rows } = drift;
    events.push(told('headgate.drift.found', { outcome, because, rows, columns: driftingColumns(report) }));
  }
  if (performance?.outcome === 'degraded' && same?.performance?.outcome !== 'degraded') {
    const { because, loss } = performance;
    events.push(told('headgate.performance.degraded', { because, loss }));
  }
  if (health.outcome === 'unhealthy' && unhealthy(before) !== unhealthy(report)) {
    const checks = health.checks.filter(({ outcome }) => outcome === 'unhealthy');
    events.push(told('headgate.health.unhealthy', { because: health.because, checks }));
  }
  return events;
}

function driftingColumns({ drift }: DriftReport): readonly string[] {
  const names = drift?.columns.filter(({ outcome }) => outcome === 'drifting').map(({ column }) => column) ?? [];
  return [...new Set(names)].sort();
}

/** The persistent drift of a report as a text; empty when there is none. */
function driftOf(report: DriftReport | null): string {
  return report?.drift?.isPersistent ? driftingColumns(report).join() : '';
}

function unhealthy(report: DriftReport | null): string {
  const checks = report?.health.checks.filter(({ outcome }) => outcome === 'unhealthy') ?? [];
  return checks
    .map(({ subject, check }) => `${subject} ${check}`)
    .sort()
    .join();
}
