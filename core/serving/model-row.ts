import { utf8ToBytes } from '@noble/hashes/utils.js';
import { jsonValue, type Row, type Value } from '../definitions/value-type.ts';
import { BugError, InvalidInputError } from '../errors.ts';
import { givenValue } from './given-value.ts';
import { onDemandValues } from './on-demand-values.ts';
import type { FeatureStatus, SeenValue, ServedColumns, ServedValue } from './prediction-record.ts';
import { type StoredRow, servedValues } from './served-values.ts';
import { type MissingFeature, MissingFeaturesError } from './serving-errors.ts';
import type { PlannedInput, ServingPlan, StoredPlace } from './serving-plan.ts';

/** What is seen is kept as the evidence of the prediction, as JSON in one item of at most 400 KB. */
const MAX_TEXT_BYTES = 262_144;
/** Even a thousand inputs of this length have room. */
const SURELY_SHORT_CHARS = 40;

/** One row for the model, and the values it was made of. */
export interface ModelRow {
  /** By `view:feature`; instants in ISO 8601, as evidence tells them. */
  readonly features: Readonly<Record<string, SeenValue>>;
  /** In the order of the model's columns; null is missing. */
  readonly row: readonly (number | null)[];
  readonly served: ServedColumns;
}

/** What a request brings besides the entity. */
export interface RequestValues {
  /** The plan's request fields by name, as `checkContext` gives them. */
  readonly context: Row;
  readonly requestTimeMs: number;
}

/**
 * @param stored what the online store holds of each view of the plan, in its order
 * @throws InvalidInputError when what on-demand features make of the request is too much text to keep;
 *   MissingFeaturesError when the model's policy refuses to answer without them
 */
export function rowFromStore(
  plan: ServingPlan,
  stored: readonly (StoredRow | null)[],
  nowMs: number,
  { context, requestTimeMs }: RequestValues,
): ModelRow {
  const served = plan.views.map(({ columns, ttlMs, stream }, i) =>
    servedValues(columns, ttlMs, stored[i] ?? null, nowMs, stream),
  );
  const at = ({ viewAt, columnAt }: StoredPlace, ref: string): ServedValue => {
    const value = served[viewAt]?.[columnAt];
    if (value === undefined) throw new BugError(`input ${ref} is in none of the views of release ${plan.releaseId}`);
    return value;
  };
  const { plan: onDemand, storedAt } = plan.onDemand;
  const computed = onDemandValues(
    onDemand,
    ({ view, feature }, i) => at(storedAt[i]!, `${view}:${feature}`).value, // one place for each
    context,
    requestTimeMs,
  );
  const row = rowOf(plan, ({ ref, from }) => ('onDemandAt' in from ? computed[from.onDemandAt]! : at(from, ref)));
  if (computed.length > 0) refuseLongText(namedTexts(context, row.features));
  return row;
}

/**
 * A row whose features the caller gave: every input by name, null for a missing one.
 *
 * @throws InvalidInputError naming each input that is absent, unknown or of another type, or for too much text;
 *   MissingFeaturesError when the model's policy refuses to answer without those that are null
 */
export function rowFromCaller(plan: ServingPlan, given: Readonly<Record<string, Value>>, at: string): ModelRow {
  const known = plan.inputs.map(({ ref }) => ref);
  const unknown = Object.keys(given).filter((ref) => !known.includes(ref));
  const absent = known.filter((ref) => !Object.hasOwn(given, ref));
  if (unknown.length > 0 || absent.length > 0) {
    const parts = [
      ...(absent.length > 0 ? [`lacks ${absent.join(', ')} (give null for a missing value)`] : []),
      ...(unknown.length > 0 ? [`has unknown ${unknown.slice(0, 10).join(', ')}`] : []),
    ];
    throw new InvalidInputError(`${at} ${parts.join(' and ')}; inputs of model "${plan.model}": ${known.join(', ')}`, {
      at,
      absent,
      unknown: unknown.slice(0, 10),
      known,
    });
  }
  refuseLongText(Object.fromEntries(Object.entries(given).map(([ref, value]) => [`${at}.${ref}`, value])));
  return rowOf(plan, (input) => {
    const value = givenValue(input.input.type, given[input.ref] ?? null, `${at}.${input.ref}`);
    return { value, status: value === null ? 'NULL_VALUE' : 'PRESENT', eventTimeMs: null };
  });
}

function namedTexts(context: Row, features: ModelRow['features']): Row {
  return Object.fromEntries([
    ...Object.entries(context).map(([name, value]) => [`context.${name}`, value]),
    ...Object.entries(features).map(([ref, { value }]) => [`features.${ref}`, value]),
  ]);
}

/** @param values by the names that a message gives them */
function refuseLongText(values: Row): void {
  const texts = Object.entries(values).filter(
    ([, value]) => typeof value === 'string' && value.length > SURELY_SHORT_CHARS,
  );
  const sizeBytes = texts.reduce((sum, [, text]) => sum + utf8ToBytes(JSON.stringify(text)).length, 0);
  if (sizeBytes <= MAX_TEXT_BYTES) return;
  const names = texts.map(([name]) => name);
  throw new InvalidInputError(
    `${names.join(', ')}: ${sizeBytes} bytes of text, at most ${MAX_TEXT_BYTES} are allowed in a row`,
    { at: names, sizeBytes, allowedBytes: MAX_TEXT_BYTES },
  );
}

function rowOf(plan: ServingPlan, servedOf: (input: PlannedInput) => ServedValue): ModelRow {
  const features: Record<string, SeenValue> = {};
  const refused: MissingFeature[] = [];
  const numbers: (number | null)[] = [];
  const texts: (string | null)[] = [];
  const row = plan.inputs.map((input) => {
    const served = servedOf(input);
    const { defaultValue, type } = input.input;
    const isDefault = served.value === null && defaultValue !== null;
    features[input.ref] = { ...served, value: jsonValue(type, served.value), ...(isDefault && { defaultValue }) };
    if (served.value === null && !isDefault && isRefused(plan, served.status)) {
      refused.push({ ref: input.ref, status: served.status });
    }
    const isText = typeof served.value === 'string';
    texts.push(isText ? served.value : null);
    numbers.push(isText || served.value === null ? null : Number(served.value));
    return input.encode(served.value);
  });
  if (refused.length > 0) throw new MissingFeaturesError(plan.model, refused);
  return { features, row, served: { numbers, texts } };
}

function isRefused({ missing }: ServingPlan, status: FeatureStatus): boolean {
  return (status === 'OUTSIDE_MAX_AGE' && missing.onStale === 'refuse') || missing.onMissing === 'refuse';
}
