import { shopDefinitions } from '../shop-definitions.ts';

export const {
  customer,
  orders,
  visits,
  orderHabit,
  lastOrder,
  lastVisit,
  orderValue,
  good,
  wrong,
  slow,
  erroring,
  shifted,
  unfair,
  stale,
  corrupt,
  bomb,
  undone,
} = shopDefinitions({ isAfter: true });
