import { MINUTE_MS, SECOND_MS } from '../clock.ts';

/** How late a value may be online after it is offline when it is read. One that is older than that was wrong. */
const LAGS_MS = [SECOND_MS, 5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS] as const;

export interface AuditInstant {
  readonly atMs: number;
  /** 0: the vector was read at about this instant. */
  readonly lagMs: number;
}

/** Instants a prediction is rebuilt at; the same number for each prediction. */
export const INSTANTS_PER_PREDICTION = 3 + LAGS_MS.length;

export interface AuditedTimes {
  /** When the stored features were read: long before the request when they were used again; null when it is not known. */
  readonly readAtMs: number | null;
  readonly requestedAtMs: number;
  readonly answeredAtMs: number;
}

/** When the vector was read comes first; before the earliest of the three come the instants of values that were late. */
export function auditInstants({ readAtMs, requestedAtMs, answeredAtMs }: AuditedTimes): readonly AuditInstant[] {
  const readMs = readAtMs ?? requestedAtMs;
  const earliestMs = Math.min(readMs, requestedAtMs, answeredAtMs);
  return [
    ...[readMs, requestedAtMs, answeredAtMs].map((atMs) => ({ atMs, lagMs: 0 })),
    ...LAGS_MS.map((lagMs) => ({ atMs: earliestMs - lagMs, lagMs })),
  ];
}
