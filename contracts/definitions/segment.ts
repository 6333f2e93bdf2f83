import * as z from 'zod';
import type { Definitions } from '../../core/definitions/definitions.ts';
import type { FeatureRef } from '../../core/definitions/feature-view.ts';
import type { Model, Segment } from '../../core/definitions/model.ts';
import type { ValueType } from '../../core/definitions/value-type.ts';
import { refuse } from './definition-error.ts';
import { quoteValue, readInput, strictObject } from './read-input.ts';
import { unknownName } from './unknown-name.ts';

type Found = readonly { readonly path: string; readonly problem: string }[];

const MAX_SEGMENTS = 20;
const REFERENCE = /^[a-z][a-z0-9_]*:[a-z][a-z0-9_]*$/;

const CutsInput = strictObject({
  cuts: z
    .array(z.number('must be a number'), 'must be a list of numbers')
    .min(1, '[] is empty; write where slices begin'),
});

/** What a model's `segments` accept: a feature, or `segment(feature, { cuts })`. */
export const SegmentInput = z.custom<Segment | FeatureRef | string>(
  (value) =>
    typeof value === 'string'
      ? REFERENCE.test(value)
      : typeof value === 'object' && value !== null && 'view' in value && 'feature' in value,
  {
    error: (issue) =>
      `${quoteValue(issue.input)} is no segment; write "view:feature", feature(view, "name") or segment("view:feature", { cuts: [ … ] })`,
  },
);

/**
 * A feature by which test rows are told apart, with the `cuts` at which a number's slices begin: [25, 60] makes three
 * slices, below 25, from 25 to below 60, and from 60 on. A text or true and false needs no cuts, nor this function.
 */
export function segment(of: FeatureRef | string, input: z.input<typeof CutsInput>): Segment {
  const name = typeof of === 'string' ? of : segmentName(of);
  if (!REFERENCE.test(name)) {
    refuse('segment', [{ path: '', problem: `${quoteValue(of)} is not a feature; write "view:feature"` }]);
  }
  return segmentOf({ ...referenceOf(name), ...readInput(`segment ${name}`, CutsInput, input) });
}

export function segmentOf(given: z.input<typeof SegmentInput>): Segment {
  if (typeof given === 'string') return { ...referenceOf(given), cuts: null };
  return { view: given.view, feature: given.feature, cuts: 'cuts' in given ? given.cuts : null };
}

export function segmentName({ view, feature }: FeatureRef): string {
  return `${view}:${feature}`;
}

/** What is wrong within the segments of a model. */
export function segmentProblems({ segments }: Pick<Model, 'segments'>): Found {
  const names = segments.map(segmentName);
  const repeated = [...new Set(names.filter((name, i) => names.indexOf(name) < i))];
  const tooMany = `there are ${names.length}; at most ${MAX_SEGMENTS} are allowed`;
  return [
    ...(names.length > MAX_SEGMENTS ? [{ path: 'segments', problem: tooMany }] : []),
    ...repeated.map((name) => ({
      path: 'segments',
      problem: `${quoteValue(name)} is there more than once; write it once`,
    })),
    ...segments.flatMap(({ cuts, ...ref }) => {
      const isAscending = cuts === null || cuts.every((cut, i) => i === 0 || cuts[i - 1]! < cut);
      if (isAscending) return [];
      return [
        {
          path: 'segments',
          problem: `the cuts of ${segmentName(ref)} are ${cuts.join(', ')}; write them ascending, each once`,
        },
      ];
    }),
  ];
}

/** What is wrong between the segments of a model and the views they come from. */
export function segmentReferenceProblems(
  model: Model,
  { featureViews, onDemandFeatureViews, entities }: Definitions,
): Found {
  const views = [...featureViews, ...onDemandFeatureViews];
  const known = entities.find(({ name }) => name === model.entity)?.joinKeys;
  return model.segments.flatMap((one): Found => {
    const name = segmentName(one);
    const view = views.find((candidate) => candidate.name === one.view);
    if (view === undefined) return [unknownName('segments', 'feature view', one.view, views)];
    const of = view.features.find((feature) => feature.name === one.feature);
    if (of === undefined)
      return [
        unknownName('segments', `feature of view "${view.name}"`, one.feature, view.features, 'correct the name'),
      ];
    const unfit = typeProblem(name, of.type, one.cuts);
    if (unfit !== null) return [{ path: 'segments', problem: unfit }];
    if (model.features.some((input) => segmentName(input) === name)) return [];
    if (view.kind === 'onDemandFeatureView') {
      const problem = `"${name}" is computed on demand and no input of the model, so that no row has it; use a feature of a feature view, or make it an input`;
      return [{ path: 'segments', problem }];
    }
    const keys = entities.find((entity) => entity.name === view.entity)?.joinKeys;
    if (known === undefined || keys === undefined) return []; // told of the model, or of the view
    if (keys.every((key) => known.some((own) => own.name === key.name && own.type === key.type))) return [];
    const problem = `feature view "${view.name}" describes ${view.entity}, whose join keys ${model.entity} lacks; use a view whose join keys are among its own`;
    return [{ path: 'segments', problem }];
  });
}

function typeProblem(name: string, type: ValueType, cuts: Segment['cuts']): string | null {
  switch (type) {
    case 'string':
    case 'boolean':
      return cuts === null ? null : `"${name}" is a ${type}, whose values are the slices; leave the cuts out`;
    case 'int64':
    case 'float64':
      return cuts === null
        ? `"${name}" is a number; write segment("${name}", { cuts: [ … ] }) with the numbers where slices begin`
        : null;
    case 'timestamp':
      return `"${name}" is a timestamp; use a number or a text computed from it`;
  }
}

function referenceOf(name: string): FeatureRef {
  const [view = '', feature = ''] = name.split(':');
  return { view, feature };
}
