import type { FileFormat } from '../../../contracts/api/ingestions.ts';
import type { TrainingSetRequest } from '../../../contracts/api/training-sets.ts';
import type {
  JoinedSnapshot,
  PlannedTrainingSet,
  StoredTrainingSet,
  TrainingSetDraft,
  TrainingSetPlan,
  TrainingSetTask,
} from '../../../contracts/training-set-flow.ts';
import { canonicalJson, digestOf } from '../../../core/canonical-json.ts';
import { type Definitions, type ResolvedView, resolveView } from '../../../core/definitions/definitions.ts';
import { BugError, ConflictError, InvalidInputError } from '../../../core/errors.ts';
import { isoInstant } from '../../../core/iso-instant.ts';
import { viewTable } from '../../../core/offline/table-layout.ts';
import { trainingSetSql } from '../../../core/sql/training-set-sql.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import { type EntityColumn, entityColumns } from '../../../core/training-set/entity-columns.ts';
import { ROW_PART } from '../../../core/training-set/row-slots.ts';
import { type FeatureChoice, type WantedFeatures, wantedFeatures } from '../../../core/training-set/wanted-features.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ParquetFiles } from '../../ports/parquet-files.ts';
import type { RowReader } from '../../ports/row-reader.ts';
import type { TableLog } from '../../ports/table-log.ts';
import { entityTable } from './entity-table.ts';
import { joinPrefix, plannedLocation, storedTrainingSet } from './stored-training-set.ts';
import { type WrittenEntityRows, writeEntityRows } from './write-entity-rows.ts';

export interface PlanTrainingSetDeps extends QueryPlace {
  readonly definitions: Definitions;
  readonly tables: Pick<TableLog, 'head'>;
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  readonly parquet: ParquetFiles;
  readonly readers: Readonly<Record<FileFormat, RowReader>>;
  readonly artifactBucket: string;
}

type Selection = TrainingSetRequest & { readonly entities: NonNullable<TrainingSetRequest['entities']> };

/**
 * Fixes what a training set is made of and writes its entity table for the join: the versions of its views and the
 * watermarks of their tables, or those of an earlier training set. The same execution asking again may see newer
 * watermarks; its join has not begun then.
 *
 * @throws FileRejectedError when the entity table cannot be read
 * @throws InvalidInputError when a view has no rows, or its columns do not fit
 */
export async function planTrainingSet(deps: PlanTrainingSetDeps, task: TrainingSetTask): Promise<TrainingSetPlan> {
  const { request } = task;
  const { draft, parts, reproduces } =
    request.reproduce === undefined
      ? await newDraft(deps, selectionOf(request))
      : await earlierDraft(deps, request.reproduce);
  const joinId = digestOf({ flow: 'training-set', executionName: task.executionName }).slice(0, 32);
  const planned: PlannedTrainingSet = { draft, reproduces };
  const body = new TextEncoder().encode(canonicalJson(planned));
  await deps.objects.put(plannedLocation(deps.offlineBucket, joinId), body, 'application/json');
  const query = unloadQuery(deps, draft.query, joinPrefix(joinId), 'the training set', ROW_PART);
  return { joinId, rows: draft.entities.rows, parts, query };
}

function selectionOf(request: TrainingSetRequest): Selection {
  const { entities } = request;
  if (entities === undefined) throw new BugError('a training set was started without an entity table');
  return { ...request, entities };
}

/** What the request chooses. @throws BugError when it was not checked before */
export function choiceOf({ features, featureService }: TrainingSetRequest): FeatureChoice {
  if (featureService !== undefined) return { featureService };
  if (features === undefined) throw new BugError('a training set was started without features');
  return { features };
}

