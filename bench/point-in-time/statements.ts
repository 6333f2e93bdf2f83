import { pointInTimeJoin } from '../../core/sql/point-in-time-join-sql.ts';
import { athenaLiterals, listSql, nameSql, rawSql, sql } from '../../core/sql/sql.ts';
import { bindParameters } from '../../local/services/athena/parameters.ts';
import { parseStatement } from '../../local/services/athena/sql-tree.ts';
import { translateQuery } from '../../local/services/athena/translate.ts';
import { FEATURES, LABELS_FROM_MS, LABELS_TO_MS, LOADED_AT_MS, VIEWS } from './tables.ts';

export type Engine = 'headgate' | 'hand-written';

/** DuckDB's statement of the same training set, over relations named as the tables. */
export function statementOf(engine: Engine): string {
  return engine === 'headgate' ? generated() : handWritten();
}

/** What the platform's generator says in Athena's words, as the laptop's Athena says it to DuckDB. */
function generated(): string {
  const spine = {
    ctes: [
      sql`"hg_spine" as (
        select row_number() over (order by "customer_id", "label_time_ms", "label") as "hg_id",
          "customer_id" as "hg_k0", "label_time_ms" as "hg_time", "label" as "hg_label"
        from "labels"
      )`,
    ],
    keys: ['hg_k0'],
    firstTimeMs: LABELS_FROM_MS,
    lastTimeMs: LABELS_TO_MS,
  };
  const views = VIEWS.map((resolved) => ({
    resolved,
    table: { database: 'bench', table: resolved.view.name, watermarkMs: LOADED_AT_MS },
    as: resolved.view.name,
    keys: ['hg_k0'],
    features: FEATURES,
  }));
  const join = pointInTimeJoin(spine, views, { knowledgeCut: true });
  const features = VIEWS.flatMap(({ view }) =>
    FEATURES.map((name) => sql`${join.column(view.name, name)} as ${nameSql(`${view.name}__${name}`)}`),
  );
  const labels = rawSql(
    'l."hg_id" as "label_id", l."hg_k0" as "customer_id", l."hg_time" as "label_time_ms", l."hg_label" as "label"',
  );
  const statement = sql`with ${listSql(join.ctes)} select ${listSql([labels, ...features])} from "hg_spine" l ${join.joins} order by "label_id"`;
  const bound = bindParameters(statement.text, athenaLiterals(statement.params));
  const { sql: translated, tables } = translateQuery(parseStatement(bound), 'bench');
  return tables.reduce((text, { view, table }) => text.replaceAll(`"${view}"`, `"${table}"`), translated);
}

/**
 * The same rules by hand, with DuckDB's own ASOF join: a row counts from the instant at which it was both true and
 * known; rows that a later event had overtaken by then are left out first, and of rows that arrive at one instant all
 * but the last.
 */
function handWritten(): string {
  const arrival = 'greatest(event_time_ms, known_at_ms)';
  const kept = VIEWS.map(
    ({ view: { name } }) => `kept_${name} AS (
      SELECT * FROM (
        SELECT *, ${arrival} AS arrival, max(event_time_ms) OVER in_order AS newest, lead(${arrival}) OVER in_order AS next
        FROM "${name}"
        WHERE customer_id IS NOT NULL AND event_time_ms <= ${LABELS_TO_MS} AND known_at_ms <= ${LABELS_TO_MS}
          AND loaded_at_ms <= ${LOADED_AT_MS}
        WINDOW in_order AS (
          PARTITION BY customer_id ORDER BY ${arrival}, event_time_ms, known_at_ms, loaded_at_ms, seq
        )
      ) WHERE event_time_ms = newest AND (next IS NULL OR next > arrival)
    )`,
  );
  const features = VIEWS.flatMap(({ view: { name, ttlMs } }) =>
    FEATURES.map((feature) => {
      const value = `kept_${name}.${feature}`;
      const young = `kept_${name}.event_time_ms >= l.label_time_ms - ${ttlMs}`;
      return `${ttlMs === null ? value : `CASE WHEN ${young} THEN ${value} END`} AS ${name}__${feature}`;
    }),
  );
  const joins = VIEWS.map(
    ({ view: { name } }) =>
      `ASOF LEFT JOIN kept_${name} ON kept_${name}.customer_id = l.customer_id AND kept_${name}.arrival <= l.label_time_ms`,
  );
  return `WITH numbered AS (
      SELECT row_number() OVER (ORDER BY customer_id, label_time_ms, label) AS label_id, * FROM labels
    ), ${kept.join(', ')}
    SELECT l.*, ${features.join(', ')} FROM numbered l ${joins.join(' ')} ORDER BY label_id`;
}
