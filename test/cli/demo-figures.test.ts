import { describe, expect, it } from 'vitest';
import { phaseTimes } from '../../cli/demo/figures/story-figures.ts';
import {
  aucOf,
  binShares,
  byReleaseAndStatus,
  failedOf,
  failuresOf,
  latencyQuantile,
  perSecond,
  sentBetween,
} from '../../cli/demo/figures/traffic-figures.ts';
import type { SentVisit } from '../../cli/demo/traffic/traffic-message.ts';

const sent = (part: Partial<SentVisit>): SentVisit => ({
  sentAtMs: 0,
  tookMs: 10,
  status: 200,
  releaseId: 'a',
  score: 0.5,
  error: null,
  basket: 10,
  bought: false,
  ...part,
});

describe('figures of the traffic', () => {
  it('counts requests by release and status, the most frequent first', () => {
    const visits = [
      sent({}),
      sent({ releaseId: 'b' }),
      sent({ releaseId: 'b' }),
      sent({ status: 500, releaseId: null }),
    ];
    expect(byReleaseAndStatus(visits)).toEqual([
      { releaseId: 'b', status: 200, requests: 2 },
      { releaseId: 'a', status: 200, requests: 1 },
      { releaseId: null, status: 500, requests: 1 },
    ]);
    expect(failedOf(visits)).toHaveLength(1);
    expect(failuresOf([...visits, ...visits])).toEqual(['500 ']);
  });

  it('takes the first instant and leaves the last out', () => {
    const visits = [1, 2, 3].map((sentAtMs) => sent({ sentAtMs }));
    expect(sentBetween(visits, 1, 3).map(({ sentAtMs }) => sentAtMs)).toEqual([1, 2]);
    expect(sentBetween(visits, 2)).toHaveLength(2);
  });

  it('has no AUC where nobody bought, or nobody did not', () => {
    expect(aucOf([sent({}), sent({})])).toBeNull();
    expect(aucOf([])).toBeNull();
  });

  it('leaves out of the AUC what was not answered', () => {
    const visits = [sent({ score: 0.9, bought: true }), sent({ score: 0.1 }), sent({ score: null, bought: true })];
    expect(aucOf(visits)).toBe(1);
  });

  it('gives the smallest time that so many did not exceed', () => {
    const visits = [40, 10, 30, 20].map((tookMs) => sent({ tookMs }));
    expect([0, 0.5, 0.75, 1].map((share) => latencyQuantile(visits, share))).toEqual([10, 20, 30, 40]);
    expect(latencyQuantile([], 0.5)).toBeNull();
  });

  it('counts each of the last seconds, the oldest first', () => {
    const visits = [900, 1_000, 1_999, 2_500, 3_000].map((sentAtMs) => sent({ sentAtMs }));
    expect(perSecond(visits, 3_000, 2)).toEqual([2, 1]);
    expect(perSecond([], 3_000, 2)).toEqual([0, 0]);
  });

  it('puts a value on an edge into the bin above it', () => {
    expect(binShares([1, 2, 3, 4], [2, 4])).toEqual([0.25, 0.5, 0.25]);
    expect(binShares([], [2])).toEqual([0, 0]);
  });
});

it('a phase lasts until the next one begins', () => {
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  const timeline = [
    { phase: 'shadow', step: 0, at: at(0), because: '' },
    { phase: 'canary', step: 0, at: at(4), because: '' },
    { phase: 'canary', step: 1, at: at(9), because: '' },
    { phase: 'done', step: 0, at: at(10), because: '' },
  ] as const;
  expect(phaseTimes({ timeline: [...timeline] })).toEqual([
    { what: 'shadow', tookMs: 4_000 },
    { what: 'canary step 1', tookMs: 5_000 },
    { what: 'canary step 2', tookMs: 1_000 },
  ]);
});
