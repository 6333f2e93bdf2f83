import { createHash } from 'node:crypto';
import { seededRandom } from '../../../core/stats/seeded-random.ts';
import type { CreateTuningJobInput, ParameterRange } from './tuning-job-shape.ts';

/**
 * Hyperparameters of one training job of a search: drawn at random, whatever the strategy, and always the same for the
 * same job of the same search. SageMaker's Bayesian strategy learns from the jobs before; nobody on a laptop waits for
 * enough of them that it would matter.
 *
 * @param index of the job, from 0
 */
export function drawHyperparameters(
  { HyperParameterTuningJobConfig: config }: Pick<CreateTuningJobInput, 'HyperParameterTuningJobConfig'>,
  index: number,
): Readonly<Record<string, string>> {
  const { ContinuousParameterRanges, IntegerParameterRanges, CategoricalParameterRanges } = config.ParameterRanges;
  const seed = createHash('sha256')
    .update(`${config.RandomSeed ?? 0}/${index}`)
    .digest()
    .readUInt32BE();
  const random = seededRandom(seed);
  return Object.fromEntries([
    ...ContinuousParameterRanges.map((range) => [range.Name, String(within(range, random()))]),
    ...IntegerParameterRanges.map((range) => [range.Name, String(wholeWithin(range, random()))]),
    ...CategoricalParameterRanges.map(({ Name, Values }) => [Name, Values[Math.floor(random() * Values.length)]!]),
  ]);
}

function within({ MinValue, MaxValue, ScalingType }: ParameterRange, share: number): number {
  const [min, max] = [Number(MinValue), Number(MaxValue)];
  if (ScalingType !== 'Logarithmic') return min + (max - min) * share;
  return Math.min(max, Math.max(min, min * (max / min) ** share));
}

function wholeWithin(range: ParameterRange, share: number): number {
  const max = Number(range.MaxValue);
  // one more than the last value, so that both ends are as likely as what lies between
  return Math.min(max, Math.floor(within({ ...range, MaxValue: String(max + 1) }, share)));
}
