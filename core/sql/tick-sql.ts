import { type Sql, sql, wholeSql } from './sql.ts';

/** The first tick at or after an instant, as `ceilTick`; right for instants before 1970 too, where `%` is negative. */
export function ceilTickSql(instantMs: Sql, stepMs: number): Sql {
  const step = wholeSql(stepMs);
  return sql`(${instantMs} + (${step} - ${instantMs} % ${step}) % ${step})`;
}
