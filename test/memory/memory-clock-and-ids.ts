import type { Clock, Ids } from '../../lambdas/ports/clock-and-ids.ts';

/** A clock that stands until it is moved. */
export interface FixedClock extends Clock {
  advance(ms: number): void;
  set(instant: string | number): void;
}

export function fixedClock(start: string | number = '2026-03-01T12:00:00.000Z'): FixedClock {
  let nowMs = new Date(start).getTime();
  return {
    now: () => new Date(nowMs),
    advance(ms) {
      nowMs += ms;
    },
    set(instant) {
      nowMs = new Date(instant).getTime();
    },
  };
}

/** Identifiers in UUID version 7 form that count up: 00000000-0000-7000-8000-000000000001, … */
export function countingIds(): Ids {
  let last = 0;
  return { next: () => `00000000-0000-7000-8000-${String(++last).padStart(12, '0')}` };
}
