import type { Random } from '../../../core/clock.ts';
import { seededRandom } from '../../../core/stats/seeded-random.ts';
import { type DemoCustomer, makeCustomers } from './customers.ts';
import { type History, history } from './history.ts';
import { type Times, type Visit, visitMaker } from './visits.ts';

export interface World {
  readonly customers: readonly DemoCustomer[];
  /** The past of the shop. */
  history(visits: number): History;
  /** Visits from now on; they depend on the seed and on how many there were, not on the history. */
  readonly visit: (times: Times) => Visit;
}

const CUSTOMERS = 2_500;

/** The invented shop: the same seed and instant give the same customers, history and visits. */
export function makeWorld(seed: number, now: Date): World {
  const random = (stream: number): Random => seededRandom(seed * 8 + stream);
  const customers = makeCustomers(CUSTOMERS, now.getTime(), random(0));
  return {
    customers,
    history: (visits) => history(customers, visitMaker(customers, random(1)), { visits, now, random: random(2) }),
    visit: visitMaker(customers, random(3)),
  };
}
