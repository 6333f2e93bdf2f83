import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_MS } from '../../../core/clock.ts';
import { seededRandom } from '../../../core/stats/seeded-random.ts';

export const CUSTOMERS = 3_000;
const DAYS = 56;
/** For so long nobody has heard of visits. */
const SILENT_DAYS = 4;

/** Orders and visits of eight weeks: every second customer is loyal, in the north and in the south. */
export async function writeShopFiles(
  folder: string,
  now: Date,
  customers = CUSTOMERS,
): Promise<{ readonly orders: string; readonly visits: string }> {
  const random = seededRandom(11);
  const endMs = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const instant = (day: number) => new Date(endMs - (DAYS - day - random()) * DAY_MS).toISOString();
  const orders = ['order_id,customer_id,ordered_at,amount,region'];
  const visits = ['visit_id,customer_id,visited_at,pages,seconds'];
  for (let day = 0; day < DAYS; day++) {
    for (let customer = 1; customer <= customers; customer++) {
      const isLoyal = customer % 2 === 0;
      if (day < DAYS - SILENT_DAYS && random() < (isLoyal ? 0.3 : 0.1))
        visits.push(
          `V${visits.length},${customer},${instant(day)},${1 + Math.floor(9 * random())},${Math.floor(600 * random())}`,
        );
      if (random() >= (isLoyal ? 0.25 : 0.03)) continue;
      const amount = Math.round(100 * (5 + (isLoyal ? 30 : 20) * random())) / 100;
      const region = customer % 3 === 0 ? 'south' : 'north';
      orders.push(`O${orders.length},${customer},${instant(day)},${amount},${region}`);
    }
  }
  const write = async (name: string, lines: readonly string[]): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, `${lines.join('\n')}\n`);
    return path;
  };
  return { orders: await write('orders.csv', orders), visits: await write('visits.csv', visits) };
}
