/** Where time comes from; the only way to ask for it. */
export interface Clock {
  now(): Date;
}

/** Where chance comes from: each call gives a number in [0, 1). */
export type Random = () => number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
