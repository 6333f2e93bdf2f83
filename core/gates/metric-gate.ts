import type { GateDefinition } from '../definitions/model.ts';
import { measure } from '../metrics/metric.ts';
import { metricName } from '../metrics/metric-facts.ts';
import { metricInterval } from '../metrics/metric-interval.ts';
import type { GateEvidence } from './gate-evidence.ts';
import type { Evidence, Verdict } from './verdict.ts';

type MetricGate = Extract<GateDefinition, { kind: 'metric' }>;

/** Of the interval that is told beside the metric; the limit is on the metric itself. */
const CONFIDENCE = 0.95;

/** The metric on the test rows lies on the right side of its limit. */
export function judgeMetric(gate: MetricGate, { test }: GateEvidence): Verdict {
  const isFloor = gate.atLeast !== null;
  const limit = gate.atLeast ?? gate.atMost ?? Number.NaN; // the definition has exactly one of the two
  const name = metricName(gate);
  const observed = measure(gate, test);
  const n = test.labels.length;
  const interval = metricInterval(gate, test, CONFIDENCE);
  const measured: Evidence = {
    metric: name,
    observed,
    limit,
    rule: isFloor ? 'at-least' : 'at-most',
    n,
    ...(interval === null ? {} : { interval: { ...interval, confidence: CONFIDENCE } }),
  };
  if (n < gate.minRows) {
    const needs = `${gate.minRows - n} more`;
    const because = `${name} rests on ${n} test rows; at least ${gate.minRows} are needed, ${needs}`;
    return { outcome: 'inconclusive', evidence: [{ ...measured, needs: `${needs} test rows` }], because };
  }
  const evidence = [measured];
  if (observed === null) {
    return {
      outcome: 'inconclusive',
      evidence,
      because: `${name} cannot be computed on the test rows; it needs both classes, and as many rows and decisions as it is about`,
    };
  }
  if (isFloor ? observed >= limit : observed <= limit) return { outcome: 'pass', evidence };
  return {
    outcome: 'fail',
    evidence,
    because: `${name} is ${observed}; it has to be ${isFloor ? 'at least' : 'at most'} ${limit}`,
  };
}
