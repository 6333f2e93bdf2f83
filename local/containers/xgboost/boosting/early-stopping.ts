import { isMaximized, type MetricName } from './metrics.ts';

/** Watches one metric and says when it has not become better for too long. */
export class EarlyStopping {
  readonly #patience: number;
  readonly #sign: number;
  #best = Number.NEGATIVE_INFINITY;
  #bestRound: number | undefined;
  #lastRound = -1;

  /** @param patience rounds without a better value before it is over; 0 means never */
  constructor(metric: MetricName, patience: number) {
    this.#patience = patience;
    this.#sign = isMaximized(metric) ? 1 : -1;
  }

  /** NaN is never better. */
  report(round: number, value: number): void {
    this.#lastRound = round;
    if (this.#sign * value > this.#best) {
      this.#best = this.#sign * value;
      this.#bestRound = round;
    }
  }

  get isOver(): boolean {
    return this.#patience > 0 && this.#lastRound - (this.#bestRound ?? -1) >= this.#patience;
  }

  /** Round of the best value; undefined without early stopping, and when every value was NaN. */
  get bestRound(): number | undefined {
    return this.#patience > 0 ? this.#bestRound : undefined;
  }

  /** What XGBoost keeps in the model. */
  attributes(): Record<string, string> {
    if (this.bestRound === undefined) return {};
    return { best_iteration: String(this.bestRound), best_score: String(this.#sign * this.#best) };
  }
}
