import type { ResolvedView } from '../definitions/definitions.ts';
import type { Expectation } from '../definitions/expectation.ts';
import { dayOf } from '../offline/table-layout.ts';
import { loadedBySql, type TableSnapshot, tableSql } from '../sql/offline-table-sql.ts';
import { joinSql, listSql, nameSql, rawSql, type Sql, sql } from '../sql/sql.ts';
import { admissionSql, holdsSql } from './admission.ts';
import type { JudgedRows } from './judged-rows.ts';

/** The rows of a view's table that one run wrote. */
export interface WrittenRows {
  readonly database: string;
  readonly table: string;
  readonly loadedAtMs: number;
}

/**
 * One row with everything that the expectations of a view need to know about a run, all bigint: `source_rows` that
 * are judged, `admitted_rows` of them that break no quarantine rule, `rows` written, and by the place of an
 * expectation in the view's list `broken_<i>` (source rows that break it; among the admitted ones unless it is a
 * quarantine rule), `nulls_<i>` (written rows without the feature) and `repeated_<i>` (admitted rows beyond the first
 * with the same columns).
 */
export function measureSql(
  resolved: ResolvedView,
  source: TableSnapshot,
  judged: JudgedRows,
  written: WrittenRows,
): Sql {
  const { expectations } = resolved.view;
  const unique = expectations.flatMap((expectation, i) =>
    expectation.kind === 'unique' ? [repeatedSql(resolved, source, judged, expectation.columns, i)] : [],
  );
  const parts = [sourceSql(resolved, source, judged, expectations), writtenSql(written, expectations), ...unique];
  return sql`select * from ${joinSql(parts, ' cross join ')}`;
}

/** Source rows that break a quarantine rule, with the names of the rules in `hg_rules`, separated by commas. */
export function setAsideSql(resolved: ResolvedView, source: TableSnapshot, judged: JudgedRows): Sql {
  const names = resolved.view.expectations.flatMap((rule) =>
    rule.kind === 'row' && rule.severity === 'quarantine'
      ? [sql`case when not ${holdsSql(resolved, rule.condition, 'r')} then ${rule.name} end`]
      : [],
  );
  const times = ['event_time_ms', 'known_at_ms', 'loaded_at_ms', 'seq'];
  const columns = [...resolved.source.columns.map(({ name }) => name), ...times].map((name) => nameSql(name, 'r'));
  const isAdmitted = joinSql(admissionSql(resolved, 'r'), ' and ');
  return sql`select ${listSql(columns)}, concat_ws(${','}, ${listSql(names)}) as "hg_rules"
    from ${tableSql(source)} r where ${judgedSql(source, judged)} and not (${isAdmitted})`;
}

function sourceSql(
  resolved: ResolvedView,
  source: TableSnapshot,
  judged: JudgedRows,
  expectations: readonly Expectation[],
): Sql {
  const admitted = admittedSql(resolved);
  const counts = expectations.flatMap((rule, i) => {
    if (rule.kind !== 'row') return [];
    const isBroken = sql`not ${holdsSql(resolved, rule.condition, 'r')}`;
    const counted = rule.severity === 'quarantine' ? isBroken : sql`${admitted} and ${isBroken}`;
    return [sql`count(case when ${counted} then 1 end) as ${nameSql(`broken_${i}`)}`];
  });
  const all = [
    sql`count(*) as "source_rows"`,
    sql`count(case when ${admitted} then 1 end) as "admitted_rows"`,
    ...counts,
  ];
  return sql`(select ${listSql(all)} from ${tableSql(source)} r where ${judgedSql(source, judged)}) s`;
}

function writtenSql(written: WrittenRows, expectations: readonly Expectation[]): Sql {
  const nulls = expectations.flatMap((rule, i) =>
    rule.kind === 'null_share'
      ? [sql`count(case when ${nameSql(rule.feature, 'v')} is null then 1 end) as ${nameSql(`nulls_${i}`)}`]
      : [],
  );
  const { database, table, loadedAtMs } = written;
  return sql`(select ${listSql([sql`count(*) as "rows"`, ...nulls])} from ${nameSql(table, database)} v
    where v."loaded_at_ms" = ${loadedAtMs} and v."loaded_day" = ${dayOf(loadedAtMs)}) w`;
}

function repeatedSql(
  resolved: ResolvedView,
  source: TableSnapshot,
  judged: JudgedRows,
  columns: readonly string[],
  i: number,
): Sql {
  const names = columns.map((column) => nameSql(column, 'r'));
  const where = joinSql(
    [judgedSql(source, judged), admittedSql(resolved), ...names.map((name) => sql`${name} is not null`)],
    ' and ',
  );
  return sql`(select cast(coalesce(sum("n" - 1), 0) as bigint) as ${nameSql(`repeated_${i}`)} from (
    select count(*) as "n" from ${tableSql(source)} r where ${where} group by ${listSql(names)}
  ) g) ${rawSql(`u${i}`)}`;
}

function judgedSql(source: TableSnapshot, { fromMs, toMs, loadedFromMs }: JudgedRows): Sql {
  return joinSql(
    [
      loadedBySql(source, 'r'),
      sql`r."loaded_at_ms" > ${loadedFromMs}`,
      sql`r."loaded_day" >= ${dayOf(loadedFromMs)}`,
      sql`r."event_time_ms" > ${fromMs}`,
      sql`r."event_time_ms" <= ${toMs}`,
    ],
    ' and ',
  );
}

function admittedSql(resolved: ResolvedView): Sql {
  return sql`(${joinSql([rawSql('true'), ...admissionSql(resolved, 'r')], ' and ')})`;
}
