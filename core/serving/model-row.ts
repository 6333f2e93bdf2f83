import { utf8ToBytes } from '@noble/hashes/utils.js';
import { jsonValue, type Value } from '../definitions/value-type.ts';
import { BugError, InvalidInputError } from '../errors.ts';
import { parseInstant } from '../ingestion/parse-instant.ts';
import type { ServedValue } from './prediction-record.ts';
import { type StoredRow, servedValues } from './served-values.ts';
import type { PlannedInput, ServingPlan } from './serving-plan.ts';

/** What is seen is kept as the evidence of the prediction, as JSON in one item of at most 400 KB. */
const MAX_TEXT_BYTES = 262_144;
/** Even a thousand inputs of this length have room. */
const SURELY_SHORT_CHARS = 40;

/** One row for the model, and the values it was made of. */
export interface ModelRow {
  /** By `view:feature`; instants in ISO 8601, as evidence tells them. */
  readonly features: Readonly<Record<string, ServedValue>>;
  /** In the order of the model's columns; null is missing. */
  readonly row: readonly (number | null)[];
}

/** @param stored what the online store holds of each view of the plan, in its order */
export function rowFromStore(plan: ServingPlan, stored: readonly (StoredRow | null)[], nowMs: number): ModelRow {
  const served = plan.views.map(({ columns, ttlMs }, i) => servedValues(columns, ttlMs, stored[i] ?? null, nowMs));
  return rowOf(plan, ({ ref, viewAt, columnAt }) => {
    const value = served[viewAt]?.[columnAt];
    if (value === undefined) throw new BugError(`input ${ref} is in none of the views of release ${plan.releaseId}`);
    return value;
  });
}

/**
 * A row whose features the caller gave: every input by name, null for a missing one.
 *
 * @throws InvalidInputError naming each input that is absent, unknown or of another type, or for too much text
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
  refuseLongText(given, at);
  return rowOf(plan, (input) => {
    const value = givenValue(input, given[input.ref] ?? null, at);
    return { value, status: value === null ? 'NULL_VALUE' : 'PRESENT', eventTimeMs: null };
  });
}

function refuseLongText(given: Readonly<Record<string, Value>>, at: string): void {
  const texts = Object.entries(given).filter(
    ([, value]) => typeof value === 'string' && value.length > SURELY_SHORT_CHARS,
  );
  const sizeBytes = texts.reduce((sum, [, text]) => sum + utf8ToBytes(JSON.stringify(text)).length, 0);
  if (sizeBytes <= MAX_TEXT_BYTES) return;
  const where = texts.map(([ref]) => `${at}.${ref}`).join(', ');
  throw new InvalidInputError(`${where}: ${sizeBytes} bytes of text, at most ${MAX_TEXT_BYTES} are allowed in a row`, {
    at,
    sizeBytes,
    allowedBytes: MAX_TEXT_BYTES,
  });
}

function rowOf(plan: ServingPlan, servedOf: (input: PlannedInput) => ServedValue): ModelRow {
  const features: Record<string, ServedValue> = {};
  const row = plan.inputs.map((input) => {
    const served = servedOf(input);
    features[input.ref] = { ...served, value: jsonValue(input.input.type, served.value) };
    return input.encode(served.value);
  });
  return { features, row };
}

function givenValue({ ref, input }: PlannedInput, value: Value, at: string): Value {
  if (value === null) return null;
  const refuse = (allowed: string) =>
    new InvalidInputError(`${at}.${ref} must be ${allowed} or null, given ${JSON.stringify(value).slice(0, 100)}`, {
      at,
      ref,
      allowed,
    });
  switch (input.type) {
    case 'string':
      if (typeof value !== 'string') throw refuse('a string');
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw refuse('true or false');
      return value;
    case 'float64':
      if (typeof value !== 'number') throw refuse('a number');
      return value;
    case 'int64':
      if (!Number.isSafeInteger(value)) throw refuse('a whole number up to 2^53 - 1');
      return value;
    case 'timestamp': {
      const instant = typeof value === 'string' ? parseInstant(value) : null;
      if (instant === null || 'problem' in instant) throw refuse('an ISO 8601 instant');
      return instant.value;
    }
  }
}
