/** The first tick (multiple of the step, counted from the Unix epoch) at or after an instant. */
export function ceilTick(instantMs: number, stepMs: number): number {
  return Math.ceil(instantMs / stepMs) * stepMs + 0; // never -0
}

/** The last tick at or before an instant. */
export function floorTick(instantMs: number, stepMs: number): number {
  return Math.floor(instantMs / stepMs) * stepMs + 0;
}

/** Most ticks that a window, or the span of a label, may have: the most elements Trino's `sequence` gives. */
export const MAX_TICKS_IN_SPAN = 10_000;
