import { DAY_MS } from '../../core/clock.ts';
import { byName, type Definitions, resolveView } from '../../core/definitions/definitions.ts';
import { admissionRules } from '../../core/definitions/feature-view.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { sourceTable, viewTable } from '../../core/offline/table-layout.ts';
import { measureSql, setAsideSql } from '../../core/quality/measure-sql.ts';
import type { TableSnapshot } from '../../core/sql/offline-table-sql.ts';
import type { Sql } from '../../core/sql/sql.ts';
import { streamBaseSql } from '../../core/sql/stream-base-sql.ts';
import { trainingJoinSql } from '../../core/sql/training-join-sql.ts';
import { MAX_REQUEST_BYTES, type QueryPlace, requestBytes, unloadQuery } from '../../core/sql/unload-query.ts';
import { viewRowsSql } from '../../core/sql/view-rows-sql.ts';
import { streamLayout } from '../../core/streaming/stream-layout.ts';
import { inputViews, joinedViews } from '../../core/training/input-views.ts';
import { labelOfDefinition } from './check-definitions.ts';
import type { DefinitionProblem } from './definition-error.ts';

type Problem = Omit<DefinitionProblem, 'file'>;

/** As long as such names get. */
const PLACE: QueryPlace = {
  database: 'headgate_staging',
  workgroup: 'headgate-staging',
  offlineBucket: 'b'.repeat(63),
};
const PREFIX = `view/${'v'.repeat(100)}/`;
/** An instant of thirteen digits, as all are for the next 200 years. */
const NOW_MS = Date.UTC(2100, 0);

/**
 * What makes the queries of sound definitions impossible to ask: they are written here as the flows will write them,
 * for instants that are as long as real ones.
 */
export function statementProblems(definitions: Definitions): readonly Problem[] {
  return [
    ...definitions.featureViews.flatMap(({ name }) =>
      problemOf(labelOfDefinition('featureView', name), `feature view ${name}`, () => viewStatement(definitions, name)),
    ),
    ...definitions.featureViews.flatMap(({ name }) => tileProblems(definitions, name)),
    ...definitions.featureViews.flatMap(({ name }) => expectationProblems(definitions, name)),
    ...definitions.models.flatMap(({ name }) =>
      problemOf(labelOfDefinition('model', name), `the training set of model ${name}`, () =>
        trainingStatement(definitions, name),
      ),
    ),
  ];
}

function problemOf(definition: string, what: string, statement: () => Sql): readonly Problem[] {
  try {
    unloadQuery(PLACE, statement(), PREFIX, what);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return [{ definition, path: 'features', problem: error.message }];
  }
}

function viewStatement(definitions: Definitions, name: string): Sql {
  const run = {
    fromMs: NOW_MS - DAY_MS,
    toMs: NOW_MS,
    loadedFromMs: NOW_MS,
    watermarkMs: NOW_MS,
    loadedAtMs: NOW_MS,
    isFirst: false,
  };
  const resolved = resolveView(definitions, name);
  return viewRowsSql(resolved, snapshotOf(sourceTable(resolved.source.name)), run);
}

function tileProblems(definitions: Definitions, name: string): readonly Problem[] {
  const resolved = resolveView(definitions, name);
  const layout = streamLayout(resolved);
  if (layout === null) return [];
  const scope = { onlineToMs: NOW_MS, baseToMs: NOW_MS };
  return problemOf(labelOfDefinition('featureView', name), `the tiles of feature view ${name}`, () =>
    streamBaseSql(resolved, layout, snapshotOf(sourceTable(resolved.source.name)), scope),
  );
}

/** The plan of a run carries two queries: the view's own, and the one that measures what is expected of it. */
function expectationProblems(definitions: Definitions, name: string): readonly Problem[] {
  const resolved = resolveView(definitions, name);
  if (resolved.view.expectations.length === 0) return [];
  const definition = labelOfDefinition('featureView', name);
  const judged = { fromMs: -NOW_MS, toMs: NOW_MS, loadedFromMs: NOW_MS, watermarkMs: NOW_MS };
  const written = { database: PLACE.database, table: viewTable(name, resolved.version), loadedAtMs: NOW_MS };
  const source = snapshotOf(sourceTable(resolved.source.name));
  const measure = () => measureSql(resolved, source, judged, written);
  const what = `the expectations of feature view ${name}`;
  const problems = [
    ...problemOf(definition, what, measure),
    ...(admissionRules(resolved.view).length === 0
      ? []
      : problemOf(definition, what, () => setAsideSql(resolved, source, judged))),
  ].map((problem) => ({ ...problem, path: 'expectations' }));
  if (problems.length > 0 || problemOf(definition, what, () => viewStatement(definitions, name)).length > 0)
    return problems;
  const requests = [viewStatement(definitions, name), measure()].map((one) => unloadQuery(PLACE, one, PREFIX, what));
  const bytes = requestBytes(requests);
  if (bytes <= MAX_REQUEST_BYTES) return [];
  const problem = `the queries of the view and of its expectations have ${bytes} bytes together; at most ${MAX_REQUEST_BYTES} are allowed: expect less, use fewer features, or make two views of one`;
  return [{ definition, path: 'expectations', problem }];
}

function trainingStatement(definitions: Definitions, name: string): Sql {
  const model = byName('model', definitions.models, name);
  const labels = {
    source: byName('source', definitions.sources, model.label.source),
    table: snapshotOf(sourceTable(model.label.source)),
    scope: { asOfMs: NOW_MS, newestEventMs: NOW_MS, labelsFromMs: model.training.labelsFromMs },
    oldestEventMs: NOW_MS - DAY_MS,
  };
  const { onDemand } = inputViews(definitions, model);
  const views = joinedViews(definitions, model).map((resolved) => ({
    resolved,
    table: snapshotOf(viewTable(resolved.view.name, resolved.version)),
  }));
  return trainingJoinSql(model, byName('entity', definitions.entities, model.entity), labels, views, onDemand);
}

function snapshotOf(table: string): TableSnapshot {
  return { database: PLACE.database, table, watermarkMs: NOW_MS };
}
