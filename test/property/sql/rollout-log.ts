import fc from 'fast-check';
import { OUTCOME_LOG_COLUMNS, PREDICTION_LOG_COLUMNS } from '../../../contracts/prediction-log.ts';
import type { LabColumn, LabRow } from './athena-lab.ts';

export type LogLine = LabRow;

export const BASELINE = 'b'.repeat(64);
export const CANDIDATE = 'c'.repeat(64);
export const FROM_MS = Date.parse('2026-03-01T23:59:30.000Z');

const TYPES = {
  string: 'string',
  double: 'float64',
  boolean: 'boolean',
  bigint: 'int64',
  'array<double>': 'float64[]',
  'array<string>': 'string[]',
} as const;

function tableOf(columns: Readonly<Record<string, keyof typeof TYPES>>): readonly LabColumn[] {
  const declared = Object.entries(columns).map(([name, type]) => ({ name, type: TYPES[type] }));
  return [...declared, { name: 'dt', type: 'string' }];
}
export const PREDICTION_TABLE = tableOf(PREDICTION_LOG_COLUMNS);
export const OUTCOME_TABLE = tableOf(OUTCOME_LOG_COLUMNS);

/** Mostly the first value, else one of the others. */
const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
const few = <T>(...values: T[]) => fc.constantFrom(...values);
const score = fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20);
const latencyMs = few(0.05, 0.1, 0.11, 3, 12.5, 900.25);
const requestedMs = fc.integer({ min: -5_000, max: 65_000 }).map((ms) => FROM_MS + ms);
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** A line of the log, mostly about the rollout and the window that are counted, with every odd one out. */
export const logLine: fc.Arbitrary<LogLine> = fc
  .record({
    model: mostly('churn', 'other'),
    answerer: few<readonly [string, string]>(
      [BASELINE, 'champion'],
      [BASELINE, 'champion'],
      [CANDIDATE, 'challenger'],
      [CANDIDATE, 'champion'],
      [BASELINE, 'challenger'],
      ['d'.repeat(64), 'champion'],
    ),
    customer: fc.integer({ min: 0, max: 8 }),
    isInstance: few(false, false, false, true),
    isOld: mostly(false, true),
    rolloutId: mostly<string | null>('now', 'before', null),
    share: few(0.25, 0.25, 0.25, 0.25, 0.05, null, 0.5, 0),
    isAnswered: few(true, true, true, false),
    isFailedOver: mostly(false, true),
    failed: few(CANDIDATE, CANDIDATE, BASELINE),
    score,
    latencyMs,
    inputs: few(0, 4),
    missing: fc.integer({ min: 0, max: 4 }),
    shadow: few(CANDIDATE, CANDIDATE, null),
    shadowError: few(null, null, null, 'late', 'ModelFailedError'),
    shadowScore: score,
    shadowMissing: fc.integer({ min: 0, max: 5 }),
    hasDecision: few(true, true, false),
    requestedMs,
  })
  .map((one): LogLine => {
    const base = {
      model: one.model,
      release_id: one.answerer[0],
      arm: one.answerer[1],
      entities: one.isInstance ? null : JSON.stringify({ customer_id: one.customer }),
      features: one.isAnswered ? '{}' : null,
      score: one.isAnswered ? one.score : null,
      decision: one.isAnswered && one.hasDecision ? one.score >= 0.5 : null,
      requested_at_ms: one.requestedMs,
      answered_at_ms: one.requestedMs + 5,
      dt: dayOf(one.requestedMs),
    };
    if (one.isOld) return base;
    const isShadowed = one.shadow !== null;
    const isShadowAnswered = isShadowed && one.shadowError === null;
    return {
      ...base,
      rollout_id: one.rolloutId,
      share: one.share,
      unit: `[${one.customer}]`,
      latency_ms: one.latencyMs,
      error: one.isAnswered ? null : 'UnavailableError',
      inputs: one.isAnswered ? one.inputs : null,
      missing_inputs: one.isAnswered ? Math.min(one.missing, one.inputs) : null,
      failed_release_id: one.isFailedOver ? one.failed : null,
      failed_error: one.isFailedOver ? 'ModelFailedError' : null,
      failed_latency_ms: one.isFailedOver ? 2.5 : null,
      shadow_release_id: one.shadow,
      shadow_score: isShadowAnswered ? one.shadowScore : null,
      shadow_decision: isShadowAnswered && one.hasDecision ? one.shadowScore >= 0.5 : null,
      shadow_latency_ms: isShadowed ? one.latencyMs * 2 : null,
      shadow_error: isShadowed ? one.shadowError : null,
      shadow_inputs: isShadowed ? 5 : null,
      shadow_missing_inputs: isShadowed ? one.shadowMissing : null,
    };
  });

export const outcomeLine: fc.Arbitrary<LogLine> = fc
  .record({
    place: fc.nat({ max: 249 }),
    model: mostly('churn', 'other'),
    value: few(0, 1, 2.5),
    recordedMs: fc.integer({ min: 0, max: 65_000 }).map((ms) => FROM_MS + ms),
  })
  .map(({ place, model, value, recordedMs }) => ({
    prediction_id: `p${place}`,
    model,
    value,
    occurred_at_ms: recordedMs - 10,
    recorded_at_ms: recordedMs,
    dt: dayOf(recordedMs),
  }));
