import * as z from 'zod';
import { HOUR_MS, SECOND_MS } from '../../core/clock.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import type { FeatureRef } from '../../core/definitions/feature-view.ts';
import type { MissingPolicy, Model } from '../../core/definitions/model.ts';
import type { Value, ValueType } from '../../core/definitions/value-type.ts';
import { durationBetween } from './duration.ts';
import { oneOf, quoteValue } from './read-input.ts';

/** What a model's `serving` says about inputs without a value, and about using again what was read. */
export const MissingInput = {
  /** For a value that is not found or null: leave it missing, or do not answer. */
  onMissing: oneOf(['null', 'refuse']).default('null'),
  /** For a value older than its view's TTL. */
  onStale: oneOf(['as-missing', 'refuse']).default('as-missing'),
  /** Values that stand for missing ones, by input; training sees the same. */
  defaults: z
    .record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean()], {
        error: (issue) => `${quoteValue(issue.input)} is no default; write a text, a number, true or false`,
      }),
      'must be { "view:feature": value }',
    )
    .default({}),
  /** How long a prediction may use again what was read for its entity. */
  featureCache: durationBetween(SECOND_MS, HOUR_MS).nullable().default(null),
};

/** @param defaults in the order of the model's features, then the others */
export function missingPolicyOf(
  read: Pick<MissingPolicy, 'onMissing' | 'onStale'> & {
    readonly defaults: Readonly<Record<string, string | number | boolean>>;
  },
  features: readonly FeatureRef[],
): MissingPolicy {
  const order = features.map(refOf);
  const placeOf = (ref: string) => (order.includes(ref) ? order.indexOf(ref) : order.length);
  const defaults = Object.entries(read.defaults).map(([ref, value]) => ({ ref, value }));
  return {
    onMissing: read.onMissing,
    onStale: read.onStale,
    defaults: defaults.sort((a, b) => placeOf(a.ref) - placeOf(b.ref)),
  };
}

/** Defaults of what is no input. */
export function defaultNameProblems({
  features,
  serving,
}: Model): readonly { readonly path: string; readonly problem: string }[] {
  const known = features.map(refOf);
  return serving.missing.defaults
    .filter(({ ref }) => !known.includes(ref))
    .map(({ ref }) => ({
      path: 'serving.defaults',
      problem: `${quoteValue(ref)} is no input of the model; inputs: ${known.join(', ')}`,
    }));
}

/** Defaults that are not of their feature's type. */
export function defaultTypeProblems(
  { serving }: Model,
  { featureViews, onDemandFeatureViews }: Definitions,
): readonly { readonly path: string; readonly problem: string }[] {
  const types = new Map(
    [...featureViews, ...onDemandFeatureViews].flatMap((view) =>
      view.features.map(({ name, type }) => [`${view.name}:${name}`, type]),
    ),
  );
  return serving.missing.defaults.flatMap(({ ref, value }) => {
    const type = types.get(ref);
    if (type === undefined || isOfType(type, value)) return [];
    return [{ path: 'serving.defaults', problem: `${quoteValue(value)} does not fit ${ref}, which is a ${type}` }];
  });
}

function isOfType(type: ValueType, value: Value): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'int64':
      return typeof value === 'number' && Number.isSafeInteger(value);
    case 'float64':
      return typeof value === 'number' && Number.isFinite(value);
    case 'timestamp':
      return false;
  }
}

function refOf({ view, feature }: FeatureRef): string {
  return `${view}:${feature}`;
}
