import type { GateDefinition } from '../definitions/model.ts';
import type { GateEvidence } from './gate-evidence.ts';
import type { Evidence, Verdict } from './verdict.ts';

type DataQualityGate = Extract<GateDefinition, { kind: 'data_quality' }>;

/**
 * Enough training rows, also in comparison with the last release that passed (of which there may be none yet), and no
 * input of which too much is missing.
 */
export function judgeDataQuality(
  gate: DataQualityGate,
  { trainRows, missingShares, last }: Pick<GateEvidence, 'trainRows' | 'missingShares' | 'last'>,
): Verdict {
  const evidence: Evidence[] = [
    { metric: 'training rows', observed: trainRows, limit: gate.minTrainRows, rule: 'at-least', n: trainRows },
    ...(gate.minShareOfLast === null ? [] : [comparedWithLast(gate.minShareOfLast, trainRows, last)]),
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

function comparedWithLast(limit: number, trainRows: number, last: GateEvidence['last']): Evidence {
  const metric = "training rows over the last release's";
  if (last === null) {
    return { metric, observed: 1, limit, rule: 'at-least', n: 0, note: 'no release before that passed its gates' };
  }
  const note = `release ${last.releaseId.slice(0, 12)} had ${last.trainRows}`;
  return { metric, observed: trainRows / last.trainRows, limit, rule: 'at-least', n: trainRows, note };
}
