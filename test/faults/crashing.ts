/** A process that was killed: whatever it was about to do is not done. */
export class Crash extends Error {}

export interface Crashing {
  /** An adapter whose asynchronous calls are counted, and killed where it is told. */
  around<Port extends object>(port: Port): Port;
  /** Counts the calls of this work, and kills the process at the one that was chosen. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Another process goes on; it is not killed. */
  restart(): void;
  calls(): number;
}

/**
 * A process that is killed once.
 *
 * @param at the call at which it is killed, from 1; 0 for never
 * @param moment before the call is made, or after it was made and before anybody knows
 */
export function crashing(at: number, moment: 'before' | 'after'): Crashing {
  let calls = 0;
  let [isCounting, isDead] = [false, false];

  const through = async (call: () => unknown): Promise<unknown> => {
    if (isDead) throw new Crash('the process is dead');
    const isChosen = isCounting && ++calls === at;
    if (isChosen && moment === 'before') {
      isDead = true;
      throw new Crash(`killed before call ${at}`);
    }
    const answer = await call();
    if (!isChosen) return answer;
    isDead = true;
    throw new Crash(`killed after call ${at}`);
  };

  return {
    around: (port) =>
      new Proxy(port, {
        get(target, name, receiver) {
          const member: unknown = Reflect.get(target, name, receiver);
          if (typeof member !== 'function' || !isAsync(member)) return member;
          const call = (given: unknown[]) => through(() => Reflect.apply(member, target, given));
          const isOfMany = name === 'write' || name === 'update';
          return (...given: unknown[]) => (isOfMany ? oneByOne(given[0] as unknown[], call) : call(given)); // of items or changes
        },
      }),
    async during(work) {
      isCounting = true;
      try {
        return await work();
      } finally {
        isCounting = false;
      }
    },
    restart() {
      isDead = false;
    },
    calls: () => calls,
  };
}

/** Ports answer promises; what a fake has beside them for tests does not. */
function isAsync(member: object): boolean {
  return member.constructor.name === 'AsyncFunction';
}

/** A write of many items is many writes, and may end between any two of them. */
async function oneByOne(items: readonly unknown[], call: (given: unknown[]) => Promise<unknown>): Promise<object> {
  const sums: Record<string, number> = {};
  for (const part of items.length === 0 ? [[]] : items.map((item) => [item])) {
    const counts = (await call([part])) as Record<string, number>; // what the online store answers
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}
