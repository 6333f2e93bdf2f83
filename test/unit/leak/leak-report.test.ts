import { describe, expect, it } from 'vitest';
import { changedColumn, changedInputs } from '../../../core/leak/changed-inputs.ts';
import { compareMetrics } from '../../../core/leak/compare-metrics.ts';
import { leakSentence } from '../../../core/leak/leak-sentence.ts';

const labels = Array.from({ length: 40 }, (_, row) => row % 2);
const guessed = labels.map((_, row) => (row % 5) / 5);
const sure = labels.map((label) => 0.1 + 0.8 * label);
const ref = (feature: string) => ({ view: 'v', feature });
const input = (name: string, changed: number) => ({ ref: `v:${name}`, rows: 400, changed, share: changed / 400 });

describe('changed inputs', () => {
  it('are counted on the rows of the training set alone', () => {
    const flags = [
      [true, false, true, true],
      [false, false, false, true],
    ];
    expect(changedInputs([ref('a'), ref('b')], flags, [0, 1, 2])).toEqual([
      { ref: 'v:a', rows: 3, changed: 2, share: 2 / 3 },
      { ref: 'v:b', rows: 3, changed: 0, share: 0 },
    ]);
    expect(changedColumn(ref('a'))).toBe('hg_changed_v__a');
  });
});

describe('metrics with and without the knowledge cut', () => {
  it('have a difference, and the standard error of it where the rows can be paired', () => {
    const without = { labels, scores: sure, threshold: null };
    const {
      auc,
      log_loss: logLoss,
      accuracy,
    } = compareMetrics('binary', { auc: 0.5, log_loss: 0.9 }, without, guessed);
    expect(auc).toMatchObject({ with: 0.5, without: 1, difference: 0.5, standardError: expect.any(Number) });
    expect(logLoss!.difference).toBeCloseTo(-Math.log(0.9) - 0.9, 12);
    expect(accuracy).toBeUndefined(); // neither has it without a threshold
    expect(compareMetrics('binary', { auc: 0.5 }, without, null).auc!.standardError).toBeNull();
  });

  it('leave out what one of them cannot be measured by', () => {
    const oneClass = { labels: [1, 1], scores: [0.5, 0.6], threshold: 0.5 };
    expect(Object.keys(compareMetrics('binary', { auc: 0.5, accuracy: 1 }, oneClass, null))).toEqual(['accuracy']);
  });
});

describe('the sentence', () => {
  const pair = (before: number, without: number, standardError: number | null) => ({
    with: before,
    without,
    difference: without - before,
    standardError,
  });

  it.each([
    [
      'a clean set',
      [input('a', 0)],
      { auc: pair(0.8, 0.8, 0) },
      'nothing leaks: every row sees the same values with and without the knowledge cut, so that dropping it would change nothing',
    ],
    [
      'a leak',
      [input('a', 0), input('b', 100)],
      { auc: pair(0.7, 0.9, 0.02) },
      'values that were not known yet would get into v:b in 25.0 % of the rows; auc would look better by 0.2 (± 0.0392), 0.9 instead of 0.7 on the same 80 test rows, and production would never show it',
    ],
    [
      'an error that would look smaller',
      [input('b', 100)],
      { rmse: pair(4, 1, null) },
      'values that were not known yet would get into v:b in 25.0 % of the rows; rmse would look better by 3, 1 instead of 4 on the same 80 test rows, and production would never show it',
    ],
    [
      'changes that chance explains, the most changed first',
      [input('a', 1), input('b', 100), input('c', 300), input('d', 200)],
      { auc: pair(0.7, 0.71, 0.02) },
      'values that were not known yet would get into v:c in 75.0 % of the rows, v:d in 50.0 % of the rows, v:b in 25.0 % of the rows, and 1 more input; auc would be 0.71 instead of 0.7 on the same 80 test rows, no better than chance allows (± 0.0392): the cut costs this model nothing',
    ],
    [
      'rows without a metric',
      [input('b', 1)],
      {},
      'values that were not known yet would get into v:b in 0.3 % of the rows; no metric can be computed on the 80 test rows',
    ],
  ])('says what comes of %s', (_, inputs, metrics, words) => {
    expect(leakSentence(inputs, metrics, 80)).toBe(words);
  });
});