async function newDraft(deps: PlanTrainingSetDeps, request: Selection) {
  const earlier =
    request.snapshotOf === undefined
      ? null
      : await storedTrainingSet(deps.objects, deps.artifactBucket, request.snapshotOf);
  const viewNamed = (name: string) =>
    earlier === null ? resolveView(deps.definitions, name) : seenBy(earlier, name).resolved;
  const wanted = wantedFeatures(deps.definitions, choiceOf(request), viewNamed);
  const views = await Promise.all(
    wanted.views.map(async (view): Promise<JoinedSnapshot> => {
      const seen =
        earlier === null ? await presentSnapshot(deps, view.resolved) : seenBy(earlier, view.resolved.view.name);
      const { table, watermarkMs, materializedTo } = seen;
      return { ...view, table, watermarkMs, materializedTo };
    }),
  );
  const file = request.entities;
  const table = await entityTable(deps.objects, deps.offlineBucket, deps.readers, file);
  const columns = await table.typed(entityColumns(await table.columns(), request, wanted));
  const written = await writeEntityRows(deps, table, file, columns);
  const { entityTableId, rows, parts } = written;
  const draft: TrainingSetDraft = {
    entities: { ...file, columns, entityTableId, rows, eventTimes: eventTimes(written) },
    featureService: request.featureService ?? null,
    features: wanted.features,
    views,
    onDemandFeatureViews: wanted.onDemandViews,
    query: statement(deps.database, wanted, views, columns, written),
  };
  return { draft, parts, reproduces: null };
}

/** The plan of a training set once more; the statement is the one that it was made with. */
async function earlierDraft(deps: PlanTrainingSetDeps, trainingSetId: string) {
  const { entities, featureService, features, views, onDemandFeatureViews, query } = await storedTrainingSet(
    deps.objects,
    deps.artifactBucket,
    trainingSetId,
  );
  const table = await entityTable(deps.objects, deps.offlineBucket, deps.readers, entities);
  const written = await writeEntityRows(deps, table, entities, entities.columns);
  if (written.entityTableId !== entities.entityTableId) {
    throw new ConflictError(
      `training set ${trainingSetId} was made by a version of the platform that wrote entity tables differently; download it instead`,
      { trainingSetId },
    );
  }
  const draft: TrainingSetDraft = { entities, featureService, features, views, onDemandFeatureViews, query };
  return { draft, parts: written.parts, reproduces: trainingSetId };
}

function seenBy(earlier: StoredTrainingSet, name: string): JoinedSnapshot {
  const seen = earlier.views.find(({ resolved }) => resolved.view.name === name);
  if (seen !== undefined) return seen;
  const known = [...new Set(earlier.views.map(({ resolved }) => resolved.view.name))];
  throw new InvalidInputError(
    `the training set that the snapshot is taken from did not read view "${name}"; it read ${known.join(', ') || 'none'}`,
    { view: name, known },
  );
}

async function presentSnapshot(deps: PlanTrainingSetDeps, { view, version }: ResolvedView) {
  const table = viewTable(view.name, version);
  const head = await deps.tables.head(table);
  if (head.rows === 0) {
    throw new InvalidInputError(
      `feature view ${view.name} has no rows in its present version ${version}; run: headgate materialize ${view.name}`,
      { view: view.name, version },
    );
  }
  return { table, watermarkMs: head.watermarkMs, materializedTo: isoInstant(head.materializedToMs) };
}

function statement(
  database: string,
  wanted: WantedFeatures,
  views: readonly JoinedSnapshot[],
  columns: readonly EntityColumn[],
  { entityTableId, oldestMs, newestMs }: WrittenEntityRows,
): TrainingSetDraft['query'] {
  const rows = { database, entityTableId, columns, firstTimeMs: oldestMs, lastTimeMs: newestMs };
  return trainingSetSql(rows, wanted, (as) => {
    const snapshot = views.find((view) => view.as === as);
    if (snapshot === undefined) throw new BugError(`view ${as} has no snapshot`);
    return { database, table: snapshot.table, watermarkMs: snapshot.watermarkMs };
  });
}

function eventTimes({ oldestMs, newestMs }: WrittenEntityRows): TrainingSetDraft['entities']['eventTimes'] {
  return { from: new Date(oldestMs).toISOString(), to: new Date(newestMs).toISOString() };
}
