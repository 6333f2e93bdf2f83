import { shopDefinitions } from '../shop/shop-definitions.ts';

export const { customer, accounts, orders, visits, account, habit, lastVisit, visit, willBuy } = shopDefinitions({
  units: 'euros-and-minutes',
});
