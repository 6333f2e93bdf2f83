import type { Definitions } from '../../core/definitions/definitions.ts';
import { featureColumn } from '../../core/definitions/feature-column.ts';
import type { FeatureView } from '../../core/definitions/feature-view.ts';
import { type OnDemandFeatureView, REQUEST_TIME } from '../../core/definitions/on-demand-feature-view.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { parseExpression } from '../../core/expression/parse-expression.ts';
import { type OnDemandColumns, onDemandColumns, onDemandReads } from '../../core/on-demand/on-demand-columns.ts';
import { typeWithin } from './feature-type.ts';
import { quoteValue } from './read-input.ts';

type Found = readonly { readonly path: string; readonly problem: string }[];

/** @param stored the feature views that the expressions may read */
export function onDemandProblems(view: OnDemandFeatureView, stored: readonly FeatureView[]): Found {
  const columns = onDemandColumns(view, stored);
  return [
    ...repeated(view.features).map((name) => ({
      path: `features.${name}`,
      problem: 'is there more than once; rename one of them',
    })),
    ...repeated(view.request).map((name) => ({
      path: `request.${name}`,
      problem: 'is there more than once; rename one of them',
    })),
    ...view.request.flatMap(({ name }) => {
      if (name === REQUEST_TIME) {
        const problem = `"${name}" is the instant of the request, which is always there; leave it out`;
        return [{ path: `request.${name}`, problem }];
      }
      if (!columns.stored.has(name)) return [];
      return [{ path: `request.${name}`, problem: `"${name}" is also how a stored feature is written; rename it` }];
    }),
    ...view.features.flatMap(({ name, type, sql }) => {
      try {
        const computed = typeWithin(sql, columns.types);
        if (computed === type) return [];
        const problem = `${quoteValue(type)} is declared, and it computes a ${computed}`;
        return [{ path: `features.${name}.type`, problem }];
      } catch (error) {
        if (!(error instanceof InvalidInputError)) throw error;
        return [{ path: `features.${name}`, problem: error.message }];
      }
    }),
  ];
}

/** What is wrong between an on-demand view and all other definitions. */
export function onDemandReferenceProblems(view: OnDemandFeatureView, definitions: Definitions): Found {
  const { featureViews, entities } = definitions;
  const found = onDemandProblems(view, featureViews);
  const named = featureViews.some(({ name }) => name === view.name)
    ? [{ path: 'name', problem: `"${view.name}" is also the name of a feature view; rename one of them` }]
    : [];
  if (found.length > 0) return [...named, ...found];
  const columns = onDemandColumns(view, featureViews);
  const reads = view.features.map(({ name, sql }) => ({ name, ...onDemandReads(parseExpression(sql), columns) }));
  const views = new Set(reads.flatMap(({ stored }) => stored.map((ref) => ref.view)));
  const keys = featureViews
    .filter(({ name }) => views.has(name))
    .flatMap((one) => entities.find(({ name }) => name === one.entity)?.joinKeys ?? []);
  const keyNames = new Set(keys.map(({ name }) => name));
  return [
    ...named,
    ...view.request.flatMap(({ name }) =>
      keyNames.has(name)
        ? [{ path: `request.${name}`, problem: `"${name}" is a join key of what the view reads; rename it` }]
        : [],
    ),
    ...ambiguities(view, featureViews, columns),
  ];
}

/** `a__b__c` may be feature b__c of view a, or feature c of view a__b. */
function ambiguities(view: OnDemandFeatureView, featureViews: readonly FeatureView[], columns: OnDemandColumns): Found {
  const refs = featureViews.flatMap((one) => one.features.map(({ name }) => ({ view: one.name, feature: name })));
  return view.features.flatMap(({ name, sql }) =>
    onDemandReads(parseExpression(sql), columns).stored.flatMap((read) => {
      const column = featureColumn(read);
      const meanings = refs.filter((ref) => featureColumn(ref) === column).map((ref) => `${ref.view}:${ref.feature}`);
      if (meanings.length < 2) return [];
      const problem = `"${column}" could be ${meanings.join(' or ')}; rename a view or a feature`;
      return [{ path: `features.${name}`, problem }];
    }),
  );
}

function repeated(among: readonly { readonly name: string }[]): readonly string[] {
  const names = among.map(({ name }) => name);
  return [...new Set(names.filter((name, i) => names.indexOf(name) < i))];
}
