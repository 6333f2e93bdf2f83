import { DAY_MS } from '../clock.ts';
import type { FeatureRef } from '../definitions/feature-view.ts';
import type { Model } from '../definitions/model.ts';
import type { Value, ValueType } from '../definitions/value-type.ts';
import { InvalidInputError } from '../errors.ts';
import type { SegmentRows } from '../gates/segment-rows.ts';
import type { ModelInput } from '../release/release-manifest.ts';
import { effectiveRows } from '../stats/effective-rows.ts';
import { categoriesOf } from './categories.ts';
import type { InputViews } from './input-views.ts';
import { profileColumn, type ReferenceProfile } from './reference-profile.ts';
import { repeatsOf, sliceProfiles } from './slice-profiles.ts';
import { PARTS, type Part, type RowParts } from './split-rows.ts';

/** Labels and features of rows that have matured, column by column. */
export interface TrainingColumns {
  readonly labels: ArrayLike<number>;
  readonly timesMs: ArrayLike<number>;
  /** In the order of the model's features. */
  readonly features: readonly (readonly Value[])[];
}

/** Positions of the rows of each part, ascending. */
export type PartRows = Readonly<Record<Part, readonly number[]>>;

export function rowsOfParts(parts: RowParts): PartRows {
  const rows: Record<Part, number[]> = { train: [], validation: [], test: [] };
  parts.forEach((part, row) => {
    if (part !== null) rows[part].push(row);
  });
  return rows;
}

/**
 * Refuses what cannot be learnt from or judged.
 *
 * @param embargoed rows in no part, because their labels reach into the next
 * @throws InvalidInputError when a part has no rows, or a binary label is no 0 or 1 or has one class only
 */
export function assertLearnable(model: Model, labels: ArrayLike<number>, rows: PartRows, embargoed: number): void {
  for (const part of PARTS) {
    if (rows[part].length > 0) continue;
    const counts = { train: rows.train.length, validation: rows.validation.length, test: rows.test.length, embargoed };
    const reason =
      embargoed > 0
        ? `; ${embargoed} rows are in no part, because their labels mature (${model.label.horizonMs / DAY_MS} d) after the next part begins: give the part a share that lasts longer than that`
        : ': use more labels or other shares';
    throw new InvalidInputError(
      `the ${part} part of model ${model.name} has no rows (train ${counts.train}, validation ${counts.validation}, test ${counts.test})${reason}`,
      { part, ...counts },
    );
  }
  if (model.problem !== 'binary') return;
  for (const part of PARTS) {
    const classes = new Set(rows[part].map((row) => labels[row]!));
    const strange = [...classes].find((label) => label !== 0 && label !== 1);
    if (strange !== undefined) {
      throw new InvalidInputError(`a label of binary model ${model.name} is ${strange}; allowed are 0 and 1`, {
        strange,
      });
    }
    if (classes.size < 2 && part !== 'validation') {
      const only = [...classes][0] === 1 ? 'positive' : 'negative';
      throw new InvalidInputError(
        `every label in the ${part} part of model ${model.name} is ${only} (${rows[part].length} rows); both classes are needed`,
        { part, rows: rows[part].length },
      );
    }
  }
}

/** The model's inputs with the categories that its training rows have, those of defaults included. */
export function inputsOf(
  model: Model,
  views: InputViews,
  columns: TrainingColumns,
  trainRows: readonly number[],
): readonly ModelInput[] {
  return model.features.map((ref, i) => {
    const type = typeOf(ref, views);
    const values = columns.features[i]!;
    const name = `${ref.view}:${ref.feature}`;
    const defaultValue = model.serving.missing.defaults.find((one) => one.ref === name)?.value ?? null;
    const categories =
      type === 'string'
        ? categoriesOf(
            name,
            trainRows.map((row) => values[row] ?? defaultValue),
          )
        : null;
    return { view: ref.view, feature: ref.feature, type, categories, defaultValue };
  });
}

/**
 * Distributions of the training rows; a boolean or text is profiled as it was, not as its number.
 *
 * @param columns `keys` are the join key values of each row: rows of one entity are one observation repeated
 * @param segments slices of the training rows
 */
export function profileOf(
  inputs: readonly ModelInput[],
  columns: TrainingColumns & { readonly keys: readonly (readonly Value[])[] },
  trainRows: readonly number[],
  segments: readonly SegmentRows[],
): ReferenceProfile {
  const pick = (values: ArrayLike<Value>) => trainRows.map((row) => values[row]!);
  const values = inputs.map((_, i) => pick(columns.features[i]!));
  const profiles = inputs.map(({ view, feature, type }, i) => profileColumn(`${view}:${feature}`, type, values[i]!));
  const units = trainRows.map((row) => JSON.stringify(columns.keys[row]));
  return {
    schema: 'headgate.profile/v1',
    rows: trainRows.length,
    inputs: profiles,
    label: profileColumn('label', 'float64', pick(columns.labels)),
    effectiveRows: effectiveRows(repeatsOf(units)),
    slices: sliceProfiles(profiles, values, segments, units),
  };
}

/** @throws InvalidInputError for a feature no view has */
export function typeOf(ref: FeatureRef, { stored, onDemand }: InputViews): ValueType {
  const views = [...stored.map(({ view }) => view), ...onDemand];
  const view = views.find(({ name }) => name === ref.view);
  const type = view?.features.find((one) => one.name === ref.feature)?.type;
  if (type !== undefined) return type;
  throw new InvalidInputError(`no feature view has the feature ${ref.view}:${ref.feature}`, { ...ref });
}
