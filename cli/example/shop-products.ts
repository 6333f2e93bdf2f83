export interface Product {
  readonly id: string;
  readonly category: string;
  readonly price: number;
}

/** Categories with the price of their cheapest and dearest product. */
const CATEGORIES: readonly (readonly [category: string, cheapest: number, dearest: number])[] = [
  ['books', 6, 35],
  ['garden', 4, 120],
  ['kitchen', 8, 180],
  ['music', 9, 60],
  ['outdoor', 15, 260],
  ['toys', 5, 80],
];

const PER_CATEGORY = 20;

export const CATEGORY_NAMES: readonly string[] = CATEGORIES.map(([category]) => category);

/** What the shop sells, the best-selling first in each category. */
export const PRODUCTS: readonly Product[] = CATEGORIES.flatMap(([category, cheapest, dearest]) =>
  Array.from({ length: PER_CATEGORY }, (_, i) => ({
    id: `${category.slice(0, 2).toUpperCase()}${String(i + 1).padStart(3, '0')}`,
    category,
    price: Math.round((cheapest + (dearest - cheapest) * (((i * 7) % PER_CATEGORY) / PER_CATEGORY) ** 2) * 100) / 100,
  })),
);
