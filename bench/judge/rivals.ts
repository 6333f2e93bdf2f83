import { classify } from './mann-whitney.ts';
import type { Minute } from './traffic.ts';

/** A judge that is shown each minute of both arms. */
export interface Rival {
  readonly name: string;
  /** Whether it fails the canary now. `isLast`: the canary ends with this minute. */
  readonly fails: (minute: { readonly baseline: Minute; readonly candidate: Minute }, isLast: boolean) => boolean;
}

/** Minutes that a judge by series waits for before its first look. */
const FIRST_LOOK_MINUTES = 10;

const METRICS: readonly { readonly of: (minute: Minute) => number | null; readonly worse: readonly string[] }[] = [
  { of: (minute) => minute.errorRatio, worse: ['high'] },
  { of: (minute) => minute.p95Ms, worse: ['high'] },
  { of: (minute) => minute.meanScore, worse: ['high', 'low'] },
  { of: (minute) => minute.meanOutcome, worse: ['low'] },
];

/** Kayenta's judge of four critical metrics: one that is worse fails the canary. One look at the end, or one every minute. */
export function mannWhitney(looks: 'at the end' | 'every minute'): Rival {
  const series = METRICS.map(() => ({ baseline: [] as number[], candidate: [] as number[] }));
  return {
    name: `Mann-Whitney (Kayenta), ${looks === 'at the end' ? 'one look' : 'a look per minute'}`,
    fails: ({ baseline, candidate }, isLast) => {
      for (const [i, { of }] of METRICS.entries()) {
        const [inBaseline, inCandidate] = [of(baseline), of(candidate)];
        if (inBaseline !== null) series[i]!.baseline.push(inBaseline);
        if (inCandidate !== null) series[i]!.candidate.push(inCandidate);
      }
      const mayLook = looks === 'every minute' ? series[0]!.candidate.length >= FIRST_LOOK_MINUTES : isLast;
      return (
        mayLook && METRICS.some(({ worse }, i) => worse.includes(classify(series[i]!.baseline, series[i]!.candidate)))
      );
    },
  };
}

/** Limits on the candidate alone, a measurement per minute, as Argo Rollouts' analysis: fails with one more failure than `failureLimit`. */
export function fixedThresholds(
  kind: string,
  limits: { readonly errorRatio: number; readonly p95Ms: number; readonly failureLimit: number },
): Rival {
  let errorFailures = 0;
  let latencyFailures = 0;
  return {
    name: `fixed thresholds (Argo), ${kind}`,
    fails: ({ candidate }) => {
      if ((candidate.errorRatio ?? 0) > limits.errorRatio) errorFailures++;
      if ((candidate.p95Ms ?? 0) > limits.p95Ms) latencyFailures++;
      return errorFailures > limits.failureLimit || latencyFailures > limits.failureLimit;
    },
  };
}
