import type { ResolvedView } from '../definitions/definitions.ts';
import { admissionRules, type FeatureCompute } from '../definitions/feature-view.ts';
import type { Label } from '../definitions/model.ts';
import { expressionColumns } from '../expression/expression.ts';
import { parseExpression } from '../expression/parse-expression.ts';

/** Columns of its source that the values of a view depend on, in order of name. */
export function columnsOfView({ view }: ResolvedView): readonly string[] {
  const rules = admissionRules(view).map(({ condition }) => condition);
  return named([
    ...view.keyColumns,
    ...view.features.flatMap(({ compute }) => columnsOf(compute)),
    ...rules.flatMap(read),
  ]);
}

/** Columns of its source that a label depends on, in order of name. */
export function columnsOfLabel(label: Label): readonly string[] {
  const texts = label.kind === 'observed' ? [label.value, ...label.context.map(({ sql }) => sql)] : [label.input];
  return named([...label.keyColumns, ...[...texts, label.where].flatMap(read)]);
}

function columnsOf(compute: FeatureCompute): readonly string[] {
  if (compute.kind === 'column') return [compute.column];
  return compute.kind === 'expression' ? read(compute.sql) : [...read(compute.input), ...read(compute.where)];
}

function read(text: string | null): readonly string[] {
  return text === null ? [] : expressionColumns(parseExpression(text));
}

function named(columns: readonly string[]): readonly string[] {
  return [...new Set(columns)].sort();
}
