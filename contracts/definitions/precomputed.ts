import * as z from 'zod';
import { DAY_MS, MINUTE_MS } from '../../core/clock.ts';
import type { Model } from '../../core/definitions/model.ts';
import { REQUEST_TIME } from '../../core/definitions/on-demand-feature-view.ts';
import { durationText } from '../../core/duration-text.ts';
import { expressionColumns } from '../../core/expression/expression.ts';
import type { OnDemandPlan } from '../../core/on-demand/plan-on-demand.ts';
import { durationBetween } from './duration.ts';
import { unevenProblem } from './even-interval.ts';
import { quoteValue, strictObject } from './read-input.ts';

type Found = readonly { readonly path: string; readonly problem: string }[];

const LEAST_MS = 15 * MINUTE_MS;

/** What a model's `serving` says about answers that are computed before they are asked for. */
export const PrecomputedInput = z
  .union([
    z.literal(false, {
      error: (issue) =>
        `${quoteValue(issue.input)} is not allowed; write false, or { every: "1d", maxAge: "25h" } with both durations`,
    }),
    strictObject({
      /** How often all entities are scored. */
      every: durationBetween(LEAST_MS, DAY_MS),
      /** How old an answer may be; an older one is computed anew. */
      maxAge: durationBetween(LEAST_MS, 7 * DAY_MS),
    }),
  ])
  .default(false);

export function precomputedOf(read: z.output<typeof PrecomputedInput>): Model['serving']['precomputed'] {
  return read === false ? null : { everyMs: read.every, maxAgeMs: read.maxAge };
}

/** Times that do not fit together, or no schedule. */
export function precomputedTimeProblems({ serving: { precomputed } }: Model): Found {
  if (precomputed === null) return [];
  const { everyMs, maxAgeMs } = precomputed;
  const uneven = unevenProblem(everyMs, LEAST_MS);
  return [
    ...(uneven === null ? [] : [{ path: 'serving.precomputed.every', problem: uneven }]),
    ...(maxAgeMs >= everyMs
      ? []
      : [
          {
            path: 'serving.precomputed.maxAge',
            problem: `"${durationText(maxAgeMs)}" is shorter than every ("${durationText(everyMs)}"), so answers would be too old before new ones come; write at least that, and a little more for the run itself`,
          },
        ]),
  ];
}

/** Inputs that are only known when somebody asks: an answer from before would never be the one to give. */
export function precomputedInputProblems({ serving }: Pick<Model, 'serving'>, onDemand: OnDemandPlan): Found {
  if (serving.precomputed === null) return [];
  return onDemand.features.flatMap(({ ref, reads, expression }) => {
    const [first] = reads.request;
    const read = first?.name ?? (expressionColumns(expression).includes(REQUEST_TIME) ? REQUEST_TIME : null);
    if (read === null) return [];
    const problem = `${ref.view}:${ref.feature} reads "${read}", which is known only when a prediction is asked for; leave the feature out of the model, or write precomputed: false`;
    return [{ path: 'serving.precomputed', problem }];
  });
}
