/** How much each input moved the score of each row of a sample: absolute contributions, row by row. */
export interface ContributionSample {
  /** `view:feature` of each column. */
  readonly inputs: readonly string[];
  readonly rows: number;
  /** `rows * inputs.length` numbers of 0 or more. */
  readonly values: Float64Array;
}

/** Share of each input in all contributions, with how the rows of the sample vary around it. */
export interface ContributionShares {
  /** By input; they sum to 1, or are all 0 when no input contributes anything. */
  readonly shares: Float64Array;
  /** `rows * inputs` numbers: what each row adds to the error of each share, so that their mean is 0. */
  readonly influence: Float64Array;
}

/**
 * Shares of the mean absolute contributions. A share is a ratio of two means, so its error is linearized: row i moves
 * share j by (|phi_ij| - share_j * sum_k |phi_ik|) / mean total.
 *
 * Source: the delta method for a ratio estimator (Cochran, Sampling Techniques, 1977, chapter 6).
 */
export function contributionShares({ inputs, rows, values }: ContributionSample): ContributionShares {
  const columns = inputs.length;
  const shares = new Float64Array(columns);
  const influence = new Float64Array(values.length);
  let total = 0;
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      shares[column]! += values[i]!;
      total += values[i]!;
    }
  }
  if (total === 0) return { shares, influence };
  for (let column = 0; column < columns; column++) shares[column]! /= total;
  const meanTotal = total / rows;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let rowTotal = 0;
    for (let i = start; i < start + columns; i++) rowTotal += values[i]!;
    for (let column = 0; column < columns; column++) {
      influence[start + column] = (values[start + column]! - shares[column]! * rowTotal) / meanTotal;
    }
  }
  return { shares, influence };
}
