import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../core/clock.ts';
import { type CauseFacts, causesOf } from '../../../core/retraining/causes.ts';
import { NOW_MS, POLICY, retraining, scan, stateWith } from './retraining-parts.ts';

const policy = { ...POLICY, on: { drift: true, degradation: true, everyMs: 30 * DAY_MS, newRows: 1_000 } };
const kinds = (change: Partial<CauseFacts> = {}, state = stateWith([]), of = policy) => {
  const facts = { nowMs: NOW_MS, actor: 'scan', scan: null, championId: 'r1', lastTrainingMs: NOW_MS, newRows: 0 };
  return causesOf(of, state, { ...facts, ...change }).map(({ kind }) => kind);
};
const degraded = { outcome: 'degraded', because: 'loss', loss: { since: null, outcomes: 900 } };

describe('what speaks for training again', () => {
  it('is drift that persists, and performance that fell, as far as the model says so', () => {
    expect(kinds({ scan: scan() })).toEqual(['drift']);
    expect(kinds({ scan: scan({ performance: degraded }) })).toEqual(['drift', 'degradation']);
    const deaf = { ...policy, on: { ...policy.on, drift: false, degradation: false } };
    expect(kinds({ scan: scan({ performance: degraded }) }, stateWith([]), deaf)).toEqual([]);
    const once = scan({ drift: { outcome: 'drifting', because: 'first', isPersistent: false } });
    expect(kinds({ scan: once })).toEqual([]);
  });

  it('is not a scan of another release, nor one of before the last retraining ended', () => {
    expect(kinds({ scan: scan({ releaseId: 'r0' }) })).toEqual([]);
    expect(kinds({ scan: scan() }, stateWith([retraining(0)]))).toEqual([]);
    expect(kinds({ scan: scan() }, stateWith([retraining(1)]))).toEqual(['drift']);
  });

  it('is time, and rows that came, each from its limit on', () => {
    expect(kinds({ lastTrainingMs: NOW_MS - 30 * DAY_MS + 1, newRows: 999 })).toEqual([]);
    expect(kinds({ lastTrainingMs: NOW_MS - 30 * DAY_MS, newRows: 1_000 })).toEqual(['schedule', 'new-data']);
    expect(kinds({ lastTrainingMs: null, newRows: null })).toEqual([]);
  });

  it('is nothing for a model that nobody has brought into service', () => {
    expect(kinds({ championId: null, newRows: 5_000, lastTrainingMs: 0 })).toEqual([]);
  });
});
