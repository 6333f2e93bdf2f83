import type { Random } from '../../../../core/clock.ts';
import { drawSorted } from './random.ts';

/** Shares of columns to look at, above 0 to 1; they multiply, as in XGBoost. */
export interface ColumnShares {
  readonly byTree: number;
  readonly byLevel: number;
  readonly byNode: number;
}

/** The columns that the nodes of one tree may split on. */
export class ColumnSampler {
  readonly #tree: Int32Array;
  readonly #levels: Int32Array[] = [];
  readonly #shares: ColumnShares;
  readonly #random: Random;

  constructor(columnCount: number, shares: ColumnShares, random: Random) {
    this.#shares = shares;
    this.#random = random;
    this.#tree = this.#draw(
      Int32Array.from({ length: columnCount }, (_, column) => column),
      shares.byTree,
    );
  }

  /** A node's columns, ascending; at least one. Drawn anew for each node, so call it once per node. */
  forNode(depth: number): Int32Array {
    this.#levels[depth] ??= this.#draw(this.#tree, this.#shares.byLevel);
    return this.#draw(this.#levels[depth], this.#shares.byNode);
  }

  #draw(columns: Int32Array, share: number): Int32Array {
    return drawSorted(columns, Math.max(1, Math.floor(columns.length * share)), this.#random);
  }
}
