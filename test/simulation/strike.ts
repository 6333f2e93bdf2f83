import { MINUTE_MS } from '../../core/clock.ts';
import { PlatformError, UnavailableError } from '../../core/errors.ts';
import type { RolloutPhase } from '../../core/rollout/rollout.ts';
import type { Disturbance, Moment, PortCall } from './process.ts';
import type { World } from './world.ts';

/** Which calls are meant. */
export type Calls = (call: PortCall, world: World) => boolean;

/** What happens at a call. Throws what its caller gets. */
export type Act = (world: World, call: PortCall) => void | Promise<void>;

export interface Strikes extends Disturbance {
  /** Calls that might have been struck. */
  readonly met: number;
  readonly struck: number;
}

/**
 * Strikes once: at the nth call that matches, at one of its moments.
 *
 * @param nth from 1; 0 strikes never and counts
 */
export function strikeOnce(world: World, matches: Calls, nth: number, at: Moment, act: Act): Strikes {
  let [met, struck] = [0, 0];
  return {
    get met() {
      return met;
    },
    get struck() {
      return struck;
    },
    async strike(call, moment) {
      if (moment !== at || struck > 0 || !matches(call, world)) return;
      met++;
      if (met !== nth) return;
      struck++;
      await act(world, call);
    },
  };
}

/** Strikes each call that matches with a probability, from one instant to another. */
export function strikeOften(
  world: World,
  matches: Calls,
  {
    ratio,
    fromMs,
    toMs,
    at,
  }: { readonly ratio: number; readonly fromMs: number; readonly toMs: number; readonly at: Moment },
  act: Act,
): Strikes {
  const random = world.random('strikes');
  const beganMs = world.time.nowMs;
  let [met, struck] = [0, 0];
  return {
    get met() {
      return met;
    },
    get struck() {
      return struck;
    },
    async strike(call, moment) {
      const sinceMs = world.time.nowMs - beganMs;
      if (moment !== at || sinceMs < fromMs || sinceMs >= toMs || !matches(call, world)) return;
      met++;
      if (random() >= ratio) return;
      struck++;
      await act(world, call);
    },
  };
}

/** Calls of functions, not those of people. */
export function byFunctions({ process }: PortCall): boolean {
  return process.name.startsWith('rollout/') || process.name.startsWith('reconciler');
}

export function of(port: string, ...methods: readonly string[]): Calls {
  return (call) => byFunctions(call) && call.port === port && (methods.length === 0 || methods.includes(call.method));
}

/** Calls made while the model's rollout is in one of the phases. */
export function during(phases: readonly RolloutPhase[], calls: Calls = byFunctions): Calls {
  return (call, world) => {
    const phase = world.invariants.phase(world.models[0] ?? '');
    return phase !== null && phases.includes(phase) && calls(call, world);
  };
}

export const kill: Act = (_, { process }) => process.kill();

/** The function and the execution that called it: only the reconciler finds the rollout again. */
export const killAll: Act = (world, { process }) => {
  world.flows.abortAll();
  process.kill();
};

/** The process sleeps for longer than anybody waits for it, and then goes on where it was. */
export const hang: Act = async (world, { process }) => {
  process.isOverdue = true;
  world.pending++;
  await world.time.until(world.time.nowMs + (20 + 40 * world.random('hang')()) * MINUTE_MS).reached;
  world.pending--;
};

export const throttle: Act = (_, { port, method }) => {
  throw new PlatformError('ThrottledError', 'throttled', `${port}.${method}: Rate exceeded`);
};

export const noAnswer: Act = (_, { port, method }) => {
  throw new UnavailableError(`${port}.${method} did not answer in time`);
};
