import * as z from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { Model } from '../../core/definitions/model.ts';
import type { RolloutPolicy } from '../../core/definitions/rollout-policy.ts';
import { durationBetween } from './duration.ts';
import { numberBetween, oneOf, quoteValue, strictObject, TrueOrFalse, wholeBetween } from './read-input.ts';

/** Longest that a phase may wait for what decides it. */
const MAX_PHASE_MS = 30 * DAY_MS;
/** A look is a query over the prediction log, so more of them cost money. */
const MIN_LOOK_MS = SECOND_MS;
/** A rollout brings its endpoint into service up to three times. */
export const MAX_IN_SERVICE_MS = 6 * HOUR_MS;
const MAX_STEPS = 10;

const Fraction = numberBetween(0, 1);
const PartOf = (what: string) =>
  numberBetween(0, 1).refine((share) => share > 0, {
    error: (issue) => `${quoteValue(issue.input)} is no ${what}; write a number above 0, for example 0.05`,
  });
const Phase = durationBetween(SECOND_MS, MAX_PHASE_MS);
const off = z.literal(false, {
  error: (issue) => `${quoteValue(issue.input)} is not allowed; write false to leave the phase out`,
});

const ShadowInput = strictObject({
  share: PartOf('share').default(1),
  requests: wholeBetween(1, 1e9).default(500),
  within: Phase.default(DAY_MS),
  grace: durationBetween(0, 5 * SECOND_MS).default(20),
  /** Left out: 0.2 for binary models. */
  maxDecisionFlips: Fraction.nullable().optional(),
  /** Left out: 0.1 for binary models. */
  maxScoreDifference: numberBetween(0, Number.MAX_VALUE).nullable().optional(),
});

const CanaryInput = strictObject({
  steps: z
    .array(
      PartOf('share').refine((share) => share < 1, 'a share of 1 is a promotion; write one below 1'),
      'must be a list of shares',
    )
    .min(1, '[] is empty; write at least one share, or canary: false')
    .max(MAX_STEPS, `more than ${MAX_STEPS} steps`)
    .refine((steps) => steps.every((share, i) => i === 0 || share > steps[i - 1]!), {
      error: (issue) => `${JSON.stringify(issue.input)} does not grow; write each share above the one before`,
    })
    .default([0.05, 0.25, 0.5]),
  entities: wholeBetween(1, 1e9).default(300),
  bake: durationBetween(0, MAX_PHASE_MS).default(10 * MINUTE_MS),
  within: Phase.default(DAY_MS),
});

const WatchInput = strictObject({ for: Phase.default(HOUR_MS), holdback: numberBetween(0, 0.5).default(0.05) });

const JudgeInput = strictObject({
  every: durationBetween(MIN_LOOK_MS, HOUR_MS).default(MINUTE_MS),
  falseRollback: numberBetween(1e-6, 0.2).default(0.01),
  falsePromotion: numberBetween(1e-6, 0.2).default(0.05),
  errors: strictObject({
    margin: Fraction.default(0.01),
    max: Fraction.nullable().default(0.05),
  }).prefault({}),
  latency: strictObject({
    quantile: numberBetween(0.5, 0.999).default(0.95),
    maxRatio: numberBetween(1, 100).default(1.25),
  })
    .nullable()
    .prefault({}),
  predictions: strictObject({ margin: Fraction.default(0.1) })
    .nullable()
    .prefault({}),
  missing: strictObject({ margin: Fraction.default(0.05) })
    .nullable()
    .prefault({}),
  outcome: strictObject({
    better: oneOf(['higher', 'lower']),
    margin: numberBetween(0, Number.MAX_VALUE),
    required: TrueOrFalse.default(false),
  })
    .nullable()
    .default(null),
});

/** What a model says about the way of its releases to the champion's seat; `false` leaves a phase out. */
export const RolloutInput = strictObject({
  inServiceTimeout: durationBetween(MINUTE_MS, MAX_IN_SERVICE_MS).default(30 * MINUTE_MS),
  /** Left out: needed, within three days, for models of high risk alone. */
  approval: strictObject({ within: Phase.default(3 * DAY_MS) }).optional(),
  shadow: z.union([off, ShadowInput]).prefault({}),
  canary: z.union([off, CanaryInput]).prefault({}),
  watch: z.union([off, WatchInput]).prefault({}),
  judge: JudgeInput.prefault({}),
  onNewer: oneOf(['supersede', 'queue']).default('supersede'),
}).refine(({ watch, judge }) => watch === false || watch.holdback > 0 || judge.errors.max !== null, {
  path: ['watch', 'holdback'],
  error:
    '0 leaves nobody to compare with, and judge.errors.max is null, so nothing would be judged; ' +
    'set judge.errors.max, hold a share back, for example 0.05, or write watch: false',
});

/** The policy as it is kept, with what depends on the model filled in. */
export function rolloutPolicyOf(
  read: z.output<typeof RolloutInput>,
  { riskClass, problem }: Pick<Model, 'riskClass' | 'problem'>,
): RolloutPolicy {
  const { shadow, canary, watch, judge } = read;
  const isBinary = problem === 'binary';
  const orFor = (given: number | null | undefined, binary: number) =>
    given === undefined ? (isBinary ? binary : null) : given;
  const approval = read.approval ?? (riskClass === 'high' ? { within: 3 * DAY_MS } : null);
  return {
    inServiceTimeoutMs: read.inServiceTimeout,
    approval: approval === null ? null : { withinMs: approval.within },
    shadow:
      shadow === false
        ? null
        : {
            share: shadow.share,
            minPairs: shadow.requests,
            withinMs: shadow.within,
            graceMs: shadow.grace,
            maxDecisionFlips: orFor(shadow.maxDecisionFlips, 0.2),
            maxScoreDifference: orFor(shadow.maxScoreDifference, 0.1),
          },
    canary:
      canary === false
        ? null
        : { steps: canary.steps, minUnits: canary.entities, bakeMs: canary.bake, withinMs: canary.within },
    watch: watch === false ? null : { forMs: watch.for, holdback: watch.holdback },
    judge: {
      everyMs: judge.every,
      falseRollback: judge.falseRollback,
      falsePromotion: judge.falsePromotion,
      errors: judge.errors,
      latency: judge.latency,
      predictions: judge.predictions,
      missing: judge.missing,
      outcome:
        judge.outcome === null
          ? null
          : { better: judge.outcome.better, margin: judge.outcome.margin, isRequired: judge.outcome.required },
    },
    onNewer: read.onNewer,
  };
}

/** What is wrong between the phases of a policy. */
export function rolloutProblems({
  rollout,
  problem,
}: Pick<Model, 'rollout' | 'problem'>): readonly { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  const { shadow, canary } = rollout;
  if (shadow?.maxDecisionFlips != null && problem === 'regression') {
    problems.push({
      path: 'rollout.shadow.maxDecisionFlips',
      problem: 'a regression model makes no decisions; leave it out',
    });
  }
  if (canary !== null && canary.bakeMs > canary.withinMs) {
    problems.push({
      path: 'rollout.canary.bake',
      problem: `${canary.bakeMs} ms is longer than within (${canary.withinMs} ms): no step could end`,
    });
  }
  return problems;
}
