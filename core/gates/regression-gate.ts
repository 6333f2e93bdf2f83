import type { GateDefinition } from '../definitions/model.ts';
import { pairedLoss } from '../metrics/metric.ts';
import { normalQuantile } from '../stats/normal-quantile.ts';
import type { GateEvidence } from './gate-evidence.ts';
import type { Evidence, Verdict } from './verdict.ts';

type RegressionGate = Extract<GateDefinition, { kind: 'regression' }>;

/**
 * Non-inferiority to the champion on the same rows: the whole two-sided confidence interval of the loss lies at or
 * below the margin. Fails when the whole interval lies above it; in between it is inconclusive and says how many
 * test rows would settle it at the present loss. Passes when there is no champion to be worse than.
 *
 * Source: paired non-inferiority with a Wald interval; the errors are those of `pairedLoss`.
 */
export function judgeRegression(gate: RegressionGate, { test, champion }: GateEvidence): Verdict {
  const metric = `${gate.metric} loss against champion`;
  const n = test.labels.length;
  const measured = { metric, limit: gate.margin, rule: 'at-most' as const, n };
  if (champion.kind === 'none') {
    return { outcome: 'pass', evidence: [{ ...measured, observed: 0, n: 0, note: 'no champion to compare with' }] };
  }
  if (champion.kind === 'incomparable') {
    return { outcome: 'inconclusive', evidence: [{ ...measured, observed: null, n: 0 }], because: champion.because };
  }
  const paired = pairedLoss(gate.metric, test, champion.scores);
  if (paired === null) {
    const because = `${gate.metric} cannot be compared on ${n} test rows; both classes need two rows each`;
    return { outcome: 'inconclusive', evidence: [{ ...measured, observed: null }], because };
  }
  const { loss, standardError } = paired;
  const reach = normalQuantile((1 + gate.confidence) / 2) * standardError;
  const interval = `[${(loss - reach).toPrecision(4)}, ${(loss + reach).toPrecision(4)}]`;
  const note = `${gate.confidence * 100} % interval ${interval}`;
  const evidence: Evidence[] = [{ ...measured, observed: loss, note }];
  if (loss + reach <= gate.margin) return { outcome: 'pass', evidence };
  if (loss - reach > gate.margin) {
    return {
      outcome: 'fail',
      evidence,
      because: `worse than the champion by ${loss}, ${note}; the margin is ${gate.margin}`,
    };
  }
  const needed = loss < gate.margin ? Math.ceil(n * (reach / (gate.margin - loss)) ** 2) : null;
  const more =
    needed === null ? 'no number of rows helps at the present loss' : `about ${needed} test rows would settle it`;
  return { outcome: 'inconclusive', evidence, because: `${note} reaches past the margin ${gate.margin}; ${more}` };
}
