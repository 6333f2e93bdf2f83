import type { GateDefinition } from '../definitions/model.ts';
import { pairedLoss } from '../metrics/metric.ts';
import { metricName } from '../metrics/metric-facts.ts';
import type { GateEvidence } from './gate-evidence.ts';
import type { Evidence, Verdict } from './verdict.ts';

type RegressionGate = Extract<GateDefinition, { kind: 'regression' }>;

/**
 * Non-inferiority to the champion on the same rows: the whole two-sided confidence interval of the loss lies at or
 * below the margin. Fails when the whole interval lies above it; in between it is inconclusive and says how many
 * test rows would settle it at the present loss. Passes when there is no champion to be worse than.
 *
 * Source: paired non-inferiority with the interval of `pairedLoss`.
 */
export function judgeRegression(gate: RegressionGate, { test, champion }: GateEvidence): Verdict {
  const name = metricName(gate);
  const metric = `${name} loss against champion`;
  const n = test.labels.length;
  const measured = { metric, limit: gate.margin, rule: 'at-most' as const, n };
  if (champion.kind === 'none') {
    return { outcome: 'pass', evidence: [{ ...measured, observed: 0, n: 0, note: 'no champion to compare with' }] };
  }
  if (champion.kind === 'incomparable') {
    return { outcome: 'inconclusive', evidence: [{ ...measured, observed: null, n: 0 }], because: champion.because };
  }
  const paired = pairedLoss(gate, test, champion.scores);
  if (paired === null) {
    const because = `${name} cannot be compared on ${n} test rows; both classes need two rows each, and both models as many rows and decisions as it is about`;
    return { outcome: 'inconclusive', evidence: [{ ...measured, observed: null }], because };
  }
  const { loss } = paired;
  const { low, high } = paired.interval(gate.confidence);
  const note = `${gate.confidence * 100} % interval [${low.toPrecision(4)}, ${high.toPrecision(4)}]`;
  const evidence: Evidence = { ...measured, observed: loss, interval: { low, high, confidence: gate.confidence } };
  if (high <= gate.margin) return { outcome: 'pass', evidence: [evidence] };
  if (low > gate.margin) {
    return {
      outcome: 'fail',
      evidence: [evidence],
      because: `worse than the champion by ${loss}, ${note}; the margin is ${gate.margin}`,
    };
  }
  const needed = loss < gate.margin ? Math.ceil(n * ((high - loss) / (gate.margin - loss)) ** 2) : null;
  const more =
    needed === null ? 'no number of rows helps at the present loss' : `about ${needed} test rows would settle it`;
  const because = `${note} reaches past the margin ${gate.margin}; ${more}`;
  return { outcome: 'inconclusive', evidence: [{ ...evidence, needs: more }], because };
}
