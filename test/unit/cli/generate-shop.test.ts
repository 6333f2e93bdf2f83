import { expect, it } from 'vitest';
import { generateShop } from '../../../cli/example/generate-shop.ts';
import { sha256Hex } from '../../../core/canonical-json.ts';

const now = new Date('2026-11-21T09:30:00Z');
const shop = generateShop({ seed: 7, now });
const lines = shop.transactionsCsv
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','));

it('is the same for the same seed and day, and another for another', () => {
  const digest = (text: string) => sha256Hex(new TextEncoder().encode(text));
  const again = generateShop({ seed: 7, now: new Date('2026-11-21T23:59:59Z') });
  expect(digest(again.transactionsCsv)).toBe(digest(shop.transactionsCsv));
  expect(digest(again.profilesJsonl)).toBe(digest(shop.profilesJsonl));
  expect(digest(generateShop({ seed: 8, now }).transactionsCsv)).not.toBe(digest(shop.transactionsCsv));
});

it('is of a size that a model can learn from', () => {
  expect(shop.transactionRows).toBeGreaterThan(20_000);
  expect(shop.transactionRows).toBe(lines.length);
  expect(new Set(lines.map((cells) => cells[1])).size).toBeGreaterThan(1_100);
  expect(shop.profileRows).toBeGreaterThan(1_500);
});

it('covers 200 days and ends before the day that asks, oldest first', () => {
  const times = lines.map((cells) => Date.parse(cells[2]!));
  expect(times[0]).toBeGreaterThanOrEqual(Date.parse('2026-05-05T00:00:00Z'));
  expect(times.at(-1)).toBeLessThan(Date.parse('2026-11-21T00:00:00Z'));
  expect(times.at(-1)).toBeGreaterThan(Date.parse('2026-11-20T00:00:00Z'));
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

it('has guests, returns and a weekly rhythm', () => {
  const guests = lines.filter((cells) => cells[1] === '').length / lines.length;
  const returns = lines.filter((cells) => Number(cells[5]) < 0).length / lines.length;
  expect(guests).toBeGreaterThan(0.01);
  expect(guests).toBeLessThan(0.06);
  expect(shop.guestRows).toBe(lines.filter((cells) => cells[1] === '').length);
  expect(returns).toBeGreaterThan(0.02);
  expect(returns).toBeLessThan(0.08);
  const onDay = (day: number) => lines.filter((cells) => new Date(cells[2]!).getUTCDay() === day).length;
  expect(onDay(5)).toBeGreaterThan(onDay(1) * 1.2);
});

it('names a customer who ordered in the last week, and not often', () => {
  const own = lines.filter((cells) => cells[1] === shop.sampleCustomerId);
  expect(own.length).toBeGreaterThanOrEqual(3);
  expect(own.length).toBeLessThanOrEqual(6);
  expect(Date.parse(own.at(-1)![2]!)).toBeGreaterThan(Date.parse('2026-11-14T00:00:00Z'));
});
