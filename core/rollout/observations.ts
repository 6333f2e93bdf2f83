import type { Sha256 } from '../canonical-json.ts';

/**
 * What the prediction log says about the arms of one phase of a rollout, counted in one pass: a few numbers however
 * long the log. Always counted from the start of the phase (and step), so a look that is repeated, or made by
 * another process, finds the same statistic.
 */
export interface CanaryCounts {
  readonly kind: 'canary';
  readonly baseline: ArmCounts;
  readonly candidate: ArmCounts;
  /** Share of the entities that the candidate was to answer during the phase. */
  readonly candidateShare: number;
}

/**
 * One arm. A unit is an entity (a request that named none is its own): arms are drawn by unit, so whatever depends on
 * who asks is counted once per unit, by its first request in the phase. Errors and latency are counted by request.
 */
export interface ArmCounts {
  readonly releaseId: Sha256;
  readonly units: number;
  /** Answered or not. */
  readonly requests: number;
  /** Of them, those that the release failed: its container gave no answer, or refused, or features were missing that it does not answer without. */
  readonly failed: number;
  /** Time the model took to answer, by bin (see `latencyBin`); only bins that have any, in order. */
  readonly latency: readonly LatencyCount[];
  /** Scores of the first answers of units between the cuts: `cuts.length + 1` counts. */
  readonly scores: readonly number[];
  /** Share of the inputs that had no value, over the first answers of units. */
  readonly missing: Moments;
  /** Ground truth that has arrived for the first answers of units. */
  readonly outcome: Moments;
}

export interface LatencyCount {
  readonly bin: number;
  readonly n: number;
}

/** Of numbers x: how many, their sum and the sum of their squares. */
export interface Moments {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
}

/** The same requests, answered by the champion and by the shadow. One pair per unit where units are named. */
export interface ShadowCounts {
  readonly kind: 'shadow';
  /** Requests that were asked of both. */
  readonly requests: number;
  readonly baseline: ShadowSide;
  readonly candidate: ShadowSide;
  /** First requests of units that both answered. */
  readonly pairs: number;
  /** Of the pairs, those with another decision; 0 without decisions. */
  readonly flips: number;
  /** Absolute difference of the scores of the pairs. */
  readonly difference: Moments;
}

export interface ShadowSide {
  readonly releaseId: Sha256;
  readonly failed: number;
  /** Of the shadow: it had not answered when the caller got its answer; its latency is at least what was waited. */
  readonly late: number;
  readonly latency: readonly LatencyCount[];
  readonly scores: readonly number[];
  readonly missing: Moments;
}

/** Upper end of the lowest bin, and the ratio of the ends of the others: two per cent. */
export const LATENCY_BINS = { smallestMs: 0.1, ratio: 1.02 } as const;

/** Bin of a latency: 0 up to 0.1 ms, then each 2 % wider than the one before. SQL counts by the same formula. */
export function latencyBin(ms: number): number {
  const { smallestMs, ratio } = LATENCY_BINS;
  return ms <= smallestMs ? 0 : Math.ceil(Math.log(ms / smallestMs) / Math.log(ratio));
}

/** Upper end of a bin in milliseconds. */
export function latencyOf(bin: number): number {
  return LATENCY_BINS.smallestMs * LATENCY_BINS.ratio ** bin;
}
