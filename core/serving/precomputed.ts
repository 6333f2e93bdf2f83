import type { ServingPlan } from './serving-plan.ts';

/** An item of the online store that holds the score of one entity by one release. */
export interface PrecomputedKey {
  readonly entity: string;
  readonly key: readonly (string | number)[];
  readonly view: string;
  readonly version: string;
}

export interface PrecomputedItem {
  /** See `packPrecomputed`. */
  readonly values: Uint8Array;
  /** The instant it was computed for. */
  readonly eventTimeMs: number;
}

/** Changes with the layout: items of another one are not read. */
const FORMAT = 1;
const HEAD_BYTES = 9;
const NUMBER_BYTES = 8;

/**
 * Where the score lies. Names of entities and views hold no dot, so nothing else is kept there; each release has places
 * of its own, so that going back to one needs nothing forgotten.
 *
 * @param entities values of all join keys of the plan, by name
 */
export function precomputedKey(
  { model, releaseId, joinKeys }: Pick<ServingPlan, 'model' | 'releaseId' | 'joinKeys'>,
  entities: Readonly<Record<string, string | number>>,
): PrecomputedKey {
  const key = joinKeys.map(({ name }) => entities[name]!);
  return { entity: `prediction.${model}`, key, view: `prediction.${model}`, version: releaseId };
}

/** A score beside the very row that the model was given for it. A missing input is NaN, which no row holds. */
export function packPrecomputed(score: number, row: readonly (number | null)[]): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + NUMBER_BYTES * row.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, FORMAT);
  view.setFloat64(1, score);
  row.forEach((value, i) => {
    view.setFloat64(HEAD_BYTES + NUMBER_BYTES * i, value ?? Number.NaN);
  });
  return bytes;
}

/**
 * What the model would say of the row, where it was asked about the same row before and not too long ago; null
 * otherwise. The row holds what may be served now, by TTL and defaults, so that an answer to it is never stale.
 */
export function precomputedScore(
  maxAgeMs: number | null,
  item: PrecomputedItem | null | undefined,
  row: readonly (number | null)[],
  nowMs: number,
): number | null {
  if (maxAgeMs === null || item == null || nowMs - item.eventTimeMs > maxAgeMs) return null;
  const { values } = item;
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  if (values.byteLength !== HEAD_BYTES + NUMBER_BYTES * row.length || view.getUint8(0) !== FORMAT) return null;
  for (let i = 0; i < row.length; i++) {
    if (!Object.is(view.getFloat64(HEAD_BYTES + NUMBER_BYTES * i), row[i] ?? Number.NaN)) return null;
  }
  return view.getFloat64(1);
}
