import type { DriftReport, ScanScope } from '../../../contracts/drift-scan.ts';
import { byName, type Definitions } from '../../../core/definitions/definitions.ts';
import type { DriftPolicy } from '../../../core/definitions/monitoring.ts';
import type { ColumnCounts } from '../../../core/drift/column-counts.ts';
import type { DriftJudgement } from '../../../core/drift/column-drift.ts';
import { countColumns } from '../../../core/drift/count-columns.ts';
import { planCounts } from '../../../core/drift/count-plan.ts';
import { isPersistent } from '../../../core/drift/is-persistent.ts';
import { judgeDrift } from '../../../core/drift/judge-drift.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import type { RowsBelowDeps } from '../tables/rows-below.ts';
import { readCounts } from './read-counts.ts';
import { readProfile, referenceOf } from './reference-of.ts';

/** New categories that a sentence names. */
const MAX_NAMED = 5;

export interface JudgeColumnsDeps extends RowsBelowDeps {
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly definitions: Definitions;
}

/** Share of each input's values that were missing, live and in the reference. */
export type MissingShares = readonly {
  /** `view:feature`. */
  readonly column: string;
  /** Of the window. */
  readonly rows: number;
  readonly reference: number;
  readonly live: number;
}[];

export interface JudgedColumns {
  /** Null when the model does not look for drift. */
  readonly findings: DriftReport['drift'];
  /** Of the inputs that both sides have rows of. */
  readonly missing: MissingShares;
}

/**
 * Judges what the queries of `planColumns` counted.
 *
 * @param earlier scans of the model, newest first
 */
export async function judgeColumns(
  deps: JudgeColumnsDeps,
  scope: ScanScope,
  earlier: readonly DriftReport[],
): Promise<JudgedColumns> {
  const { drift: policy } = byName('model', deps.definitions.models, scope.model).monitoring;
  if (policy === null) return { findings: null, missing: [] };
  const manifest = await deps.releases.manifest(scope.releaseId);
  const profile = await readProfile(deps.objects, manifest);
  const plan = planCounts(manifest, profile, policy.ignore);
  const counts = await readCounts(deps, scope, plan);
  const columns = countColumns(plan, counts, referenceOf(manifest, profile), policy.reference.kind === 'season');
  const findings = findingsOf(scope, policy, withNames(judgeDrift(columns, policy), columns), earlier);
  return { findings, missing: missingShares(columns) };
}

/** Of a column that drifts, the categories that the reference never saw are told by name. */
function withNames(judged: DriftJudgement, counted: readonly ColumnCounts[]): DriftJudgement {
  const columns = judged.columns.map((column) => {
    if (column.outcome !== 'drifting') return column;
    const counts = counted.find((one) => one.column === column.column && one.segment === column.segment);
    const names = counts?.newCategories
      .slice(0, MAX_NAMED)
      .map(({ value, count }) => `${JSON.stringify(value)} (${count})`);
    return names === undefined || names.length === 0
      ? column
      : { ...column, because: `${column.because}; new: ${names.join(', ')}` };
  });
  return { ...judged, columns };
}

function findingsOf(
  scope: ScanScope,
  { reference, persistence }: DriftPolicy,
  judged: DriftJudgement,
  earlier: readonly DriftReport[],
): DriftReport['drift'] {
  const { outcome, because, rows, effectiveRows, referenceRows } = judged;
  // what an outage left says nothing about the world, and does not make the next difference a lasting one
  const before = earlier.filter((scan) => scan.releaseId === scope.releaseId && scan.diagnosis.kind !== 'outage');
  return {
    outcome,
    because,
    isPersistent: isPersistent([judged, ...before.flatMap(({ drift }) => drift ?? [])], persistence),
    reference: { kind: reference.kind, releaseId: scope.releaseId, rows: referenceRows },
    rows,
    effectiveRows,
    columns: judged.columns.map((column) => ({
      ...column,
      tests: column.tests.map((test) => ({ ...test })),
      bins: column.bins.map((bin) => ({ ...bin })),
      numbers: { ...column.numbers },
    })),
  };
}

function missingShares(columns: readonly ColumnCounts[]): MissingShares {
  return columns.flatMap(({ column, role, segment, reference, live }) => {
    if (role !== 'input' || segment !== null || reference === null) return [];
    if (reference.rows === 0 || live.rows === 0) return [];
    return [{ column, rows: live.rows, reference: reference.missing / reference.rows, live: live.missing / live.rows }];
  });
}
