import type { Random } from '../../core/clock.ts';
import type { Clock } from '../../lambdas/ports/clock-and-ids.ts';

/** Where every simulation begins. */
export const EPOCH_MS = Date.UTC(2026, 2, 1, 12);

interface Planned {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * One queue of what is going to happen, in one process: time passes when nobody has anything left to do at this instant. What falls on
 * one instant happens in an order that the seed draws.
 */
export class VirtualTime {
  readonly #random: Random;
  readonly #planned: Planned[] = [];
  #nowMs = EPOCH_MS;
  /** Before and after a run nothing planned happens: whoever asks then is alone. */
  #isRunning = false;

  constructor(random: Random) {
    this.#random = random;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** @returns takes it back */
  at(atMs: number, run: () => void): () => void {
    const planned = { atMs: Math.max(atMs, this.#nowMs), order: this.#random(), run };
    let place = this.#planned.length;
    while (place > 0 && isLater(this.#planned[place - 1]!, planned)) place--;
    this.#planned.splice(place, 0, planned);
    return () => {
      const found = this.#planned.indexOf(planned);
      if (found >= 0) this.#planned.splice(found, 1);
    };
  }

  /** Lets time pass for the caller; others go on in between where they have something to do by then. */
  async pass(ms: number): Promise<void> {
    const next = this.#planned[0];
    if (!this.#isRunning || next === undefined || next.atMs > this.#nowMs + ms) {
      this.#nowMs += ms; // nobody else moves before: no need to stop
      return;
    }
    await new Promise<void>((resume) => this.at(this.#nowMs + ms, resume));
  }

  /** A wait that others may cut short, so that it is always planned. */
  until(atMs: number): { readonly reached: Promise<void>; readonly cancel: () => void } {
    let cancel = () => {};
    const reached = new Promise<void>((resume) => {
      cancel = this.at(atMs, resume);
    });
    return { reached, cancel };
  }

  /** Lets everything happen until nothing is planned, the end is reached, or `isOver` says so. */
  async run(endMs: number, isOver: () => boolean): Promise<void> {
    this.#isRunning = true;
    for (;;) {
      await idle();
      const next = this.#planned[0];
      if (next === undefined || next.atMs > endMs || isOver()) break;
      this.#planned.shift();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    this.#isRunning = false;
  }

  /** The time of a process whose clock is off by what it is told at each look. */
  clock(offsetMs: () => number = () => 0): Clock {
    return { now: () => new Date(this.#nowMs + offsetMs()) };
  }
}

function isLater(a: Planned, b: Planned): boolean {
  return a.atMs > b.atMs || (a.atMs === b.atMs && a.order > b.order);
}

/** Resolves when every promise that could go on has gone on. */
function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
