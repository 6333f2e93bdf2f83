import { shopDefinitions } from '../../../../bench/trials/rollouts/shop-definitions.ts';
import { TEST_PACE } from '../../../../bench/trials/rollouts/shop-pace.ts';

export const { customer, orders, orderHabit, lastOrder, orderValue, good, erroring, undone } = shopDefinitions({
  isAfter: false,
  pace: TEST_PACE,
});
