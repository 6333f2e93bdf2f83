import { ScanFindings } from '../../../contracts/retraining.ts';
import type { Model } from '../../../core/definitions/model.ts';
import type { RetrainingPolicy } from '../../../core/definitions/monitoring.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import { sourceTable } from '../../../core/offline/table-layout.ts';
import { causesOf, currentScan } from '../../../core/retraining/causes.ts';
import type { RetrainingFacts } from '../../../core/retraining/decide.ts';
import type { HelpFacts } from '../../../core/retraining/judge-help.ts';
import type { RetrainingState } from '../../../core/retraining/retraining.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import type { TableLog } from '../../ports/table-log.ts';
import { type ModelReportsDeps, newestReport } from '../catalog/model-reports.ts';
import { greatestCostUsd } from './see-retraining.ts';

export interface ReadFactsDeps extends ModelReportsDeps {
  readonly registry: Pick<ModelRegistry, 'model' | 'releases' | 'rollouts' | 'hold'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly tables: Pick<TableLog, 'head' | 'committedRuns'>;
  readonly clock: Clock;
  readonly region: string;
}

export interface ReadFacts extends RetrainingFacts {
  readonly championId: string | null;
  readonly labelRows: number;
  readonly help: HelpFacts;
}

/**
 * Everything that is decided by, read from the platform as it is now.
 *
 * @param policy null when only a person trains the model: then nothing speaks for training it
 * @param actor whoever looks
 */
export async function readFacts(
  deps: ReadFactsDeps,
  model: Model,
  policy: RetrainingPolicy | null,
  state: RetrainingState,
  actor: string,
): Promise<ReadFacts> {
  const [{ route }, releases, rollouts, hold, labels, scan] = await Promise.all([
    deps.registry.model(model.name),
    deps.registry.releases(model.name),
    deps.registry.rollouts(model.name),
    deps.registry.hold(model.name),
    deps.tables.head(sourceTable(model.label.source)),
    newestScan(deps, model.name),
  ]);
  const nowMs = deps.clock.now().getTime();
  const championId = route.champion?.releaseId ?? null;
  const newest = state.retrainings[0];
  const last = releases[0];
  const lastTrainingMs = newest === undefined ? last && Date.parse(last.createdAt) : Date.parse(newest.startedAt);
  const newRows =
    (policy?.on.newRows ?? null) === null
      ? null
      : await rowsSince(deps, model, state, labels.rows, last?.releaseId ?? null);
  const seen = { nowMs, actor, scan, championId, lastTrainingMs: lastTrainingMs ?? null, newRows };
  const current = currentScan(state, seen);
  const ended = rollouts.find(({ outcome }) => outcome === 'promoted');
  return {
    nowMs,
    causes: policy === null ? [] : causesOf(policy, state, seen),
    health: scan?.health ?? null,
    diagnosis: current?.diagnosis ?? null,
    outcomesSinceChange: current?.performance?.loss.outcomes ?? null,
    hold,
    rolloutId: rollouts.find(({ outcome }) => outcome === null)?.rolloutId ?? null,
    nextCostUsd: state.retrainings.find(({ costUsd }) => (costUsd ?? 0) > 0)?.costUsd ?? greatestCostUsd(deps, model),
    championId,
    labelRows: labels.rows,
    help: {
      scan,
      championId,
      replacedBy: ended?.releaseId !== championId ? null : ended?.kind === 'rollback' ? 'rollback' : 'release',
      looksFor: { drift: model.monitoring.drift !== null, performance: model.monitoring.performance !== null },
    },
  };
}

/** Rows of the label's source that came since the last training; of one that this log does not know, since its watermark. */
async function rowsSince(
  { tables, releases }: ReadFactsDeps,
  { label }: Model,
  state: RetrainingState,
  rows: number,
  lastReleaseId: string | null,
): Promise<number | null> {
  const known = state.retrainings[0]?.labelRows;
  if (known !== undefined && known !== null) return Math.max(0, rows - known);
  if (lastReleaseId === null) return null;
  const table = sourceTable(label.source);
  const watermarkMs = (await releases.manifest(lastReleaseId)).trainingSet.watermarks[table];
  if (watermarkMs === undefined) return null;
  const runs = await tables.committedRuns(table, ' ', '~', Number.POSITIVE_INFINITY);
  return runs.reduce((sum, run) => sum + (run.loadedAtMs > watermarkMs ? (run.facts?.rows ?? 0) : 0), 0);
}

async function newestScan(deps: ReadFactsDeps, model: string) {
  const report = await newestReport(deps, 'drift-scan', model);
  if (report === null) return null;
  const read = ScanFindings.safeParse(report);
  if (read.success) return read.data;
  throw new CorruptDataError(`the newest drift scan of model ${model} cannot be read`, { model }, read.error);
}
