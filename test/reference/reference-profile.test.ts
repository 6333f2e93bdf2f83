import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { binOf, profileNumbers } from '../../core/training/reference-profile.ts';
import { sharedFile } from './shared-data.ts';

/**
 * PSI values measured outside this project (NumPy: inner deciles of the reference made unique, `searchsorted` with side
 * `right`, floor 1e-4) between the training and the test rows of the Adult census data (UCI 2). They rest on edges and
 * counts, so a wrong decile or a wrong side of a tie shows.
 */
const GOLDEN = [
  { column: 0, name: 'age', psi: 0.000577075, digits: 9, bins: 10 },
  { column: 12, name: 'hours-per-week', psi: 0.000439, digits: 6, bins: 6 },
  { column: 10, name: 'capital-gain', psi: 0, digits: 9, bins: 2 },
];

const [training, test] = [sharedFile('adult', 'adult.data.csv'), sharedFile('adult', 'adult.test.csv')];

describe.skipIf(training === null || test === null)('Adult census, when the shared data sets are there', () => {
  it.each(GOLDEN)('gives the published PSI of $name', ({ column, psi, digits, bins }) => {
    const profile = profileNumbers(numbers(training!, column));
    expect(profile.counts).toHaveLength(bins);
    const counts = new Array<number>(bins).fill(0);
    const now = numbers(test!, column);
    for (const value of now) counts[binOf(profile.edges, value)]! += 1;
    const shares = (all: readonly number[], n: number) => all.map((count) => Math.max(count / n, 1e-4));
    const [p, q] = [shares(profile.counts, numbers(training!, column).length), shares(counts, now.length)];
    expect(p.reduce((sum, share, i) => sum + (share - q[i]!) * Math.log(share / q[i]!), 0)).toBeCloseTo(psi, digits);
  });
});

function numbers(file: string, column: number): readonly number[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => Number(line.split(',')[column] ?? Number.NaN)).filter((value) => !Number.isNaN(value));
}
