import type { TrainingPlan } from '../../../contracts/training-plan.ts';
import { byName, type Definitions, type ResolvedView } from '../../../core/definitions/definitions.ts';
import type { Model } from '../../../core/definitions/model.ts';
import { BugError } from '../../../core/errors.ts';
import { sourceTable, viewTable } from '../../../core/offline/table-layout.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import type { Sql } from '../../../core/sql/sql.ts';
import { trainingJoinSql } from '../../../core/sql/training-join-sql.ts';
import { type BesideView, besideViews } from '../../../core/training/beside-inputs.ts';
import { type InputViews, inputViews, joinedViews } from '../../../core/training/input-views.ts';

export interface TrainingScope {
  readonly model: Model;
  readonly views: InputViews;
  /** The stored views to join: those of inputs, and of segments. */
  readonly joined: readonly ResolvedView[];
  readonly labelTable: string;
}

/** @throws NotFoundError for an unknown model */
export function trainingScope(definitions: Definitions, modelName: string): TrainingScope {
  const model = byName('model', definitions.models, modelName);
  return {
    model,
    views: inputViews(definitions, model),
    joined: joinedViews(definitions, model),
    labelTable: sourceTable(model.label.source),
  };
}

/** What of the champion is joined beside the model's own inputs: its tables the plan has a watermark for. */
export function championBeside(
  champion: ReleaseManifest | null,
  { model, views }: Pick<TrainingScope, 'model' | 'views'>,
  { watermarks }: Pick<TrainingPlan, 'watermarks'>,
): readonly BesideView[] {
  if (champion === null) return [];
  const isJoined = ({ resolved: { view, version } }: BesideView) => viewTable(view.name, version) in watermarks;
  return besideViews(champion, model, views).filter(isJoined);
}

/** The statement that joins a training set; the same definitions, plan and champion give the same statement. */
export function trainingStatement(
  definitions: Definitions,
  database: string,
  plan: Pick<TrainingPlan, 'model' | 'asOfMs' | 'watermarks' | 'labelEvents' | 'knowledgeCut'>,
  champion: ReleaseManifest | null = null,
): Sql {
  const { model, views, joined: stored, labelTable } = trainingScope(definitions, plan.model);
  const snapshot = (table: string) => {
    const watermarkMs = plan.watermarks[table];
    if (watermarkMs === undefined) throw new BugError(`the training plan has no watermark for table ${table}`);
    return { database, table, watermarkMs };
  };
  const labels = {
    source: byName('source', definitions.sources, model.label.source),
    table: snapshot(labelTable),
    scope: {
      asOfMs: plan.asOfMs,
      newestEventMs: plan.labelEvents.newestMs,
      labelsFromMs: model.training.labelsFromMs,
    },
    oldestEventMs: plan.labelEvents.oldestMs,
  };
  const entity = byName('entity', definitions.entities, model.entity);
  const joined = stored.map((resolved) => ({
    resolved,
    table: snapshot(viewTable(resolved.view.name, resolved.version)),
  }));
  const beside = championBeside(champion, { model, views }, plan).map((view) => ({
    ...view,
    table: snapshot(viewTable(view.resolved.view.name, view.resolved.version)),
  }));
  return trainingJoinSql(model, entity, labels, joined, views.onDemand, beside, plan);
}
