import { MINUTE_MS, SECOND_MS } from '../clock.ts';

/**
 * How late a served value may be behind the offline store: online writes follow the offline commit, and a prediction
 * may reuse features it read a little earlier. A value older than that was wrong.
 */
const LAGS_MS = [SECOND_MS, 5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS] as const;

export interface AuditInstant {
  readonly atMs: number;
  /** 0: the vector was read at about this instant. */
  readonly lagMs: number;
}

/** Instants a prediction is rebuilt at; the same number for each prediction. */
export const INSTANTS_PER_PREDICTION = 2 + LAGS_MS.length;

/** The vector was read between the request and the answer; before that come the instants of values that were late. */
export function auditInstants(requestedAtMs: number, answeredAtMs: number): readonly AuditInstant[] {
  return [
    { atMs: requestedAtMs, lagMs: 0 },
    { atMs: answeredAtMs, lagMs: 0 },
    ...LAGS_MS.map((lagMs) => ({ atMs: requestedAtMs - lagMs, lagMs })),
  ];
}
