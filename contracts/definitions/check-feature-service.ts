import type { Definitions } from '../../core/definitions/definitions.ts';
import type { JoinKey } from '../../core/definitions/entity.ts';
import type { FeatureService } from '../../core/definitions/feature-service.ts';
import type { FeatureView } from '../../core/definitions/feature-view.ts';
import { aliasProblems, featureServiceProblems } from './feature-service.ts';
import { quoteValue } from './read-input.ts';

type Found = readonly { readonly path: string; readonly problem: string }[];

/** What is wrong between a feature service and the definitions that it names. */
export function serviceReferenceProblems(service: FeatureService, definitions: Definitions): Found {
  return [
    ...featureServiceProblems(service),
    ...nameProblems(service, definitions),
    ...service.aliases.flatMap((one) => {
      const view = definitions.featureViews.find(({ name }) => name === one.view);
      return view === undefined
        ? [unknown('aliases', 'feature view', one.view, definitions.featureViews)]
        : aliasProblems(one, view).map(({ path, problem }) => ({ path: `aliases.${one.name}.${path}`, problem }));
    }),
    ...service.features.flatMap(({ view, feature }) => featureProblems(service, definitions, view, feature)),
    ...keyTypeProblems(service, definitions),
  ];
}

/** Names that a request could take to mean two things. */
function nameProblems(service: FeatureService, definitions: Definitions): Found {
  const views = [...definitions.featureViews, ...definitions.onDemandFeatureViews];
  const taken = service.aliases.filter(({ name }) => views.some((view) => view.name === name));
  return [
    ...(definitions.models.some(({ name }) => name === service.name)
      ? [
          {
            path: 'name',
            problem: `"${service.name}" is also the name of a model, whose inputs are read by it; rename`,
          },
        ]
      : []),
    ...taken.map(({ name }) => ({
      path: `aliases.${name}`,
      problem: `"${name}" is also the name of a view; give the alias another name`,
    })),
  ];
}

function featureProblems(service: FeatureService, definitions: Definitions, view: string, feature: string): Found {
  const aliased = service.aliases.find(({ name }) => name === view);
  const named = aliased?.view ?? view;
  const found =
    definitions.featureViews.find(({ name }) => name === named) ??
    (aliased === undefined ? definitions.onDemandFeatureViews.find(({ name }) => name === named) : undefined);
  if (found === undefined) {
    const known = [...definitions.featureViews, ...definitions.onDemandFeatureViews, ...service.aliases];
    return aliased === undefined ? [unknown('features', 'view or alias', view, known)] : [];
  }
  const isThere = found.features.some(({ name }) => name === feature);
  return isThere ? [] : [unknown('features', `feature of view "${named}"`, feature, found.features)];
}

/** One list of a request holds the values of one name, so that its views have to agree on the type. */
function keyTypeProblems(service: FeatureService, definitions: Definitions): Found {
  const typeOf = new Map<string, { readonly type: JoinKey['type']; readonly of: string }>();
  const problems: { path: string; problem: string }[] = [];
  for (const name of new Set(service.features.map(({ view }) => view))) {
    for (const { name: key, type } of keysOf(name, service, definitions)) {
      const first = typeOf.get(key);
      if (first === undefined) typeOf.set(key, { type, of: name });
      else if (first.type !== type) {
        const problem = `join key ${quoteValue(key)} is a ${first.type} for ${first.of} and a ${type} for ${name}; alias one of them with another name for it`;
        problems.push({ path: 'features', problem });
      }
    }
  }
  return problems;
}

function keysOf(name: string, service: FeatureService, definitions: Definitions): readonly JoinKey[] {
  const aliased = service.aliases.find((one) => one.name === name);
  const view: FeatureView | undefined = definitions.featureViews.find((one) => one.name === (aliased?.view ?? name));
  const of = definitions.entities.find((one) => one.name === view?.entity);
  return (of?.joinKeys ?? []).map((key, i) => ({ ...key, name: aliased?.joinKeys[i] ?? key.name }));
}

function unknown(path: string, what: string, name: string, known: readonly { readonly name: string }[]) {
  const list = known.map((one) => one.name).join(', ') || '(none)';
  return { path, problem: `there is no ${what} named "${name}"; known: ${list}; correct the name` };
}
