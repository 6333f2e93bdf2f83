import type { RetrainingPolicy } from '../definitions/monitoring.ts';
import { durationText } from '../duration-text.ts';
import { BUDGET_PERIOD_MS, begunWithin, spentUsd, WEEK_MS } from './begun.ts';
import { lastEndMs, type RetrainingState, type WaitKind } from './retraining.ts';

export interface Limit {
  readonly kind: WaitKind;
  /** From when on it is no longer in the way; null when that is not a matter of time. */
  readonly untilMs: number | null;
  readonly because: string;
}

/** The declared limits that forbid a training now: cooldown, week, budget. */
export function limitsInTheWay(
  policy: RetrainingPolicy,
  state: RetrainingState,
  { nowMs, nextCostUsd }: { readonly nowMs: number; readonly nextCostUsd: number | null },
): readonly Limit[] {
  const limits = [
    cooldown(policy, state, nowMs),
    week(policy, state, nowMs),
    budget(policy, state, nowMs, nextCostUsd),
  ];
  return limits.filter((limit) => limit !== null);
}

function cooldown({ cooldownMs }: RetrainingPolicy, state: RetrainingState, nowMs: number): Limit | null {
  const endMs = lastEndMs(state);
  if (endMs === null || nowMs >= endMs + cooldownMs) return null;
  const ended = new Date(endMs).toISOString();
  const because = `the last one ended at ${ended}, and the cooldown is ${durationText(cooldownMs)}`;
  return { kind: 'cooldown', untilMs: endMs + cooldownMs, because };
}

function week({ maxPerWeek }: RetrainingPolicy, state: RetrainingState, nowMs: number): Limit | null {
  const begun = begunWithin(state, nowMs, WEEK_MS);
  if (begun.length < maxPerWeek) return null;
  const leaving = begun[begun.length - maxPerWeek]!; // not fewer than maxPerWeek, which is at least 1
  const because = `${begun.length} trainings began in the last 7 days, and ${maxPerWeek} are allowed`;
  return { kind: 'week', untilMs: leaving.startedAtMs + WEEK_MS, because };
}

/** A training without a price can not be shown to be within a budget. */
function budget(
  { budgetUsd }: RetrainingPolicy,
  state: RetrainingState,
  nowMs: number,
  nextCostUsd: number | null,
): Limit | null {
  if (budgetUsd === null) return null;
  if (nextCostUsd === null) {
    const because = `the price list has no price of its training instance, so nothing is known of the budget of ${dollars(budgetUsd)}; add one to core/cost/prices.json`;
    return { kind: 'budget', untilMs: null, because };
  }
  const spent = spentUsd(state, nowMs);
  if (spent + nextCostUsd <= budgetUsd) return null;
  const because = `${dollars(spent)} were spent in 30 days and the next training costs about ${dollars(nextCostUsd)}, of a budget of ${dollars(budgetUsd)}`;
  let left = spent;
  for (const { startedAtMs, costUsd } of begunWithin(state, nowMs, BUDGET_PERIOD_MS)) {
    left -= costUsd;
    if (left + nextCostUsd <= budgetUsd) return { kind: 'budget', untilMs: startedAtMs + BUDGET_PERIOD_MS, because };
  }
  return { kind: 'budget', untilMs: null, because };
}

function dollars(usd: number): string {
  return `$${usd.toFixed(usd < 1 ? 4 : 2)}`;
}
