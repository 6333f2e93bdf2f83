/** Measures and bounds how long something takes, by a clock that never steps back. */
export interface Timing {
  /** Milliseconds since some instant, with fractions. */
  elapsedMs(): number;
  /** Begins to run at once. */
  deadline(ms: number): Deadline;
}

export interface Deadline {
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
  /** It is not needed any more; the signal is left as it is. */
  cancel(): void;
}
