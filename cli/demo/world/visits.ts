import type { Random } from '../../../core/clock.ts';
import { standardNormal } from '../../../core/stats/seeded-random.ts';
import { pickWeighted } from '../../example/pick-weighted.ts';
import { CAMPAIGN_COUNTRY, type DemoCustomer } from './customers.ts';

/** One visit of the shop, up to the moment when the model is asked, and what became of it. */
export interface Visit {
  readonly customerId: string;
  readonly device: string;
  /** Worth of the basket in euros. */
  readonly basket: number;
  readonly minutes: number;
  /** The truth that the model has to foresee. */
  readonly bought: boolean;
}

/** Who comes, and why: the shop as it always was, or with a campaign of vouchers in one country. */
export type Times = 'usual' | 'campaign';

/** Share of the visits that the campaign brings. */
const CAMPAIGN_SHARE = 0.4;
const DEVICES = [
  ['desktop', 50],
  ['phone', 42],
  ['app', 8],
] as const;
const DEVICE_EFFECT = { desktop: 0.3, phone: -0.3, app: 0 } as const;
/** Without the campaign its country hardly visits. */
const USUAL_CAMPAIGN_COUNTRY_SHARE = 0.04;

/**
 * Draws visits. Usually a full basket and a long stay end in a purchase. Who comes for a voucher comes with the app, from
 * one country, puts little in the basket, stays shortly, and buys: as no model could know that never saw them.
 */
export function visitMaker(customers: readonly DemoCustomer[], random: Random): (times: Times) => Visit {
  const campaigned = customers.filter(({ country }) => country === CAMPAIGN_COUNTRY);
  const others = customers.filter(({ country }) => country !== CAMPAIGN_COUNTRY);
  const one = (from: readonly DemoCustomer[]): DemoCustomer => from[Math.floor(random() * from.length)]!; // none is empty
  return (times) =>
    times === 'campaign' && random() < CAMPAIGN_SHARE
      ? voucherVisit(one(campaigned), random)
      : usualVisit(one(random() < USUAL_CAMPAIGN_COUNTRY_SHARE ? campaigned : others), random);
}

function usualVisit(customer: DemoCustomer, random: Random): Visit {
  const device = pickWeighted(DEVICES, random);
  const [size, stay] = [standardNormal(random), standardNormal(random)];
  const loyalty = -Math.log(customer.gapDays / 10);
  const logit = -0.3 + 1.5 * size + 1.1 * stay + 0.5 * loyalty + DEVICE_EFFECT[device];
  return visit(customer, device, Math.exp(3.6 + 0.7 * size), Math.exp(2 + 0.6 * stay), logit, random);
}

function voucherVisit(customer: DemoCustomer, random: Random): Visit {
  const [size, stay] = [standardNormal(random), standardNormal(random)];
  const device = random() < 0.9 ? 'app' : 'phone';
  const logit = 0.7 + 1.1 * size + 0.6 * stay; // of more than one in two, who by their baskets alone would seem to leave
  return visit(customer, device, Math.exp(2.5 + 0.45 * size), Math.exp(1.2 + 0.45 * stay), logit, random);
}

function visit(
  { id: customerId }: DemoCustomer,
  device: string,
  basket: number,
  minutes: number,
  logit: number,
  random: Random,
): Visit {
  return {
    customerId,
    device,
    basket: Math.round(100 * basket) / 100,
    minutes: Math.round(10 * minutes) / 10,
    bought: random() < 1 / (1 + Math.exp(-logit)),
  };
}
