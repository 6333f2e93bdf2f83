import { InvalidInputError } from '../errors.ts';
import { type ContributionSample, contributionShares } from './contribution-sample.ts';

export interface ShareChange {
  /** Half the sum of the absolute changes; 0 for equal shares, 1 when no input of one has a share in the other. */
  readonly distance: number;
  readonly standardError: number;
  /** Noise alone makes absolute changes positive: the distance is too high by this much at most. */
  readonly bias: number;
  /** The inputs whose shares changed most, for a reader. */
  readonly moved: string;
}

const NAMED_INPUTS = 3;

/**
 * How far the shares of two models lie apart on the same rows in the same order; inputs are matched by name, and an
 * input that one of them lacks has no share in it. Rows are paired in the standard error.
 *
 * Source: delta method with the sign of each change as it was seen; the bias is that of a folded normal variable,
 * E|X| - |E X| <= sd * sqrt(2 / pi).
 *
 * @throws InvalidInputError when the samples have other numbers of rows
 */
export function shareChange(now: ContributionSample, before: ContributionSample): ShareChange {
  if (now.rows !== before.rows) {
    throw new InvalidInputError(`the samples have ${now.rows} and ${before.rows} rows; they have to be the same rows`);
  }
  const [ours, theirs] = [contributionShares(now), contributionShares(before)];
  const names = [...new Set([...now.inputs, ...before.inputs])];
  const rowSums = new Float64Array(now.rows);
  let [distance, bias] = [0, 0];
  const changes = names.map((name) => {
    const [a, b] = [now.inputs.indexOf(name), before.inputs.indexOf(name)];
    const change = (a < 0 ? 0 : ours.shares[a]!) - (b < 0 ? 0 : theirs.shares[b]!);
    const sign = Math.sign(change) / 2;
    let squares = 0;
    for (let row = 0; row < now.rows; row++) {
      const own = a < 0 ? 0 : ours.influence[row * now.inputs.length + a]!;
      const other = b < 0 ? 0 : theirs.influence[row * before.inputs.length + b]!;
      squares += (own - other) ** 2;
      rowSums[row]! += sign * (own - other);
    }
    distance += Math.abs(change) / 2;
    bias += Math.sqrt((squares / (now.rows - 1) / now.rows) * (2 / Math.PI)) / 2;
    return { name, change };
  });
  let squares = 0;
  for (const sum of rowSums) squares += sum ** 2;
  return {
    distance,
    standardError: Math.sqrt(squares / (now.rows - 1) / now.rows),
    bias,
    moved: mostMoved(changes),
  };
}

function mostMoved(changes: readonly { readonly name: string; readonly change: number }[]): string {
  const most = changes
    .filter(({ change }) => change !== 0)
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change))
    .slice(0, NAMED_INPUTS);
  if (most.length === 0) return 'nothing moved';
  return most.map(({ name, change }) => `${name} ${change > 0 ? '+' : ''}${change.toFixed(3)}`).join(', ');
}
