import type { ResolvedView } from '../definitions/definitions.ts';
import { admissionRules } from '../definitions/feature-view.ts';
import type { Row } from '../definitions/value-type.ts';
import { sourceExpression } from '../point-in-time/source-expression.ts';
import { sourceExpressionSql } from '../sql/offline-table-sql.ts';
import { type Sql, sql } from '../sql/sql.ts';

type Viewed = Pick<ResolvedView, 'view' | 'source'>;

/**
 * The names of the quarantine rules that a source row breaks, in the order they are declared; none means that the row
 * takes part in the view. A rule holds when its condition is true or null, as with SQL's CHECK.
 */
export type Admission = (row: Row) => readonly string[];

/**
 * Decides row by row what `admissionSql` decides in a statement.
 *
 * @throws ExpressionError when a condition does not fit the source
 */
export function admission({ view, source }: Viewed): Admission {
  const rules = admissionRules(view).map(({ name, condition }) => {
    const holds = sourceExpression(source, condition);
    return { name, isBroken: (values: Row) => holds({ values }) === false };
  });
  return (row) => rules.filter(({ isBroken }) => isBroken(row)).map(({ name }) => name);
}

/** Conditions, one for each quarantine rule, that hold for the rows of `alias` that take part in the view. Never null. */
export function admissionSql({ view, source }: Viewed, alias: string): readonly Sql[] {
  return admissionRules(view).map(({ condition }) => holdsSql({ source }, condition, alias));
}

/** A condition over the rows of `alias` that is true where the expression is true or null. Never null. */
export function holdsSql({ source }: Pick<ResolvedView, 'source'>, condition: string, alias: string): Sql {
  return sql`coalesce(${sourceExpressionSql(source, condition, alias)}, true)`;
}
