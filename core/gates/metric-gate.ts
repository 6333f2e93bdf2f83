import type { GateDefinition } from '../definitions/model.ts';
import { measure } from '../metrics/metric.ts';
import type { GateEvidence } from './gate-evidence.ts';
import type { Evidence, Verdict } from './verdict.ts';

type MetricGate = Extract<GateDefinition, { kind: 'metric' }>;

/** The metric on the test rows lies on the right side of its limit. */
export function judgeMetric(gate: MetricGate, { test }: GateEvidence): Verdict {
  const isFloor = gate.atLeast !== null;
  const limit = gate.atLeast ?? gate.atMost ?? Number.NaN; // the definition has exactly one of the two
  const observed = measure(gate.metric, test);
  const n = test.labels.length;
  const evidence: Evidence[] = [{ metric: gate.metric, observed, limit, rule: isFloor ? 'at-least' : 'at-most', n }];
  if (n < gate.minRows) {
    const because = `${gate.metric} rests on ${n} test rows; at least ${gate.minRows} are needed, ${gate.minRows - n} more`;
    return { outcome: 'inconclusive', evidence, because };
  }
  if (observed === null) {
    return {
      outcome: 'inconclusive',
      evidence,
      because: `${gate.metric} cannot be computed on the test rows; binary metrics need both classes`,
    };
  }
  if (isFloor ? observed >= limit : observed <= limit) return { outcome: 'pass', evidence };
  return {
    outcome: 'fail',
    evidence,
    because: `${gate.metric} is ${observed}; it has to be ${isFloor ? 'at least' : 'at most'} ${limit}`,
  };
}
