import { describe, expect, it } from 'vitest';
import type { GateDefinition } from '../../../core/definitions/model.ts';
import type { GateEvidence } from '../../../core/gates/gate-evidence.ts';
import { haveAllPassed, judgeGates, reasonsAgainst } from '../../../core/gates/judge-gates.ts';

const labels = Array.from({ length: 400 }, (_, row) => row % 2);
const good = labels.map((label, row) => (label === 1 ? 0.6 : 0.4) + ((row * 37) % 100) / 1000);
const evidence: GateEvidence = {
  model: 'buyer',
  segments: [],
  last: null,
  skew: { kind: 'nothing-served' },
  attribution: { kind: 'unmeasured', because: 'no test of it' },
  cost: {
    region: 'us-east-1',
    serving: {
      instanceType: 'ml.m5.large',
      maxInstances: 1,
      minInstances: 1,
      targetInvocationsPerInstance: 1,
      featureCacheMs: null,
    },
    storedViews: 1,
  },
  test: { labels, scores: good, threshold: 0.5 },
  champion: { kind: 'none' },
  trainRows: 1000,
  missingShares: { 'v:a': 0.1, 'v:b': 0.3 },
};
const outcomeOf = (gate: GateDefinition, over: Partial<GateEvidence> = {}) =>
  judgeGates([gate], { ...evidence, ...over })[0]!.verdict;

describe('metric gate', () => {
  const auc: GateDefinition = { kind: 'metric', metric: 'auc', atLeast: 0.9, atMost: null, minRows: 100 };
  it('passes at the limit and fails below it', () => {
    expect(outcomeOf({ ...auc, atLeast: 1 }).outcome).toBe('pass');
    expect(outcomeOf(auc, { test: { labels, scores: labels.map(() => 0.5), threshold: 0.5 } })).toMatchObject({
      outcome: 'fail',
      because: 'auc is 0.5; it has to be at least 0.9',
    });
  });
  it('reads an upper limit the other way round', () => {
    const logLoss: GateDefinition = { kind: 'metric', metric: 'log_loss', atLeast: null, atMost: 0.1, minRows: 1 };
    expect(outcomeOf(logLoss).outcome).toBe('fail');
    expect(outcomeOf({ ...logLoss, atMost: 0.7 }).outcome).toBe('pass');
  });
  it('is inconclusive, not passed, on too few rows, and says how many more it needs', () => {
    expect(outcomeOf({ ...auc, minRows: 500 })).toMatchObject({
      outcome: 'inconclusive',
      because: expect.stringContaining('100 more'),
    });
  });
  it('is inconclusive when the metric cannot be computed', () => {
    const oneClass = { labels: labels.map(() => 1), scores: good, threshold: 0.5 };
    expect(outcomeOf(auc, { test: oneClass }).outcome).toBe('inconclusive');
  });
});

describe('regression gate', () => {
  const gate: GateDefinition = { kind: 'regression', metric: 'auc', margin: 0.01, confidence: 0.95 };
  const noisy = good.map((score, row) => score + (((row * 7919) % 101) / 101 - 0.5) * 0.4);
  const scored = (scores: number[]) => ({ champion: { kind: 'scored' as const, releaseId: 'r', scores } });
  it('passes when there is no champion, and says so', () => {
    expect(outcomeOf(gate)).toMatchObject({ outcome: 'pass', evidence: [{ note: 'no champion to compare with' }] });
  });
  it('passes a candidate as good as the champion', () => {
    expect(outcomeOf(gate, scored(good)).outcome).toBe('pass');
  });
  it('fails a candidate that is surely worse', () => {
    expect(outcomeOf(gate, { ...scored(good), test: { labels, scores: noisy, threshold: 0.5 } }).outcome).toBe('fail');
  });
  it('is inconclusive when the interval reaches past the margin, and says what it would need', () => {
    const few = { labels: labels.slice(0, 40), scores: noisy.slice(0, 40), threshold: 0.5 };
    const verdict = outcomeOf({ ...gate, margin: 0.2 }, { test: few, ...scored(good.slice(0, 40)) });
    expect(verdict).toMatchObject({
      outcome: 'inconclusive',
      because: expect.stringMatching(/about \d+ test rows would settle it/),
    });
  });
  it('is inconclusive when the champion could not be asked', () => {
    expect(
      outcomeOf(gate, { champion: { kind: 'incomparable', releaseId: 'r', because: 'another view version' } }),
    ).toMatchObject({ outcome: 'inconclusive', because: 'another view version' });
  });
});

describe('data quality gate', () => {
  const gate: GateDefinition = { kind: 'data_quality', minTrainRows: 500, maxMissingShare: 0.2, minShareOfLast: null };
  it('names every limit that is broken', () => {
    expect(outcomeOf(gate, { trainRows: 400 })).toMatchObject({
      outcome: 'fail',
      because: 'training rows is 400, has to be at least 500; missing share of v:b is 0.3, has to be at most 0.2',
    });
  });
  it('passes at its limits', () => {
    expect(outcomeOf({ ...gate, maxMissingShare: 0.3 }, { trainRows: 500 }).outcome).toBe('pass');
  });
});

describe('all gates together', () => {
  it('let nothing through without a gate', () => {
    expect(haveAllPassed([])).toBe(false);
  });
  it('pass only when each one passes, and list the reasons otherwise', () => {
    const verdicts = judgeGates(
      [
        { kind: 'data_quality', minTrainRows: 1, maxMissingShare: 1, minShareOfLast: null },
        { kind: 'metric', metric: 'auc', atLeast: 0.9, atMost: null, minRows: 500 },
      ],
      evidence,
    );
    expect(haveAllPassed(verdicts)).toBe(false);
    expect(reasonsAgainst(verdicts)).toMatch(/^metric\(auc\): inconclusive, /);
  });
});
