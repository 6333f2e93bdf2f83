import { DAY_MS, type Random } from '../../../core/clock.ts';
import { standardNormal } from '../../../core/stats/seeded-random.ts';
import { pickWeighted } from '../../example/pick-weighted.ts';

/** Somebody with an account in the shop of the demonstration. */
export interface DemoCustomer {
  readonly id: string;
  readonly country: string;
  readonly newsletter: boolean;
  readonly birthYear: number;
  readonly joinedMs: number;
  /** Mean days between two orders. */
  readonly gapDays: number;
  /** Mean logarithm of the price of an order. */
  readonly logPrice: number;
}

/** Where the campaign will run. */
export const CAMPAIGN_COUNTRY = 'PL';

const COUNTRIES = [
  ['DE', 38],
  ['FR', 22],
  ['NL', 14],
  ['AT', 8],
  [CAMPAIGN_COUNTRY, 18],
] as const;

export function makeCustomers(count: number, endMs: number, random: Random): readonly DemoCustomer[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `C${String(i + 1).padStart(5, '0')}`,
    country: pickWeighted(COUNTRIES, random),
    newsletter: random() < 0.45,
    birthYear: 1950 + Math.floor(55 * random()),
    joinedMs: endMs - Math.floor((100 + 900 * random()) * DAY_MS), // before the orders begin: nobody is new
    gapDays: 10 * Math.exp(0.5 * standardNormal(random)),
    logPrice: 3.2 + 0.4 * standardNormal(random),
  }));
}
