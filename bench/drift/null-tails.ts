import { chiSquareTest } from '../../core/stats/chi-square-test.ts';
import { exactAtCuts, exactHomogeneity } from '../../core/stats/exact-homogeneity.ts';
import { populationStability, populationStabilityQuantile } from '../../core/stats/population-stability.ts';
import type { RandomStream } from '../judge/random-stream.ts';
import { multinomial } from './draw-counts.ts';

const EVEN = new Array<number>(10).fill(0.1);

/** How often each test is wrong without drift, in multiples of what it is asked for, far in the tail. */
export interface NullTail {
  readonly n: number;
  readonly m: number;
  readonly alpha: number;
  readonly exactBins: number;
  readonly exactCuts: number;
  readonly chiSquareLaw: number;
  readonly stabilityLaw: number;
}

/** Ten even bins, fixed, with n cases on one side and m on the other. */
export function nullTails(
  random: RandomStream,
  n: number,
  m: number,
  alphas: readonly number[],
  rounds: number,
): readonly NullTail[] {
  const quantiles = alphas.map((alpha) => populationStabilityQuantile(n, m, EVEN.length, alpha));
  const wrong = alphas.map(() => ({ exactBins: 0, exactCuts: 0, chiSquareLaw: 0, stabilityLaw: 0 }));
  for (let round = 0; round < rounds; round++) {
    const [a, b] = [multinomial(random, n, EVEN), multinomial(random, m, EVEN)];
    const exactBins = exactHomogeneity(a, b).pValue;
    const exactCuts = exactAtCuts(a, b);
    const law = chiSquareTest(a, b)?.pValue ?? 1;
    const index = populationStability(a, b) ?? 0;
    alphas.forEach((alpha, i) => {
      const at = wrong[i]!;
      at.exactBins += Number(exactBins <= alpha);
      at.exactCuts += Number(exactCuts <= alpha);
      at.chiSquareLaw += Number(law <= alpha);
      at.stabilityLaw += Number(index >= quantiles[i]!);
    });
  }
  return alphas.map((alpha, i) => {
    const times = (count: number) => count / rounds / alpha;
    const { exactBins, exactCuts, chiSquareLaw, stabilityLaw } = wrong[i]!;
    return {
      n,
      m,
      alpha,
      exactBins: times(exactBins),
      exactCuts: times(exactCuts),
      chiSquareLaw: times(chiSquareLaw),
      stabilityLaw: times(stabilityLaw),
    };
  });
}
