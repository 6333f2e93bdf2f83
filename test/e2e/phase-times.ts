/** What happened when, told as how long each step took after the one before. */
export class PhaseTimes {
  readonly #name: string;
  readonly #steps: { readonly step: string; readonly atMs: number }[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  /** @param at as the API tells it (ISO 8601), or by the clock of the same machine */
  at(step: string, at: string | Date): void {
    this.#steps.push({ step, atMs: new Date(at).getTime() });
  }

  print(): void {
    const told = this.#steps.map(({ step, atMs }, i) => {
      const before = this.#steps[i - 1];
      return before === undefined ? step : `${step} +${((atMs - before.atMs) / 1000).toFixed(1)} s`;
    });
    const totalMs = this.#steps.at(-1)!.atMs - this.#steps[0]!.atMs;
    process.stdout.write(`${this.#name}: ${told.join(' → ')}; ${(totalMs / 1000).toFixed(1)} s in all\n`);
  }
}
