import { type Rate, rateRatio } from '../stats/rate-comparison.ts';
import { type AnswerCount, totalsOf } from './performance-counts.ts';

/** For how many answers the truth became known, and whether it did so alike for all kinds of them. */
export interface Coverage {
  /** Null without matured predictions. */
  readonly share: number | null;
  readonly isOneSided: boolean;
  readonly because: string;
}

/** Probability of calling outcomes one-sided that arrive alike. */
const ALPHA = 0.001;
/** How much smaller the share with an outcome of some answers may be than that of the others. */
const MIN_RATIO = 0.8;

interface Kind {
  readonly name: string;
  readonly of: Rate;
  readonly others: Rate;
}

/**
 * One-sided when answers of one decision, or of one bin of the score, surely have an outcome less than 0.8 times as
 * often as all others, or more than 1/0.8 times: what has arrived then speaks for some of the answers. Each kind is
 * compared with the rest by the interval of the ratio of two rates, the error shared by all kinds (Bonferroni), over
 * matured predictions that stand for their unit.
 */
export function coverageOf(matured: readonly AnswerCount[], cuts: readonly number[]): Coverage {
  const { predictions, outcomes } = totalsOf(matured);
  if (predictions === 0) return { share: null, isOneSided: false, because: 'no prediction has matured' };
  const share = outcomes / predictions;
  const text = `${outcomes} of ${predictions} matured predictions have an outcome`;
  const kinds = kindsOf(matured, cuts);
  const uneven = kinds.filter(({ of, others }) => {
    const { low, high } = rateRatio(of, others, 1 - ALPHA / kinds.length);
    return high < MIN_RATIO || low > 1 / MIN_RATIO;
  });
  const worst = uneven.sort((a, b) => unevenness(b) - unevenness(a))[0];
  if (worst === undefined) return { share, isOneSided: false, because: `${text}, of all kinds of answers alike` };
  const told = `${worst.of.hits} of ${worst.of.n} answers with ${worst.name} against ${worst.others.hits} of ${worst.others.n} others`;
  return { share, isOneSided: true, because: `${text}, but ${told}` };
}

function kindsOf(matured: readonly AnswerCount[], cuts: readonly number[]): readonly Kind[] {
  const named = (decision: boolean | null) => `the decision ${decision === true ? 'yes' : 'no'}`;
  const isDecided = matured.some(({ decision }) => decision !== null);
  const decisions = isDecided ? splits(matured, ({ decision }) => named(decision)) : [];
  return [...decisions, ...splits(matured, ({ bin }) => binText(cuts, bin))];
}

/** Each value against the rest; two values are one question. */
function splits(matured: readonly AnswerCount[], nameOf: (count: AnswerCount) => string): readonly Kind[] {
  const byName = new Map<string, { hits: number; n: number }>();
  const all = { hits: 0, n: 0 };
  for (const count of matured) {
    const name = nameOf(count);
    const rate = byName.get(name) ?? { hits: 0, n: 0 };
    byName.set(name, rate);
    for (const one of [rate, all]) {
      one.hits += count.unitOutcomes;
      one.n += count.units;
    }
  }
  const kinds = [...byName].map(([name, of]) => ({ name, of, others: { hits: all.hits - of.hits, n: all.n - of.n } }));
  const told = kinds.filter(({ of, others }) => of.n > 0 && others.n > 0 && of.hits + others.hits > 0);
  return told.length === 2 ? told.slice(0, 1) : told;
}

/** How far the logarithm of the ratio is from 0; half a case is added to each side. */
function unevenness({ of, others }: Kind): number {
  return Math.abs(Math.log((of.hits + 0.5) / (of.n + 1)) - Math.log((others.hits + 0.5) / (others.n + 1)));
}

function binText(cuts: readonly number[], bin: number): string {
  if (bin === 0) return `a score below ${short(cuts[0])}`;
  if (bin >= cuts.length) return `a score from ${short(cuts.at(-1))} up`;
  return `a score in [${short(cuts[bin - 1])}, ${short(cuts[bin])})`;
}

function short(value: number | undefined): string {
  return value === undefined ? 'any' : String(Number(value.toPrecision(4)));
}
