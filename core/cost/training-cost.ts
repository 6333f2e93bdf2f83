import { HOUR_MS, SECOND_MS } from '../clock.ts';
import { pricesIn } from './price-list.ts';

const HOUR_SECONDS = HOUR_MS / SECOND_MS;

/**
 * What training jobs of so many seconds together cost in US dollars; null for a region or an instance type without a price.
 * The list has one price for an instance type, that of an endpoint, which a training is taken to cost as well.
 *
 * @param seconds of all jobs: the jobs of a search for hyperparameters are paid for one by one
 */
export function trainingCostUsd(region: string, instanceType: string, seconds: number): number | null {
  const hourUsd = pricesIn(region)?.hostingPerHour[instanceType];
  return hourUsd === undefined ? null : (seconds / HOUR_SECONDS) * hourUsd;
}
