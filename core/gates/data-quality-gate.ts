import type { GateDefinition } from '../definitions/model.ts';
import type { GateEvidence } from './gate-evidence.ts';
import type { Evidence, Verdict } from './verdict.ts';

type DataQualityGate = Extract<GateDefinition, { kind: 'data_quality' }>;

/** Enough training rows, and no input of which too much is missing. */
export function judgeDataQuality(gate: DataQualityGate, { trainRows, missingShares }: GateEvidence): Verdict {
  const evidence: Evidence[] = [
    { metric: 'training rows', observed: trainRows, limit: gate.minTrainRows, rule: 'at-least', n: trainRows },
    ...Object.entries(missingShares).map(
      ([input, share]): Evidence => ({
        metric: `missing share of ${input}`,
        observed: share,
        limit: gate.maxMissingShare,
        rule: 'at-most',
        n: trainRows,
      }),
    ),
  ];
  if (trainRows === 0) return { outcome: 'inconclusive', evidence, because: 'there are no training rows' };
  const broken = evidence.filter(
    ({ observed, limit, rule }) => observed === null || (rule === 'at-least' ? observed < limit : observed > limit),
  );
  if (broken.length === 0) return { outcome: 'pass', evidence };
  const list = broken.map(
    ({ metric, observed, limit, rule }) =>
      `${metric} is ${observed}, has to be ${rule === 'at-least' ? 'at least' : 'at most'} ${limit}`,
  );
  return { outcome: 'fail', evidence, because: list.join('; ') };
}
