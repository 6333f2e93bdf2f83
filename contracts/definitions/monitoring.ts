import * as z from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { MetricChoice } from '../../core/definitions/metric-choice.ts';
import type { Model } from '../../core/definitions/model.ts';
import type { Monitoring } from '../../core/definitions/monitoring.ts';
import { durationBetween } from './duration.ts';
import { givenOf, MetricInput } from './metric-choice.ts';
import { numberBetween, oneOf, quoteValue, strictObject, TrueOrFalse, wholeBetween } from './read-input.ts';

const MAX_WINDOW_MS = 366 * DAY_MS;
/** A scan looks at the newest reports of the model, of which some say nothing or are about another release. */
const MAX_SCANS = 10;

const off = z.literal(false, {
  error: (issue) => `${quoteValue(issue.input)} is not allowed; write false to leave it out`,
});
const Fraction = numberBetween(0, 1);
const Probability = numberBetween(1e-6, 0.2);
const Window = durationBetween(MINUTE_MS, MAX_WINDOW_MS);

const SeasonInput = strictObject({ period: Window, periods: wholeBetween(1, 10).default(1) });

const DriftInput = strictObject({
  every: durationBetween(MINUTE_MS, DAY_MS).default(HOUR_MS),
  window: Window.default(DAY_MS),
  falseAlarms: Probability.default(0.01),
  minRows: wholeBetween(30, 1e9).default(200),
  reference: z
    .union([
      z.literal('training', {
        error: (issue) => `${quoteValue(issue.input)} is not allowed; write "training" or { period: "7d" }`,
      }),
      SeasonInput,
    ])
    .default('training'),
  effects: strictObject({
    psi: numberBetween(0, 10).default(0.1),
    ks: Fraction.default(0.1),
    jensenShannon: Fraction.default(0.1),
    newCategories: Fraction.default(0.01),
    missing: Fraction.default(0.05),
  }).prefault({}),
  persistence: strictObject({
    scans: wholeBetween(1, MAX_SCANS).default(2),
    of: wholeBetween(1, MAX_SCANS).default(3),
  }).prefault({}),
  ignore: z
    .array(
      z.string({ error: (issue) => `${quoteValue(issue.input)} is not an input; write "view:feature"` }),
      'must be a list of inputs, for example ["customer_spend:spend_7d"]',
    )
    .default([]),
});

const PerformanceInput = strictObject({
  /** Left out: the horizon of the model's label. */
  maturity: durationBetween(0, MAX_WINDOW_MS).optional(),
  window: Window.default(7 * DAY_MS),
  /** Left out: AUC and log loss for binary models, RMSE and MAE for regressions. */
  metrics: z
    .array(strictObject(MetricInput), 'must be a list of metrics, for example [{ metric: "auc" }]')
    .min(1, '[] is empty; write at least one metric, or leave it out')
    .optional(),
  minOutcomes: wholeBetween(30, 1e9).default(200),
  /** Left out: log loss for binary models, squared error for regressions. */
  loss: oneOf(['log_loss', 'brier', 'squared_error', 'absolute_error']).optional(),
  margin: numberBetween(0.001, 100).default(0.1),
  falseAlarms: Probability.default(0.01),
});

const RetrainingInput = strictObject({
  on: strictObject({
    drift: TrueOrFalse.default(true),
    degradation: TrueOrFalse.default(true),
    every: durationBetween(MINUTE_MS, MAX_WINDOW_MS).nullable().default(null),
    newRows: wholeBetween(1, 1e12).nullable().default(null),
  }).prefault({}),
  cooldown: durationBetween(SECOND_MS, MAX_WINDOW_MS).default(DAY_MS),
  maxPerWeek: wholeBetween(1, 100).default(3),
  /** US dollars of training jobs in 30 days. */
  budget: numberBetween(0, 1e9).nullable().default(null),
  minNewOutcomes: wholeBetween(1, 1e9).default(500),
  maxUnhelpful: wholeBetween(1, 20).default(2),
});

/** What a model says about being watched; `false` leaves a part out, and without `retraining` only a person trains again. */
export const MonitoringInput = strictObject({
  evidenceRetentionDays: wholeBetween(1, 3_650).default(90),
  drift: z.union([off, DriftInput]).prefault({}),
  performance: z.union([off, PerformanceInput]).prefault({}),
  retraining: z.union([off, RetrainingInput]).default(false),
});

/** The policy as it is kept, with what depends on the model filled in. */
export function monitoringOf(
  read: z.output<typeof MonitoringInput>,
  { problem, label }: Pick<Model, 'problem' | 'label'>,
): Monitoring {
  const { drift, performance, retraining } = read;
  const isBinary = problem === 'binary';
  const usual: readonly MetricChoice[] = isBinary
    ? [{ metric: 'auc' }, { metric: 'log_loss' }]
    : [{ metric: 'rmse' }, { metric: 'mae' }];
  return {
    evidenceRetentionDays: read.evidenceRetentionDays,
    drift:
      drift === false
        ? null
        : {
            everyMs: drift.every,
            windowMs: drift.window,
            falseAlarms: drift.falseAlarms,
            minRows: drift.minRows,
            reference:
              drift.reference === 'training'
                ? { kind: 'training' }
                : { kind: 'season', periodMs: drift.reference.period, periods: drift.reference.periods },
            effects: drift.effects,
            persistence: drift.persistence,
            ignore: drift.ignore,
          },
    performance:
      performance === false
        ? null
        : {
            maturityMs: performance.maturity ?? label.horizonMs,
            windowMs: performance.window,
            metrics: performance.metrics?.map((one) => ({ metric: one.metric, ...givenOf(one) })) ?? usual,
            minOutcomes: performance.minOutcomes,
            loss: performance.loss ?? (isBinary ? 'log_loss' : 'squared_error'),
            margin: performance.margin,
            falseAlarms: performance.falseAlarms,
          },
    retraining:
      retraining === false
        ? null
        : {
            on: {
              drift: retraining.on.drift,
              degradation: retraining.on.degradation,
              everyMs: retraining.on.every,
              newRows: retraining.on.newRows,
            },
            cooldownMs: retraining.cooldown,
            maxPerWeek: retraining.maxPerWeek,
            budgetUsd: retraining.budget,
            minNewOutcomes: retraining.minNewOutcomes,
            maxUnhelpful: retraining.maxUnhelpful,
          },
  };
}
