import { DAY_MS, HOUR_MS, MINUTE_MS } from '../clock.ts';
import type { GateDefinition } from '../definitions/model.ts';
import { proportionInterval } from '../stats/proportion-interval.ts';
import type { GateEvidence } from './gate-evidence.ts';
import type { Evidence, Verdict } from './verdict.ts';

type SkewGate = Extract<GateDefinition, { kind: 'skew' }>;

const CONFIDENCE = 0.95;

/**
 * What the model was served is what could have been known at the time: the newest audit is not too old, rests on enough
 * vectors, and no larger share of them differs than allowed. The limit is on the share seen, of which 0 is the usual one;
 * the interval is for a reader.
 */
export function judgeSkew(gate: SkewGate, { model, skew }: Pick<GateEvidence, 'model' | 'skew'>): Verdict {
  const nothing: Evidence = {
    metric: 'share of served vectors that differ',
    observed: null,
    limit: gate.maxMismatchShare,
    rule: 'at-most',
    n: 0,
  };
  if (skew.kind === 'nothing-served') {
    return {
      outcome: 'pass',
      evidence: [{ ...nothing, observed: 0, note: 'nothing is served yet that could differ' }],
    };
  }
  const needs = `an audit within ${durationText(gate.withinMs)}: run "headgate skew-audit ${model}" and train again`;
  if (skew.kind === 'no-audit') {
    return {
      outcome: 'inconclusive',
      evidence: [{ ...nothing, needs }],
      because: `there is no skew audit; it needs ${needs}`,
    };
  }
  const { vectors, mismatchedVectors, ageMs, releaseId, auditId } = skew;
  const share = vectors === 0 ? null : mismatchedVectors / vectors;
  const note = `audit ${auditId.slice(0, 12)} of release ${releaseId.slice(0, 12)}, ${durationText(ageMs)} before`;
  const evidence: Evidence = {
    ...nothing,
    observed: share,
    n: vectors,
    note,
    interval: { ...proportionInterval(mismatchedVectors, vectors, CONFIDENCE), confidence: CONFIDENCE },
  };
  if (ageMs > gate.withinMs) {
    const because = `the newest skew audit is ${durationText(ageMs)} old; it needs ${needs}`;
    return { outcome: 'inconclusive', evidence: [{ ...evidence, needs }], because };
  }
  if (share !== null && share > gate.maxMismatchShare && vectors >= gate.minVectors) {
    const because = `${mismatchedVectors} of ${vectors} served vectors differ from what could have been known (${note}); at most a share of ${gate.maxMismatchShare} may`;
    return { outcome: 'fail', evidence: [evidence], because };
  }
  if (vectors < gate.minVectors) {
    const more = `${gate.minVectors - vectors} more audited vectors: answer more predictions, then run "headgate skew-audit ${model}" and train again`;
    const because = `the newest skew audit rests on ${vectors} vectors of ${gate.minVectors}; it needs ${more}`;
    return { outcome: 'inconclusive', evidence: [{ ...evidence, needs: more }], because };
  }
  return { outcome: 'pass', evidence: [evidence] };
}

function durationText(ms: number): string {
  const [unit, unitMs] =
    ms >= 2 * DAY_MS ? ['days', DAY_MS] : ms >= 2 * HOUR_MS ? ['hours', HOUR_MS] : ['minutes', MINUTE_MS];
  return `${Math.round(ms / Number(unitMs))} ${unit}`;
}
