import { DAY_MS } from '../clock.ts';
import type { RetrainingState } from './retraining.ts';

export const WEEK_MS = 7 * DAY_MS;
/** What a budget is for. */
export const BUDGET_PERIOD_MS = 30 * DAY_MS;

export interface Begun {
  readonly startedAtMs: number;
  /** 0 while it runs, and for one without a price. */
  readonly costUsd: number;
}

/** Every training begun in the period up to now, oldest first, whoever began it: after `nowMs - periodMs`, and none that ends there. */
export function begunWithin(state: RetrainingState, nowMs: number, periodMs: number): readonly Begun[] {
  return [...state.retrainings, ...state.older]
    .map(({ startedAt, costUsd }) => ({ startedAtMs: Date.parse(startedAt), costUsd: costUsd ?? 0 }))
    .filter(({ startedAtMs }) => startedAtMs > nowMs - periodMs)
    .sort((a, b) => a.startedAtMs - b.startedAtMs);
}

/** What the training jobs of the last 30 days cost. */
export function spentUsd(state: RetrainingState, nowMs: number): number {
  return begunWithin(state, nowMs, BUDGET_PERIOD_MS).reduce((sum, { costUsd }) => sum + costUsd, 0);
}
