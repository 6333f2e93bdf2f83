import type { TrainingPlan, TrainingRequest } from '../../../contracts/training-plan.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { byName, type Definitions } from '../../../core/definitions/definitions.ts';
import type { Model } from '../../../core/definitions/model.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { viewTable } from '../../../core/offline/table-layout.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import { type BesideView, besideViews } from '../../../core/training/beside-inputs.ts';
import type { InputViews } from '../../../core/training/input-views.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import type { TableHead, TableLog } from '../../ports/table-log.ts';
import { joinPrefix } from '../training-sets/stored-training-set.ts';
import { trainingScope, trainingStatement } from './training-statement.ts';

export interface PlanTrainingDeps extends QueryPlace {
  readonly definitions: Definitions;
  readonly tables: Pick<TableLog, 'head'>;
  readonly registry: Pick<ModelRegistry, 'model' | 'releases'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly clock: Clock;
}

/**
 * Fixes what a training reads: the instant it stands at and the watermark of every table. Reads only; the same
 * execution asking again may see newer watermarks, and its join has not begun then.
 *
 * @throws NotFoundError for a model that is not defined or not deployed
 * @throws InvalidInputError when a table it needs has no rows
 */
export async function planTraining(deps: PlanTrainingDeps, ask: TrainingRequest): Promise<TrainingPlan> {
  const { model, views, joined, labelTable } = trainingScope(deps.definitions, ask.model);
  const { route } = await deps.registry.model(model.name);
  const nowMs = deps.clock.now().getTime();
  const asOfMs = ask.asOfMs ?? nowMs;
  if (asOfMs > nowMs) {
    throw new InvalidInputError(
      `asOf ${new Date(asOfMs).toISOString()} lies in the future; give an instant that has passed`,
      { asOfMs, nowMs },
    );
  }
  const [labels, ...heads] = await Promise.all([
    deps.tables.head(labelTable),
    ...joined.map(({ view, version }) => deps.tables.head(viewTable(view.name, version))),
  ]);
  const labelEvents = eventsOf(labels, model.label.source);
  heads.forEach((head, i) => {
    if (head.rows > 0) return;
    const { view, version } = joined[i]!;
    throw new InvalidInputError(`feature view ${view.name} has no rows in its present version; materialize it first`, {
      view: view.name,
      version,
    });
  });

  const championId = route.champion?.releaseId ?? null;
  const champion = championId === null ? null : await deps.releases.manifest(championId);
  const last = (await deps.registry.releases(model.name)).find(({ passed }) => passed);
  const beside = await besideHeads(deps, champion, model, views);
  const trainingId = digestOf({ model: model.name, executionName: ask.executionName }).slice(0, 32);
  const fixed = {
    model: model.name,
    asOfMs,
    watermarks: Object.fromEntries([labels, ...heads, ...beside].map(({ table, watermarkMs }) => [table, watermarkMs])),
    labelEvents,
    championId,
    lastReleaseId: last?.releaseId ?? null,
    knowledgeCut: true,
    comparedWith: null,
  };
  const statement = trainingStatement(deps.definitions, deps.database, fixed, champion);
  const prefix = joinPrefix(trainingId);
  return {
    ...fixed,
    trainingId,
    cause: ask.cause,
    actor: ask.actor,
    statementSha256: digestOf(statement),
    prefix,
    query: unloadQuery(deps, statement, prefix, `the training set of model ${model.name}`),
  };
}

/** The tables of the champion's inputs that the model's own do not come from, as far as they have rows and fit its entity. */
async function besideHeads(
  { definitions, tables }: PlanTrainingDeps,
  champion: ReleaseManifest | null,
  model: Model,
  views: InputViews,
): Promise<readonly TableHead[]> {
  if (champion === null) return [];
  const keys = byName('entity', definitions.entities, model.entity).joinKeys.map(({ name }) => name);
  const fits = ({ resolved }: BesideView) => resolved.entity.joinKeys.every(({ name }) => keys.includes(name));
  const wanted = besideViews(champion, model, views).filter(fits);
  const heads = await Promise.all(
    wanted.map(({ resolved: { view, version } }) => tables.head(viewTable(view.name, version))),
  );
  return heads.filter(({ rows }) => rows > 0);
}

function eventsOf(head: TableHead, source: string): TrainingPlan['labelEvents'] {
  const { oldestEventTimeMs: oldestMs, newestEventTimeMs: newestMs } = head;
  if (oldestMs === null || newestMs === null) {
    throw new InvalidInputError(`source ${source}, which the labels come from, has no rows; ingest some first`, {
      source,
    });
  }
  return { oldestMs, newestMs };
}
