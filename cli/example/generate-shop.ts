import { DAY_MS, HOUR_MS, MINUTE_MS, type Random } from '../../core/clock.ts';
import { seededRandom } from '../../core/stats/seeded-random.ts';
import { csvLine, csvText } from './csv-text.ts';
import { makeCustomer, type ShopCustomer } from './shop-customer.ts';
import { PRODUCTS, type Product } from './shop-products.ts';

export interface ShopOptions {
  readonly seed: number;
  /** The last day of the history is the one before this instant's (UTC). */
  readonly now: Date;
  /** @default 1800 */
  readonly customers?: number;
  /** @default 200 */
  readonly days?: number;
}

export interface Shop {
  /** Order lines, oldest first, with a header; see `transactions` in definitions/shop.ts. */
  readonly transactionsCsv: string;
  readonly transactionRows: number;
  /** Order lines of guests, who have no customer id. */
  readonly guestRows: number;
  /** Profiles, oldest first, one JSON object a line; see `profiles` in definitions/shop.ts. */
  readonly profilesJsonl: string;
  readonly profileRows: number;
  /** Somebody who ordered lately, but not often: whether they come back is an open question. */
  readonly sampleCustomerId: string;
}

interface OrderLine {
  readonly orderId: string;
  readonly customerId: string;
  readonly at: number;
  readonly product: Product;
  readonly quantity: number;
  readonly price: number;
}

const HEADER = ['order_id', 'customer_id', 'ordered_at', 'product_id', 'category', 'quantity', 'unit_price'];
const GUEST_SHARE = 0.03;
const RETURN_SHARE = 0.05;
/** Orders by day of the week, Sunday first, relative to an average day. */
const WEEKDAY_WEIGHTS = [1.1, 0.8, 0.85, 0.9, 1, 1.25, 1.1];
const BUSIEST_DAY = Math.max(...WEEKDAY_WEIGHTS);

/**
 * Invented trade of a web shop: customers with habits of their own (how often, how much, what), who join and leave,
 * a weekly rhythm, baskets, returns, and guests. The same seed and day give the same bytes.
 */
export function generateShop(options: ShopOptions): Shop {
  const endMs = Math.floor(options.now.getTime() / DAY_MS) * DAY_MS;
  const startMs = endMs - (options.days ?? 200) * DAY_MS;
  const random = seededRandom(options.seed);
  const customers = Array.from({ length: options.customers ?? 1_800 }, (_, i) =>
    makeCustomer(i + 1, startMs, endMs, random),
  );
  const lines = customers.flatMap((customer) => ordersOf(customer, startMs, endMs, random));
  lines.sort((a, b) => a.at - b.at || (a.orderId < b.orderId ? -1 : 1));
  const profiles = customers.flatMap((customer) => customer.profiles).sort((a, b) => a.atMs - b.atMs);
  return {
    transactionsCsv: csvText([HEADER, ...lines.map(cellsOf)].map(csvLine)),
    transactionRows: lines.length,
    guestRows: lines.filter((line) => line.customerId === '').length,
    profilesJsonl: profiles.map(({ json }) => `${JSON.stringify(json)}\n`).join(''),
    profileRows: profiles.length,
    sampleCustomerId: openQuestion(lines, endMs - 7 * DAY_MS),
  };
}

/** Of the customers with three to six order lines, the one who ordered last since the instant, else whoever ordered last. */
function openQuestion(lines: readonly OrderLine[], sinceMs: number): string {
  const counts = new Map<string, number>();
  for (const { customerId } of lines) counts.set(customerId, (counts.get(customerId) ?? 0) + 1);
  const known = lines.filter(({ customerId }) => customerId !== '');
  const few = known.filter(
    ({ customerId, at }) => at >= sinceMs && counts.get(customerId)! >= 3 && counts.get(customerId)! <= 6,
  );
  return (few.at(-1) ?? known.at(-1))?.customerId ?? '';
}

function ordersOf(customer: ShopCustomer, startMs: number, endMs: number, random: Random): readonly OrderLine[] {
  const lines: OrderLine[] = [];
  let orders = 0;
  let at = customer.fromMs;
  for (;;) {
    // at the pace of the busiest day; the weights below thin the others out
    at += (-Math.log(1 - random()) * customer.gapDays * DAY_MS) / BUSIEST_DAY;
    if (at >= Math.min(customer.toMs, endMs)) return lines;
    const weight = WEEKDAY_WEIGHTS[new Date(at).getUTCDay()] ?? 1;
    if (random() * BUSIEST_DAY > weight) continue;
    const orderedAt = Math.floor(at / DAY_MS) * DAY_MS + shoppingHourMs(random);
    if (orderedAt < startMs || orderedAt >= endMs) continue;
    orders++;
    lines.push(...basket(customer, orders, orderedAt, endMs, random));
  }
}

function basket(
  customer: ShopCustomer,
  order: number,
  at: number,
  endMs: number,
  random: Random,
): readonly OrderLine[] {
  const orderId = `O${String(customer.number).padStart(5, '0')}-${order}`;
  const customerId = random() < GUEST_SHARE ? '' : customer.id;
  const size = 1 + Math.floor(-Math.log(1 - random()) * customer.basketLines);
  const lines: OrderLine[] = [];
  for (let line = 0; line < Math.min(size, 12); line++) {
    const product = pickProduct(customer, random);
    const price = Math.round(product.price * (0.9 + 0.2 * random()) * 100) / 100;
    const quantity = 1 + Math.floor(random() * random() * 4);
    lines.push({ orderId, customerId, at, product, quantity, price });
    const returnedAt = at + (2 + random() * 12) * DAY_MS;
    if (random() < RETURN_SHARE && returnedAt < endMs) {
      lines.push({ orderId: `R${orderId.slice(1)}`, customerId, at: returnedAt, product, quantity: -quantity, price });
    }
  }
  return lines;
}

function pickProduct(customer: ShopCustomer, random: Random): Product {
  const shelf = random() < 0.6 ? PRODUCTS.filter((product) => product.category === customer.favourite) : PRODUCTS;
  return shelf[Math.floor(random() * random() * shelf.length)] ?? PRODUCTS[0]!; // the list is not empty
}

/** Between 06:00 and 23:00, mostly in the evening. */
function shoppingHourMs(random: Random): number {
  const hour = 6 + 17 * Math.max(random(), random());
  return Math.floor((hour * HOUR_MS) / MINUTE_MS) * MINUTE_MS;
}

function cellsOf(line: OrderLine): readonly string[] {
  return [
    line.orderId,
    line.customerId,
    new Date(line.at).toISOString(),
    line.product.id,
    line.product.category,
    String(line.quantity),
    line.price.toFixed(2),
  ];
}
