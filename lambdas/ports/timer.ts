/** Measures short times and waits; never goes backwards, and its zero means nothing. */
export interface Timer {
  nowMs(): number;
  /** Resolves at that time or as soon after it as can be; other work gets its turn even when it has passed. */
  until(ms: number): Promise<void>;
}
