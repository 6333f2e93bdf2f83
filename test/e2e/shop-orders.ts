import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { DAY_MS } from '../../core/clock.ts';
import { seededRandom } from '../../core/stats/seeded-random.ts';

export interface Order {
  readonly order_id: string;
  readonly customer_id: number;
  readonly ordered_at: string;
  readonly amount: number;
  readonly channel: string | null;
}

const DAYS = 56;
const CUSTOMERS = 200;
const CHANNELS = ['web', 'app', 'store', null] as const;

/** Orders of eight weeks that end yesterday: every second customer is loyal, the others come now and then. */
export function shopOrders(now = new Date()): readonly Order[] {
  const random = seededRandom(11);
  const endMs = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const orders: Order[] = [];
  for (let day = 0; day < DAYS; day++) {
    for (let customer = 1; customer <= CUSTOMERS; customer++) {
      const isLoyal = customer % 2 === 0;
      if (random() >= (isLoyal ? 0.25 : 0.03)) continue;
      orders.push({
        order_id: `O${orders.length + 1}`,
        customer_id: customer,
        ordered_at: new Date(endMs - (DAYS - day - random()) * DAY_MS).toISOString(),
        amount: Math.round(100 * (5 + (isLoyal ? 30 : 20) * random())) / 100,
        channel: CHANNELS[Math.floor(random() * CHANNELS.length)] ?? null,
      });
    }
  }
  return orders;
}

/** Orders whose age in days, counted from the newest midnight, lies in (toDays, fromDays]. */
export function agedBetween(orders: readonly Order[], fromDays: number, toDays: number): readonly Order[] {
  const endMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const ageDays = (order: Order) => (endMs - Date.parse(order.ordered_at)) / DAY_MS;
  return orders.filter((order) => ageDays(order) <= fromDays && ageDays(order) > toDays);
}

export function csvOf(orders: readonly Order[], badLines: readonly string[] = []): string {
  const lines = orders.map((one) =>
    [one.order_id, one.customer_id, one.ordered_at, one.amount, one.channel ?? ''].join(','),
  );
  return `${['order_id,customer_id,ordered_at,amount,channel', ...badLines, ...lines].join('\n')}\n`;
}

export function jsonLinesOf(orders: readonly Order[], badLines: readonly string[] = []): string {
  return `${[...orders.map((order) => JSON.stringify(order)), ...badLines].join('\n')}\n`;
}

/** With an amount missing in the first `bad` rows. */
export function parquetOf(orders: readonly Order[], bad = 0): Uint8Array {
  const column = <T>(value: (order: Order, row: number) => T): T[] => orders.map(value);
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'order_id', data: column((one) => one.order_id), type: 'STRING' },
      { name: 'customer_id', data: column((one) => BigInt(one.customer_id)), type: 'INT64' },
      { name: 'ordered_at', data: column((one) => new Date(one.ordered_at)), type: 'TIMESTAMP' },
      { name: 'amount', data: column((one, row) => (row < bad ? null : one.amount)), type: 'DOUBLE', nullable: true },
      { name: 'channel', data: column((one) => one.channel), type: 'STRING', nullable: true },
    ],
  });
  return new Uint8Array(buffer);
}

/** Writes the files into a folder and answers their paths by name. */
export function writeFiles<N extends string>(
  folder: string,
  files: Readonly<Record<N, string | Uint8Array>>,
): Record<N, string> {
  const paths = Object.entries<string | Uint8Array>(files).map(([name, content]) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return [name, path] as const;
  });
  return Object.fromEntries(paths) as Record<N, string>; // an entry for each name given
}
