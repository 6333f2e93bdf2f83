import { describe, expect, it } from 'vitest';
import { definitionProblems } from '../../../contracts/definitions/check-definitions.ts';
import { feature } from '../../../contracts/definitions/feature.ts';
import { metricGate, regressionGate, skewGate } from '../../../contracts/definitions/gate.ts';
import { model } from '../../../contracts/definitions/model.ts';
import { segment } from '../../../contracts/definitions/segment.ts';
import { fairnessGate, sliceGate } from '../../../contracts/definitions/segment-gates.ts';
import { customer, modelInput, orders, profile, spend } from './definition-samples.ts';

type Input = Parameters<typeof model>[0];
const aModel = (change: Partial<Input>) => model({ ...modelInput, ...change });
const problemsOf = (change: Partial<Input>) =>
  definitionProblems({
    entities: [customer],
    sources: [orders],
    featureViews: [spend, profile],
    onDemandFeatureViews: [],
    featureServices: [],
    models: [aModel(change)],
  }).map(({ path, problem }) => `${path}: ${problem}`);

describe('segments', () => {
  it('are features by name or by view, numbers with their cuts', () => {
    const segments = ['profile:country', segment(feature(spend, 'spend_7d'), { cuts: [10, 100] })];
    expect(aModel({ segments }).segments).toEqual([
      { view: 'profile', feature: 'country', cuts: null },
      { view: 'spend', feature: 'spend_7d', cuts: [10, 100] },
    ]);
    expect(problemsOf({ segments })).toEqual([]);
  });

  it.each<[string, Partial<Input>, string]>([
    ['a number without cuts', { segments: ['spend:spend_7d'] }, 'is a number; write segment("spend:spend_7d", { cuts'],
    ['a text with cuts', { segments: [segment('profile:country', { cuts: [1] })] }, 'leave the cuts out'],
    [
      'a view there is not',
      { segments: ['people:sex'] },
      'there is no feature view named "people"; known: spend, profile',
    ],
    ['a feature there is not', { segments: ['profile:sex'] }, 'there is no feature of view "profile" named "sex"'],
  ])('refuses %s where the definitions meet', (_what, change, says) => {
    expect(problemsOf(change).join('\n')).toContain(says);
  });

  it.each<[string, () => unknown, string]>([
    [
      'cuts in disorder',
      () => aModel({ segments: [segment('spend:spend_7d', { cuts: [5, 5] })] }),
      'are 5, 5; write them ascending',
    ],
    ['one that is there twice', () => aModel({ segments: ['a:b', 'a:b'] }), '"a:b" is there more than once'],
    ['what is no feature', () => aModel({ segments: ['sex'] }), '"sex" is no segment; write "view:feature"'],
    ['no cuts', () => segment('a:b', { cuts: [] }), '[] is empty; write where slices begin'],
  ])('refuses %s at once', (_what, make, says) => {
    expect(make).toThrow(says);
  });
});

describe('gates of segments', () => {
  const segments = ['profile:country'];
  const parity = {
    attribute: 'profile:country',
    criterion: 'demographic_parity',
    measure: 'difference',
    limit: 0.1,
  } as const;
  it('have careful defaults', () => {
    expect(sliceGate({ metric: 'auc', atLeast: 0.7 })).toEqual({
      kind: 'slice',
      metric: 'auc',
      by: [],
      pairs: false,
      atLeast: 0.7,
      atMost: null,
      maxGap: null,
      minRows: 100,
      onSmall: 'inconclusive',
      confidence: 0.95,
    });
    expect(fairnessGate({ ...parity, attribute: feature(profile, 'country') })).toEqual({
      kind: 'fairness',
      ...parity,
      minGroupSize: 100,
      onSmall: 'inconclusive',
      confidence: 0.95,
    });
    expect(problemsOf({ segments, gates: [sliceGate({ metric: 'auc', maxGap: 0.1 }), fairnessGate(parity)] })).toEqual(
      [],
    );
  });

  it.each<[string, () => unknown, string]>([
    [
      'a slice gate that limits nothing',
      () => sliceGate({ metric: 'auc' }),
      'limits nothing; write atLeast, atMost or maxGap',
    ],
    [
      'a gap of the calibration error',
      () => sliceGate({ metric: 'calibration_error', maxGap: 0.1 }),
      'maxGap: does not fit',
    ],
    [
      'a gate without segments',
      () => aModel({ gates: [sliceGate({ metric: 'auc', atLeast: 0.7 })] }),
      'and it has none; add segments',
    ],
    [
      'an attribute that is no segment',
      () => aModel({ gates: [fairnessGate(parity)] }),
      '"profile:country" is no segment of the model',
    ],
    [
      'pairs of one segment',
      () => aModel({ segments, gates: [sliceGate({ metric: 'auc', atLeast: 0.7, pairs: true })] }),
      'takes two segments, and there is one',
    ],
    ['a rate without k', () => metricGate({ metric: 'recall_at_k', atLeast: 0.5 }), 'k: is missing; write a share'],
    ['a k that is neither', () => metricGate({ metric: 'recall_at_k', k: 1.5, atLeast: 0.5 }), 'k: 1.5 does not fit'],
    ['a k for another metric', () => regressionGate({ metric: 'auc', k: 10 }), 'k: 10 does not fit auc; leave it out'],
    [
      'a quantile of 1',
      () => metricGate({ metric: 'pinball', alpha: 1, atMost: 5 }),
      'alpha: 1 does not fit; write the quantile',
    ],
    ['an audit of any age', () => skewGate({ maxMismatchShare: 0, within: '1s' }), 'within: "1s" is out of range'],
  ])('refuse %s', (_what, make, says) => {
    expect(make).toThrow(says);
  });
});
