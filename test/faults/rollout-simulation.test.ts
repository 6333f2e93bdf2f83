import { describe, expect, it } from 'vitest';
import { FAULTS } from '../simulation/catalogue.ts';
import { describeRun, MOMENTS, simulate } from '../simulation/simulate.ts';

/** `node bench/simulate.ts --seeds 1000` runs the same with as many as there is time for. */
const SEEDS = 3;

describe.each(FAULTS.map((fault) => [fault.number, fault.title, fault] as const))('fault %i: %s', (_, __, fault) => {
  it.each(MOMENTS)('leaves every promise kept when it strikes %s', async (moment) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const run = await simulate(fault, moment, seed);
      expect(run.problems, describeRun(run)).toEqual([]);
    }
  });
});

it('is the same run for the same seed, to the last call', async () => {
  const [fault] = FAULTS.filter(({ number }) => number === 28);
  const runs = [await simulate(fault!, 'between', 7), await simulate(fault!, 'between', 7)];
  expect(runs[1]).toEqual(runs[0]);
});
