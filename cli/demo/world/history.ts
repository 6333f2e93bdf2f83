import { DAY_MS, HOUR_MS, type Random } from '../../../core/clock.ts';
import { standardNormal } from '../../../core/stats/seeded-random.ts';
import { csvLine, csvText } from '../../example/csv-text.ts';
import type { DemoCustomer } from './customers.ts';
import type { Times, Visit } from './visits.ts';

/** Longer than the longest window of a feature and the visits before which it is read, so that no value is cut off. */
const ORDER_DAYS = 50;
const VISIT_DAYS = 14;

export interface History {
  readonly accountsCsv: string;
  readonly ordersCsv: string;
  readonly visitsCsv: string;
}

/** All that the shop has recorded up to an hour ago, as the definitions of the demonstration read it. */
export function history(
  customers: readonly DemoCustomer[],
  visit: (times: Times) => Visit,
  { visits, now, random }: { readonly visits: number; readonly now: Date; readonly random: Random },
): History {
  const endMs = now.getTime() - HOUR_MS;
  const accounts = customers.map(({ id, country, newsletter, birthYear, joinedMs }) =>
    csvLine([id, new Date(joinedMs).toISOString(), country, String(newsletter), String(birthYear)]),
  );
  const instants = Array.from({ length: visits }, () => endMs - Math.floor(random() * VISIT_DAYS * DAY_MS)).sort();
  const recorded = instants.map((atMs, i) => {
    const { customerId, device, basket, minutes, bought } = visit('usual');
    const at = new Date(atMs).toISOString();
    return csvLine([`H${i + 1}`, customerId, at, device, String(basket), String(minutes), String(bought)]);
  });
  return {
    accountsCsv: csvText(['customer_id,changed_at,country,newsletter,birth_year', ...accounts]),
    ordersCsv: csvText(['order_id,customer_id,ordered_at,total', ...ordersOf(customers, endMs, random)]),
    visitsCsv: csvText(['visit_id,customer_id,visited_at,device,basket,minutes,bought', ...recorded]),
  };
}

function ordersOf(customers: readonly DemoCustomer[], endMs: number, random: Random): readonly string[] {
  const lines: string[] = [];
  for (const { id, gapDays, logPrice } of customers) {
    for (let atMs = endMs - ORDER_DAYS * DAY_MS; ; ) {
      atMs += -Math.log(1 - random()) * gapDays * DAY_MS;
      if (atMs >= endMs) break;
      const total = Math.exp(logPrice + 0.3 * standardNormal(random)).toFixed(2);
      lines.push(csvLine([`O${lines.length + 1}`, id, new Date(Math.floor(atMs)).toISOString(), total]));
    }
  }
  return lines;
}
