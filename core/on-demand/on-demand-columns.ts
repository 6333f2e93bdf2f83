import { featureColumn } from '../definitions/feature-column.ts';
import type { FeatureRef, FeatureView } from '../definitions/feature-view.ts';
import { type OnDemandFeatureView, REQUEST_TIME, type RequestField } from '../definitions/on-demand-feature-view.ts';
import type { ColumnTypes } from '../expression/check-expression.ts';
import { type Expression, expressionColumns } from '../expression/expression.ts';

/** What the expressions of an on-demand view may name. */
export interface OnDemandColumns {
  readonly types: ColumnTypes;
  /** The stored features among them, by name. */
  readonly stored: ReadonlyMap<string, FeatureRef>;
  readonly request: ReadonlyMap<string, RequestField>;
}

/** What one expression reads. */
export interface OnDemandReads {
  readonly stored: readonly FeatureRef[];
  readonly request: readonly RequestField[];
}

/** @param stored the feature views whose features the expressions may read */
export function onDemandColumns(
  { request }: Pick<OnDemandFeatureView, 'request'>,
  stored: readonly FeatureView[],
): OnDemandColumns {
  const features = stored.flatMap((view) =>
    view.features.map(({ name, type }) => ({ ref: { view: view.name, feature: name }, type })),
  );
  return {
    types: {
      ...Object.fromEntries(features.map(({ ref, type }) => [featureColumn(ref), type])),
      ...Object.fromEntries(request.map(({ name, type }) => [name, type])),
      [REQUEST_TIME]: 'timestamp',
    },
    stored: new Map(features.map(({ ref }) => [featureColumn(ref), ref])),
    request: new Map(request.map((field) => [field.name, field])),
  };
}

/** In order of name, each once. */
export function onDemandReads(expression: Expression, columns: OnDemandColumns): OnDemandReads {
  const names = expressionColumns(expression);
  return {
    stored: names.flatMap((name) => columns.stored.get(name) ?? []),
    request: names.flatMap((name) => columns.request.get(name) ?? []),
  };
}
