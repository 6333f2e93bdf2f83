import type { Clock } from '../../lambdas/ports/clock-and-ids.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One call of a port by one process. */
export interface PortCall {
  readonly process: Process;
  readonly port: string;
  readonly method: string;
  readonly given: readonly unknown[];
}

/** Where a fault may strike: the call has not been made; it has, and nobody knows; its answer is known and nothing came after it. */
export type Moment = 'before' | 'after' | 'between';

/** What may happen to calls. Throws what the caller gets instead of an answer. */
export interface Disturbance {
  strike(call: PortCall, moment: Moment): Promise<void>;
}

/** What looks at the world after each call that was made. */
export type Witness = (call: PortCall) => Promise<void>;

/** A process that was killed, as its caller sees it. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/**
 * One invocation of a function, or one request of a person: its ports go through the simulation, so that it can be
 * killed, held up, or refused at each of its calls. A dead process does nothing any more; nobody hears of what it did last.
 */
export class Process {
  readonly name: string;
  readonly clock: Clock;
  readonly died: Promise<never>;
  #isDead = false;
  #die: (error: Error) => void = () => {};
  #last: PortCall | null = null;
  /** It was held up for longer than Lambda lets a function run. */
  isOverdue = false;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.clock = clock;
    this.died = new Promise<never>((_, reject) => {
      this.#die = reject;
    });
    this.died.catch(() => {}); // whoever waits for the process sees it
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  kill(): void {
    this.#isDead = true;
    this.#die(new Killed(`${this.name} was killed`));
  }

  /** A port whose asynchronous calls take time and may be disturbed. */
  around<Port extends object>(port: string, real: Port, world: ProcessWorld): Port {
    return new Proxy(real, {
      get: (target, name, receiver) => {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== 'function' || typeof name !== 'string') return member;
        return (...given: unknown[]) =>
          this.#through(world, { process: this, port, method: name, given }, () =>
            Reflect.apply(member, target, given),
          );
      },
    });
  }

  async #through(world: ProcessWorld, call: PortCall, make: () => unknown): Promise<unknown> {
    if (this.#last !== null) {
      const last = this.#last;
      this.#last = null;
      await this.#struck(world, last, 'between');
    }
    await this.#alive();
    await world.time.pass(world.latencyMs());
    await this.#struck(world, call, 'before');
    // a registry that knows fences may be asked at any time; SageMaker knows none, and is asked by nobody whom Lambda has ended
    if (this.isOverdue && call.method === 'pointEndpoint') return new Promise(() => {});
    const answer = await world.as(this, make);
    await world.witness(call);
    await this.#struck(world, call, 'after');
    this.#last = call;
    return answer;
  }

  async #struck(world: ProcessWorld, call: PortCall, moment: Moment): Promise<void> {
    await world.disturbance.strike(call, moment);
    await this.#alive();
  }

  /** Never resolves for the dead. */
  #alive(): Promise<void> | undefined {
    return this.#isDead ? new Promise(() => {}) : undefined;
  }
}

export interface ProcessWorld {
  readonly time: VirtualTime;
  readonly disturbance: Disturbance;
  readonly witness: Witness;
  /** How long the way to a service takes. */
  latencyMs(): number;
  /** Makes a call in the name of a process, so that stores see its clock. */
  as<T>(process: Process, make: () => T): T;
}
