/** Labelled rows in memory, single precision. */
export interface LabelledMatrix {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Row after row, without the label; NaN is missing. */
  readonly values: Float32Array;
  readonly labels: Float32Array;
}
