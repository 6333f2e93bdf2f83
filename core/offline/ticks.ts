/** The first tick (multiple of the step, counted from the Unix epoch) at or after an instant. */
export function ceilTick(instantMs: number, stepMs: number): number {
  return Math.ceil(instantMs / stepMs) * stepMs + 0; // never -0
}

/** The last tick at or before an instant. */
export function floorTick(instantMs: number, stepMs: number): number {
  return Math.floor(instantMs / stepMs) * stepMs + 0;
}
