import { featureColumn } from '../definitions/feature-column.ts';
import { REQUEST_TIME } from '../definitions/on-demand-feature-view.ts';
import { InvalidInputError } from '../errors.ts';
import { onDemandSql } from '../on-demand/plan-on-demand.ts';
import type { EntityColumn } from '../training-set/entity-columns.ts';
import { ENTITY_ROWS_TABLE, ENTITY_TABLE_KEY, ROW_ID, ROW_PART, ROW_TIME } from '../training-set/row-slots.ts';
import type { WantedFeatures } from '../training-set/wanted-features.ts';
import type { TableSnapshot } from './offline-table-sql.ts';
import { type JoinSpine, type PointInTimeJoin, pointInTimeJoin } from './point-in-time-join-sql.ts';
import { listSql, nameSql, rawSql, type Sql, sql } from './sql.ts';

/** Rows of an entity table as they were written for the join. */
export interface EntityRows {
  readonly database: string;
  /** 32 hexadecimal digits: the partition they lie in. */
  readonly entityTableId: string;
  readonly columns: readonly EntityColumn[];
  /** Instants of the earliest and the latest row. */
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
}

/**
 * The features of every row of an entity table: `row_id`, the features by their columns, and `part` at the end, by
 * which the answer is written in folders. Every row of the entity table is there once, whatever was found for it.
 *
 * @param snapshotOf the table of a view and how much of it is seen, by the view's name in the join
 */
export function trainingSetSql(
  rows: EntityRows,
  wanted: WantedFeatures,
  snapshotOf: (as: string) => TableSnapshot,
): Sql {
  const views = wanted.views.map((view) => ({
    resolved: view.resolved,
    table: snapshotOf(view.as),
    as: view.as,
    keys: view.keyColumns.map(joinColumn),
    features: view.features,
  }));
  const join = pointInTimeJoin(entitySpine(rows), views, { knowledgeCut: true });
  const features = wanted.features.map(
    ({ ref, column }) => sql`${featureSql(ref, wanted, join)} as ${nameSql(column)}`,
  );
  const columns = listSql([
    sql`l."hg_id" as ${nameSql(ROW_ID)}`,
    ...features,
    sql`l."hg_part" as ${nameSql(ROW_PART)}`,
  ]);
  return sql`with ${listSql(join.ctes)} select ${columns} from "hg_spine" l ${join.joins}`;
}

/** Rows of an entity table as what features are joined to; a column of the join is called `hg_c_<name>`. */
function entitySpine({ database, entityTableId, columns, ...times }: EntityRows): JoinSpine {
  const joined = columns.filter(({ role }) => role === 'key' || role === 'request');
  const picked = listSql([
    sql`${nameSql(ROW_ID)} as "hg_id", ${nameSql(ROW_PART)} as "hg_part", ${nameSql(ROW_TIME)} as "hg_time"`,
    ...joined.map(({ name, slot }) => sql`${nameSql(slot)} as ${nameSql(joinColumn(name))}`),
  ]);
  const spine = sql`"hg_spine" as (
    select ${picked} from ${nameSql(ENTITY_ROWS_TABLE, database)}
    where ${nameSql(ENTITY_TABLE_KEY)} = ${partitionSql(entityTableId)}
  )`;
  const keys = joined.filter(({ role }) => role === 'key').map(({ name }) => joinColumn(name));
  return { ctes: [spine], keys, firstTimeMs: times.firstTimeMs, lastTimeMs: times.lastTimeMs };
}

function joinColumn(name: string): string {
  return `hg_c_${name}`;
}

function featureSql(
  ref: { readonly view: string; readonly feature: string },
  { onDemand, request }: WantedFeatures,
  join: PointInTimeJoin,
): Sql {
  const computed = onDemand.features.find((one) => featureColumn(one.ref) === featureColumn(ref));
  if (computed === undefined) return join.column(ref.view, ref.feature);
  const stored = new Map(
    computed.reads.stored.map((read) => [featureColumn(read), join.column(read.view, read.feature)]),
  );
  return onDemandSql(computed, (name) => {
    if (name === REQUEST_TIME) return 'l."hg_time"';
    const isRequest = request.some((field) => field.name === name);
    return isRequest ? `l.${nameSql(joinColumn(name)).text}` : stored.get(name)!.text;
  });
}

/** Athena asks for a literal where it cannot list the partitions of a table. */
function partitionSql(entityTableId: string): Sql {
  if (/^[0-9a-f]{32}$/.test(entityTableId)) return rawSql(`'${entityTableId}'`);
  throw new InvalidInputError(`"${entityTableId}" names no entity table; 32 hexadecimal digits do`, { entityTableId });
}
