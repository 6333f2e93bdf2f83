import type { GateDefinition } from '../definitions/model.ts';
import { unreachable } from '../errors.ts';
import { metricName } from '../metrics/metric-facts.ts';
import type { GateVerdict } from '../release/release-manifest.ts';
import { judgeAttribution } from './attribution-gate.ts';
import { judgeCost } from './cost-gate.ts';
import { judgeDataQuality } from './data-quality-gate.ts';
import { judgeFairness } from './fairness-gate.ts';
import type { GateEvidence } from './gate-evidence.ts';
import { judgeMetric } from './metric-gate.ts';
import { judgeRegression } from './regression-gate.ts';
import { judgeSkew } from './skew-gate.ts';
import { judgeSlices } from './slice-gate.ts';
import type { Verdict } from './verdict.ts';

/** The verdict of every gate in the order of the definition, except those that only the rollout can judge. */
export function judgeGates(gates: readonly GateDefinition[], evidence: GateEvidence): readonly GateVerdict[] {
  return gates.flatMap((gate) => {
    if (gate.kind === 'latency') return [];
    return [{ gate: nameOf(gate), verdict: judge(gate, evidence) }];
  });
}

/** Whether traffic may be taken: there is at least one gate and every one passed. */
export function haveAllPassed(verdicts: readonly GateVerdict[]): boolean {
  return verdicts.length > 0 && verdicts.every(({ verdict }) => verdict.outcome === 'pass');
}

/** The reasons of the gates that did not pass, for a reader; empty when all did. */
export function reasonsAgainst(verdicts: readonly GateVerdict[]): string {
  return verdicts
    .flatMap(({ gate, verdict }) =>
      verdict.outcome === 'pass' ? [] : [`${gate}: ${verdict.outcome}, ${verdict.because}`],
    )
    .join('; ');
}

/** Names a gate among those of its model. */
export function nameOf(gate: GateDefinition): string {
  if (gate.kind === 'fairness') return `fairness(${gate.criterion} ${gate.measure} by ${gate.attribute})`;
  if (!('metric' in gate)) return gate.kind;
  const by = gate.kind === 'slice' && gate.by.length > 0 ? ` by ${gate.by.join(gate.pairs ? ' and ' : ', ')}` : '';
  return `${gate.kind}(${metricName(gate)}${by})`;
}

function judge(gate: Exclude<GateDefinition, { kind: 'latency' }>, evidence: GateEvidence): Verdict {
  switch (gate.kind) {
    case 'metric':
      return judgeMetric(gate, evidence);
    case 'regression':
      return judgeRegression(gate, evidence);
    case 'slice':
      return judgeSlices(gate, evidence);
    case 'fairness':
      return judgeFairness(gate, evidence);
    case 'skew':
      return judgeSkew(gate, evidence);
    case 'data_quality':
      return judgeDataQuality(gate, evidence);
    case 'attribution':
      return judgeAttribution(gate, evidence);
    case 'cost':
      return judgeCost(gate, evidence);
    default:
      return unreachable(gate);
  }
}
