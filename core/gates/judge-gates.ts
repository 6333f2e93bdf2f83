import type { GateDefinition } from '../definitions/model.ts';
import { unreachable } from '../errors.ts';
import type { GateVerdict } from '../release/release-manifest.ts';
import { judgeDataQuality } from './data-quality-gate.ts';
import type { GateEvidence } from './gate-evidence.ts';
import { judgeMetric } from './metric-gate.ts';
import { judgeRegression } from './regression-gate.ts';
import type { Verdict } from './verdict.ts';

/** The verdict of every gate, in the order of the definition. */
export function judgeGates(gates: readonly GateDefinition[], evidence: GateEvidence): readonly GateVerdict[] {
  return gates.map((gate) => ({ gate: nameOf(gate), verdict: judge(gate, evidence) }));
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

function nameOf(gate: GateDefinition): string {
  return gate.kind === 'data_quality' ? gate.kind : `${gate.kind}(${gate.metric})`;
}

function judge(gate: GateDefinition, evidence: GateEvidence): Verdict {
  switch (gate.kind) {
    case 'metric':
      return judgeMetric(gate, evidence);
    case 'regression':
      return judgeRegression(gate, evidence);
    case 'data_quality':
      return judgeDataQuality(gate, evidence);
    default:
      return unreachable(gate);
  }
}
