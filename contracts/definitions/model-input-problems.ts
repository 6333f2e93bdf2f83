import type { Definitions } from '../../core/definitions/definitions.ts';
import type { Entity, JoinKey } from '../../core/definitions/entity.ts';
import type { FeatureRef, FeatureView } from '../../core/definitions/feature-view.ts';
import type { Model } from '../../core/definitions/model.ts';
import type { Source } from '../../core/definitions/source.ts';
import type { ValueType } from '../../core/definitions/value-type.ts';
import { InvalidInputError, NotFoundError } from '../../core/errors.ts';
import { ExpressionError } from '../../core/expression/expression-error.ts';
import { type OnDemandPlan, planOnDemand } from '../../core/on-demand/plan-on-demand.ts';
import { expressionType } from './feature-type.ts';
import { precomputedInputProblems } from './precomputed.ts';
import { unknownName } from './unknown-name.ts';

/** A prediction reads its route, all its views and an answer computed before in one BatchGetItem of 100 keys. */
const MAX_VIEWS_OF_MODEL = 98;

type Found = readonly { readonly path: string; readonly problem: string }[];
type Named = readonly { readonly name: string; readonly type: ValueType }[];

const NONE: OnDemandPlan = { features: [], stored: [], request: [] };

/** What is wrong between a model's inputs, its label and the views they come from. */
export function inputProblems(model: Model, definitions: Definitions): Found {
  const { featureViews, onDemandFeatureViews } = definitions;
  const views = [...featureViews, ...onDemandFeatureViews];
  const found = [...new Set(model.features.map(({ view }) => view))].flatMap((name) => {
    const view = views.find((one) => one.name === name);
    if (view === undefined) return [unknownName('features', 'feature view', name, views)];
    return model.features.filter((ref) => ref.view === name).flatMap((ref) => featureProblems(ref, view.features));
  });
  const { plan: onDemand, misfit } = onDemandOf(model, definitions);
  if (misfit.length > 0) return [...found, ...misfit];
  const read = [...model.features, ...onDemand.stored].map(({ view }) => view);
  const stored = featureViews.filter(({ name }) => read.includes(name));
  const joined = viewProblems(model, stored, onDemand, definitions.entities);
  const early = precomputedInputProblems(model, onDemand);
  return [...found, ...joined, ...contextProblems(model, onDemand, definitions.sources), ...early];
}

function featureProblems({ view, feature }: FeatureRef, features: Named): Found {
  const found = features.find(({ name }) => name === feature);
  if (found === undefined) {
    return [unknownName('features', `feature of view "${view}"`, feature, features, 'correct the name')];
  }
  if (found.type !== 'timestamp') return [];
  const problem = `"${view}:${feature}" is a timestamp, which a model would learn as a date that never comes back; use a number computed from it`;
  return [{ path: 'features', problem }];
}

/** No plan where an on-demand view is wrong itself, which is told of that view, or two do not fit together. */
function onDemandOf(
  model: Model,
  { onDemandFeatureViews, featureViews }: Definitions,
): { readonly plan: OnDemandPlan; readonly misfit: Found } {
  try {
    return { plan: planOnDemand(model.features, onDemandFeatureViews, featureViews), misfit: [] };
  } catch (error) {
    const isTold = error instanceof ExpressionError || error instanceof NotFoundError;
    if (isTold) return { plan: NONE, misfit: [] };
    if (error instanceof InvalidInputError)
      return { plan: NONE, misfit: [{ path: 'features', problem: error.message }] };
    throw error;
  }
}

/**
 * Whether each row of the model names one entity of each view: by a part of its join keys, or by none.
 *
 * @param stored the views of inputs, and those that on-demand inputs read
 */
function viewProblems(
  model: Model,
  stored: readonly FeatureView[],
  onDemand: OnDemandPlan,
  entities: readonly Entity[],
): Found {
  const tooMany =
    stored.length > MAX_VIEWS_OF_MODEL
      ? [
          {
            path: 'features',
            problem: `they come from ${stored.length} feature views; at most ${MAX_VIEWS_OF_MODEL} are allowed`,
          },
        ]
      : [];
  const keysOf = (entity: string) => entities.find(({ name }) => name === entity)?.joinKeys;
  const known = keysOf(model.entity);
  return [
    ...tooMany,
    ...stored.flatMap(({ name, entity }) => {
      const keys = keysOf(entity);
      if (known === undefined || keys === undefined) return []; // told of the model, or of the view
      const foreign = keys.filter((key) => !known.some((one) => one.name === key.name && one.type === key.type));
      if (foreign.length === 0) return [];
      const reader = onDemand.features.find(({ reads }) => reads.stored.some(({ view }) => view === name));
      const isInput = model.features.some(({ view }) => view === name);
      const by = reader === undefined || isInput ? '' : `, which ${reader.ref.view}:${reader.ref.feature} reads,`;
      const problem = `feature view "${name}"${by} describes ${entity} by ${keysText(foreign)}, and the model predicts about ${model.entity}, which has ${keysText(known)}; use views whose join keys are among these`;
      return [{ path: 'features', problem }];
    }),
  ];
}

function keysText(keys: readonly JoinKey[]): string {
  return keys.map(({ name, type }) => `${name} (${type})`).join(', ') || 'no join keys';
}

/** Whether the label gives each training row what a request will bring. */
function contextProblems({ label }: Model, onDemand: OnDemandPlan, sources: readonly Source[]): Found {
  const readerOf = (field: string) => {
    const reader = onDemand.features.find(({ reads }) => reads.request.some(({ name }) => name === field));
    return reader === undefined ? 'nothing' : `${reader.ref.view}:${reader.ref.feature}`;
  };
  if (label.kind === 'future') {
    return onDemand.request.map(({ name }) => ({
      path: 'features',
      problem: `${readerOf(name)} reads "${name}", which comes with a request, and a label of the future has no request; use observedLabel({ context: { ${name}: … } }) or leave the feature out`,
    }));
  }
  const from = sources.find(({ name }) => name === label.source);
  const absent = onDemand.request.filter(({ name }) => !label.context.some((one) => one.name === name));
  return [
    ...absent.map(({ name, type }) => ({
      path: `label.context.${name}`,
      problem: `is missing, and ${readerOf(name)} reads it; write an expression over source ${label.source} that is a ${type}`,
    })),
    ...label.context.flatMap(({ name, sql }) => {
      const path = `label.context.${name}`;
      const field = onDemand.request.find((one) => one.name === name);
      if (field === undefined) {
        return [{ path, problem: `no on-demand feature of the model reads "${name}"; leave it out` }];
      }
      const type = from === undefined ? null : typeOf(sql, from);
      const fits = type === null || type === field.type || (type === 'int64' && field.type === 'float64');
      if (fits) return [];
      const problem = `"${sql}" is a ${type}, and ${readerOf(name)} reads a ${field.type}; write an expression of that type`;
      return [{ path, problem }];
    }),
  ];
}

/** Null for an expression that is wrong, which is told of the label. */
function typeOf(sql: string, from: Source): string | null {
  try {
    return expressionType(sql, from);
  } catch (error) {
    if (error instanceof InvalidInputError) return null;
    throw error;
  }
}
