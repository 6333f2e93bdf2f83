import { shopDefinitions } from '../shop-definitions.ts';

export const {
  customer,
  orders,
  visits,
  orderHabit,
  lastOrder,
  lastVisit,
  good,
  wrong,
  slow,
  erroring,
  shifted,
  unfair,
  stale,
  corrupt,
  bomb,
} = shopDefinitions(true);
