import { InvalidInputError } from '../../../../core/errors.ts';
import type { LabelledMatrix } from '../boosting/matrix.ts';

/** Collects rows of one width; memory is the rows' own size, doubled at most while growing. */
export class MatrixBuilder {
  #values = new Float32Array(1 << 16);
  #labels = new Float32Array(1 << 12);
  #columnCount: number | undefined;
  #rowCount = 0;

  /**
   * @param row label first, then the features
   * @param where named in the refusal, `train/part-0.csv line 7`
   */
  add(row: ArrayLike<number>, where: string): void {
    const width = row.length - 1;
    this.#columnCount ??= width;
    if (width < 1)
      throw new InvalidInputError(`${where} has ${row.length} columns; a label and at least one feature are needed`);
    if (width !== this.#columnCount) {
      throw new InvalidInputError(`${where} has ${row.length} columns, but the first row has ${this.#columnCount + 1}`);
    }
    const start = this.#rowCount * width;
    if (start + width > this.#values.length) this.#values = grown(this.#values, start + width);
    if (this.#rowCount === this.#labels.length) this.#labels = grown(this.#labels, this.#rowCount + 1);
    this.#labels[this.#rowCount] = row[0]!;
    for (let column = 0; column < width; column++) this.#values[start + column] = row[column + 1]!;
    this.#rowCount++;
  }

  build(): LabelledMatrix {
    const columnCount = this.#columnCount ?? 0;
    return {
      rowCount: this.#rowCount,
      columnCount,
      values: this.#values.subarray(0, this.#rowCount * columnCount),
      labels: this.#labels.subarray(0, this.#rowCount),
    };
  }
}

function grown(array: Float32Array<ArrayBuffer>, least: number): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(Math.max(least, 2 * array.length));
  larger.set(array);
  return larger;
}
