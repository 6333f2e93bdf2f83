/** Error probabilities of the two ends of an interval: that what is true lies below its low end, or above its high one. */
export interface Alphas {
  readonly low: number;
  readonly high: number;
}
