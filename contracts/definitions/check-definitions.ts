import type { Definitions } from '../../core/definitions/definitions.ts';
import type { FeatureView } from '../../core/definitions/feature-view.ts';
import type { Model } from '../../core/definitions/model.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { serviceReferenceProblems } from './check-feature-service.ts';
import type { DefinitionProblem } from './definition-error.ts';
import { featureType } from './feature-type.ts';
import { featureViewProblems } from './feature-view.ts';
import { gateLimitProblems } from './gate.ts';
import { keyProblems } from './key-columns.ts';
import { labelProblems, problemKindProblems } from './label.ts';
import { defaultTypeProblems } from './missing-policy.ts';
import { modelProblems } from './model.ts';
import { inputProblems } from './model-input-problems.ts';
import { onDemandReferenceProblems } from './on-demand-problems.ts';
import { quoteValue } from './read-input.ts';
import { segmentReferenceProblems } from './segment.ts';
import { sourceProblems } from './source.ts';
import { unknownName } from './unknown-name.ts';

type Problem = Omit<DefinitionProblem, 'file'>;
type Found = readonly { path: string; problem: string }[];

type DefinitionKind = 'entity' | 'source' | 'featureView' | 'onDemandFeatureView' | 'featureService' | 'model';

const WORDS: Readonly<Record<DefinitionKind, string>> = {
  entity: 'entity',
  source: 'source',
  featureView: 'feature view',
  onDemandFeatureView: 'on-demand feature view',
  featureService: 'feature service',
  model: 'model',
};

/** How messages call a definition. */
export function labelOfDefinition(kind: DefinitionKind, name: string): string {
  return `${WORDS[kind]} "${name}"`;
}

/** Everything that is wrong between definitions of well-formed members. */
export function definitionProblems(definitions: Definitions): readonly Problem[] {
  const all = [
    ...definitions.entities,
    ...definitions.sources,
    ...definitions.featureViews,
    ...definitions.onDemandFeatureViews,
    ...definitions.featureServices,
    ...definitions.models,
  ];
  const labels = all.map((one) => labelOfDefinition(one.kind, one.name));
  const repeated = [...new Set(labels.filter((label, i) => labels.indexOf(label) < i))];
  return [
    ...repeated.map((definition) => ({
      definition,
      path: 'name',
      problem: 'is defined more than once; rename one of them',
    })),
    ...definitions.sources.flatMap((one) => within('source', one.name, sourceProblems(one))),
    ...definitions.featureViews.flatMap((one) => within('featureView', one.name, viewProblems(one, definitions))),
    ...definitions.onDemandFeatureViews.flatMap((one) =>
      within('onDemandFeatureView', one.name, onDemandReferenceProblems(one, definitions)),
    ),
    ...definitions.featureServices.flatMap((one) =>
      within('featureService', one.name, serviceReferenceProblems(one, definitions)),
    ),
    ...definitions.models.flatMap((one) => within('model', one.name, modelReferenceProblems(one, definitions))),
  ];
}

function within(kind: DefinitionKind, name: string, found: Found): readonly Problem[] {
  return found.map((one) => ({ definition: labelOfDefinition(kind, name), ...one }));
}

function viewProblems(view: FeatureView, definitions: Definitions): Found {
  const of = definitions.entities.find((one) => one.name === view.entity);
  const from = definitions.sources.find((one) => one.name === view.source);
  if (of === undefined) return [unknownName('entity', 'entity', view.entity, definitions.entities)];
  if (from === undefined) return [unknownName('source', 'source', view.source, definitions.sources)];
  const found = [
    ...keyProblems(of, from, keysOf(of.joinKeys, view.keyColumns)),
    ...featureViewProblems(view, of, from),
  ];
  for (const { name, type, compute } of view.features) {
    try {
      const computed = featureType(compute, from);
      if (computed !== type)
        found.push({
          path: `features.${name}.type`,
          problem: `${quoteValue(type)} is declared, and it computes a ${computed}`,
        });
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      found.push({ path: `features.${name}`, problem: error.message });
    }
  }
  if (view.source !== view.name && definitions.sources.some((one) => one.name === view.name)) {
    const problem = `"${view.name}" is also the name of a source that the view does not read, so that a file for it could mean both; rename one`;
    found.push({ path: 'name', problem });
  }
  return found;
}

function modelReferenceProblems(model: Model, definitions: Definitions): Found {
  const found = [...modelProblems(model)];
  const of = definitions.entities.find((one) => one.name === model.entity);
  const from = definitions.sources.find((one) => one.name === model.label.source);
  if (of === undefined) found.push(unknownName('entity', 'entity', model.entity, definitions.entities));
  if (from === undefined) found.push(unknownName('label.source', 'source', model.label.source, definitions.sources));
  if (from !== undefined) {
    const wrong = labelProblems(model.label, from).map(({ path, problem }) => ({ path: `label.${path}`, problem }));
    found.push(...(wrong.length > 0 ? wrong : problemKindProblems(model.label, model.problem, from)));
  }
  if (of !== undefined && from !== undefined) {
    const keys = keyProblems(of, from, keysOf(of.joinKeys, model.label.keyColumns));
    found.push(...keys.map(({ path, problem }) => ({ path: `label.${path}`, problem })));
  }
  if (of?.joinKeys.length === 0 && model.split.by === 'entity') {
    const problem = `"entity" puts every row into one part, because there is one ${of.name}; split by time`;
    found.push({ path: 'split.by', problem });
  }
  model.gates.forEach((gate, i) => {
    found.push(...gateLimitProblems(gate).map(({ path, problem }) => ({ path: `gates.${i}.${path}`, problem })));
  });
  return [
    ...found,
    ...inputProblems(model, definitions),
    ...defaultTypeProblems(model, definitions),
    ...segmentReferenceProblems(model, definitions),
  ];
}

function keysOf(
  joinKeys: readonly { readonly name: string }[],
  columns: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(joinKeys.map((key, i) => [key.name, columns[i] ?? '']));
}
