import { featureColumn } from '../definitions/feature-column.ts';
import type { FeatureRef, FeatureView } from '../definitions/feature-view.ts';
import type { OnDemandFeatureView, RequestField } from '../definitions/on-demand-feature-view.ts';
import type { ValueType } from '../definitions/value-type.ts';
import { InvalidInputError, NotFoundError } from '../errors.ts';
import type { ColumnTypes } from '../expression/check-expression.ts';
import { type CompiledExpression, compileExpression } from '../expression/compile-expression.ts';
import type { Expression } from '../expression/expression.ts';
import { expressionToSql } from '../expression/expression-to-sql.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import type { Sql } from '../sql/sql.ts';
import { type OnDemandReads, onDemandColumns, onDemandReads } from './on-demand-columns.ts';

/** One on-demand feature, ready to be computed. */
export interface OnDemandComputation {
  readonly ref: FeatureRef;
  readonly type: ValueType;
  readonly reads: OnDemandReads;
  readonly expression: Expression;
  readonly columns: ColumnTypes;
  /** Over a row with the stored features by `view__feature`, the request fields and `request_time`. */
  readonly compute: CompiledExpression;
}

/** What it takes to compute the on-demand features among those that are asked for. */
export interface OnDemandPlan {
  /** In the order asked for. */
  readonly features: readonly OnDemandComputation[];
  /** The stored features they read, each once. */
  readonly stored: readonly FeatureRef[];
  /** The request fields they read, each once. */
  readonly request: readonly RequestField[];
}

/**
 * References to other than on-demand views are left out.
 *
 * @param stored feature views, at least those that the expressions read
 * @throws NotFoundError for a feature that its view lacks
 * @throws ExpressionError when an expression reads what is not there
 * @throws InvalidInputError when two views give one request field different types
 */
export function planOnDemand(
  refs: readonly FeatureRef[],
  onDemand: readonly OnDemandFeatureView[],
  stored: readonly FeatureView[],
): OnDemandPlan {
  const features = refs.flatMap((ref) => {
    const view = onDemand.find(({ name }) => name === ref.view);
    return view === undefined ? [] : [computation(ref, view, stored)];
  });
  const storedRefs = features.flatMap(({ reads }) => reads.stored);
  return {
    features,
    stored: [...new Map(storedRefs.map((ref) => [featureColumn(ref), ref])).values()],
    request: requestOf(features),
  };
}

/** The same value in Athena's SQL. @param columnSql how a column of the row is spelled where the SQL goes */
export function onDemandSql({ expression, columns }: OnDemandComputation, columnSql: (name: string) => string): Sql {
  return expressionToSql(expression, columns, columnSql);
}

function computation(ref: FeatureRef, view: OnDemandFeatureView, stored: readonly FeatureView[]): OnDemandComputation {
  const feature = view.features.find(({ name }) => name === ref.feature);
  if (feature === undefined) {
    const known = view.features.map(({ name }) => name);
    throw new NotFoundError(`feature of on-demand view "${view.name}"`, ref.feature, known);
  }
  const columns = onDemandColumns(view, stored);
  const expression = parseExpression(feature.sql);
  return {
    ref: { view: ref.view, feature: ref.feature },
    type: feature.type,
    reads: onDemandReads(expression, columns),
    expression,
    columns: columns.types,
    compute: compileExpression(expression, columns.types),
  };
}

function requestOf(features: readonly OnDemandComputation[]): readonly RequestField[] {
  const fields = new Map<string, RequestField>();
  for (const { ref, reads } of features) {
    for (const field of reads.request) {
      const first = fields.get(field.name);
      if (first !== undefined && first.type !== field.type) {
        throw new InvalidInputError(
          `request field "${field.name}" is a ${field.type} for ${ref.view}:${ref.feature} and a ${first.type} for another feature; give it one type or two names`,
          { field: field.name },
        );
      }
      fields.set(field.name, first ?? field);
    }
  }
  return [...fields.values()];
}
