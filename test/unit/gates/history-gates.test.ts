import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../core/clock.ts';
import { judgeDataQuality } from '../../../core/gates/data-quality-gate.ts';
import { judgeSkew } from '../../../core/gates/skew-gate.ts';

describe('a data quality gate that compares with the last release (fault 58)', () => {
  const gate = { kind: 'data_quality', minTrainRows: 10, maxMissingShare: 1, minShareOfLast: 0.5 } as const;
  const last = { releaseId: 'ab'.repeat(32), trainRows: 10_000 };
  it('fails a training set of one hundredth of the usual size', () => {
    expect(judgeDataQuality(gate, { trainRows: 100, missingShares: {}, last })).toMatchObject({
      outcome: 'fail',
      because: "training rows over the last release's is 0.01, has to be at least 0.5",
      evidence: [{}, { observed: 0.01, note: 'release abababababab had 10000' }],
    });
  });
  it('passes at its limit, and when there is no release to compare with', () => {
    expect(judgeDataQuality(gate, { trainRows: 5_000, missingShares: {}, last }).outcome).toBe('pass');
    expect(judgeDataQuality(gate, { trainRows: 100, missingShares: {}, last: null })).toMatchObject({
      outcome: 'pass',
      evidence: [{}, { note: 'no release before that passed its gates' }],
    });
  });
});

describe('a skew gate', () => {
  const gate = { kind: 'skew', maxMismatchShare: 0.01, minVectors: 50, withinMs: 7 * DAY_MS } as const;
  const audited = {
    kind: 'audited',
    auditId: 'a'.repeat(32),
    releaseId: 'b'.repeat(64),
    ageMs: DAY_MS,
    vectors: 200,
    mismatchedVectors: 2,
  } as const;
  const judge = (skew: Parameters<typeof judgeSkew>[1]['skew']) => judgeSkew(gate, { model: 'churn', skew });
  it('passes at its limit and fails beyond it', () => {
    expect(judge(audited)).toMatchObject({ outcome: 'pass', evidence: [{ observed: 0.01, n: 200 }] });
    expect(judge({ ...audited, mismatchedVectors: 3 })).toMatchObject({
      outcome: 'fail',
      because: expect.stringContaining('3 of 200 served vectors differ from what could have been known'),
    });
  });
  it('passes a first release, of which nothing is served', () => {
    expect(judge({ kind: 'nothing-served' })).toMatchObject({
      outcome: 'pass',
      evidence: [{ note: 'nothing is served yet that could differ' }],
    });
  });
  it('is inconclusive without an audit, with an old one and with a thin one, and says how to run one', () => {
    const how = expect.stringContaining('headgate skew-audit churn');
    expect(judge({ kind: 'no-audit' })).toMatchObject({ outcome: 'inconclusive', because: how });
    expect(judge({ ...audited, ageMs: 8 * DAY_MS })).toMatchObject({ outcome: 'inconclusive', because: how });
    expect(judge({ ...audited, vectors: 20, mismatchedVectors: 1 })).toMatchObject({
      outcome: 'inconclusive',
      because: expect.stringContaining('30 more audited vectors'),
    });
    expect(judge({ ...audited, vectors: 0, mismatchedVectors: 0 }).outcome).toBe('inconclusive');
  });
});
