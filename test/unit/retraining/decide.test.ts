import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../core/clock.ts';
import { decideRetraining } from '../../../core/retraining/decide.ts';
import { cause, days, facts, NOW_MS, POLICY, retraining, stateWith, training } from './retraining-parts.ts';

const decide = (state = stateWith([]), change = {}, policy = {}) =>
  decideRetraining({ ...POLICY, ...policy }, state, facts(change));

describe('a model is trained again', () => {
  it('when something speaks for it and nothing is in the way', () => {
    expect(decide()).toEqual({ action: 'train', causes: [cause()], because: 'drift: seen' });
  });

  it('not when nothing speaks for it', () => {
    expect(decide(stateWith([]), { causes: [] })).toMatchObject({ action: 'nothing' });
  });

  it('once for all causes together', () => {
    const causes = [cause(), cause({ kind: 'degradation' }), cause({ kind: 'schedule', scanId: null })];
    expect(decide(stateWith([]), { causes })).toMatchObject({ action: 'train', causes });
  });

  it('not while one runs, which then stands for the new cause too; a cause that it stands for already adds nothing', () => {
    const running = training();
    const causes = [cause({ scanId: 's2' }), cause({ kind: 'degradation' })];
    expect(decide(stateWith([running]), { causes })).toMatchObject({
      action: 'merge',
      retrainingId: running.retrainingId,
      causes: [cause(), cause({ kind: 'degradation' })],
    });
    const rollingOut = training({ status: 'rolling-out' });
    expect(decide(stateWith([rollingOut]))).toMatchObject({ action: 'merge', causes: [cause()] });
  });
});

describe('what is in the way now comes before what is a matter of time', () => {
  it('an outage is never learnt, whatever asks for it, and is named', () => {
    const health = { outcome: 'unhealthy', because: 'source transactions: 0 of 1,200 rows' };
    for (const kind of ['drift', 'degradation', 'schedule', 'new-data'] as const) {
      expect(decide(stateWith([]), { health, causes: [cause({ kind })] })).toMatchObject({
        action: 'wait',
        kind: 'outage',
        untilMs: null,
        because: expect.stringContaining('source transactions: 0 of 1,200 rows'),
      });
    }
    expect(decide(stateWith([]), { diagnosis: { kind: 'outage', because: 'nulls' } })).toMatchObject({
      kind: 'outage',
    });
    expect(decide(stateWith([]), { health: { outcome: 'not-computable', because: 'new' } }).action).toBe('train');
  });

  it('a hold of a person, and a rollout that has not ended', () => {
    const hold = { actor: 'ada', because: 'incident 7' };
    expect(decide(stateWith([]), { hold })).toMatchObject({
      kind: 'hold',
      because: 'drift: seen; not trained again: ada holds the model: incident 7',
    });
    expect(decide(stateWith([]), { rolloutId: 'o9' })).toMatchObject({ kind: 'rollout', untilMs: null });
  });

  it('a changed relation until enough outcomes have matured since, and then training says that before it could not help', () => {
    const diagnosis = { kind: 'relation-changed', because: 'loss rose without drift' };
    expect(decide(stateWith([]), { diagnosis, outcomesSinceChange: 499 })).toMatchObject({
      action: 'wait',
      kind: 'outcomes',
      because: expect.stringContaining('499 of 500 matured outcomes'),
    });
    expect(decide(stateWith([]), { diagnosis, outcomesSinceChange: null })).toMatchObject({ kind: 'outcomes' });
    expect(decide(stateWith([]), { diagnosis, outcomesSinceChange: 500 })).toMatchObject({
      action: 'train',
      because: expect.stringContaining('before there were 500 matured outcomes since could not have helped'),
    });
  });
});

describe('the declared limits', () => {
  it('cooldown counts from the end of the last one, to the millisecond', () => {
    const last = (ms: number) => decide(stateWith([retraining(ms)]));
    expect(last(6 * HOUR_MS - 1)).toMatchObject({ action: 'wait', kind: 'cooldown', untilMs: NOW_MS + 1 });
    expect(last(6 * HOUR_MS)).toMatchObject({ action: 'train' });
  });

  it('a week has so many at most, whoever asked for them, those that are no longer shown among them', () => {
    const three = [1, 3, 5].map((n) => retraining(days(n)));
    const first = Date.parse(three[2]!.startedAt);
    const full = decide(stateWith(three));
    expect(full).toMatchObject({ action: 'wait', kind: 'week', untilMs: first + days(7) });
    expect(full.because).toContain('3 trainings began in the last 7 days, and 3 are allowed');
    const older = three.slice(1).map(({ startedAt, costUsd }) => ({ startedAt, costUsd }));
    expect(decide(stateWith(three.slice(0, 1), { older }))).toMatchObject({ kind: 'week' });
    expect(decide(stateWith(three.slice(0, 2)))).toMatchObject({ action: 'train' });
    expect(decide(stateWith([retraining(days(1)), retraining(days(2)), retraining(days(7))]))).toMatchObject({
      action: 'train',
    });
  });

  it('a budget is for 30 days; what the next one costs has to fit, and without a price nothing is known to fit', () => {
    const spent = stateWith([retraining(days(10), { costUsd: 4 }), retraining(days(20), { costUsd: 5 })]);
    expect(decide(spent, { nextCostUsd: 1 }, { budgetUsd: 10 })).toMatchObject({ action: 'train' });
    expect(decide(spent, { nextCostUsd: 2 }, { budgetUsd: 10 })).toMatchObject({
      action: 'wait',
      kind: 'budget',
      untilMs: Date.parse(spent.retrainings[1]!.startedAt) + days(30),
      because: expect.stringContaining('$9.00 were spent in 30 days'),
    });
    expect(decide(spent, { nextCostUsd: 11 }, { budgetUsd: 10 })).toMatchObject({ kind: 'budget', untilMs: null });
    expect(decide(stateWith([]), { nextCostUsd: null }, { budgetUsd: 10 })).toMatchObject({ kind: 'budget' });
    expect(decide(stateWith([]), { nextCostUsd: null })).toMatchObject({ action: 'train' });
  });

  it('of several the last is told', () => {
    const three = [0.1, 3, 5].map((n) => retraining(days(n)));
    expect(decide(stateWith(three))).toMatchObject({ kind: 'week' });
  });
});

describe('what did not help', () => {
  const unhelpful = (n: number) => retraining(days(n), { helped: false, helpedBecause: 'it drifts on' });

  it('is repeated so often and no more: then a person has to look', () => {
    expect(decide(stateWith([unhelpful(8)]))).toMatchObject({ action: 'train' });
    const decided = decide(stateWith([unhelpful(8), unhelpful(16)]));
    expect(decided).toMatchObject({ action: 'escalate', causes: [cause()] });
    expect(decided.because).toContain('2 retrainings in a row did not help, and 2 are allowed');
    expect(decided.because).toContain('it drifts on');
  });

  it('counts in a row: one that helped ends the row, one of which nothing is known does not', () => {
    expect(decide(stateWith([unhelpful(8), retraining(days(12)), unhelpful(16)]))).toMatchObject({ action: 'train' });
    const unknown = retraining(days(12), { helped: null });
    expect(decide(stateWith([unhelpful(8), unknown, unhelpful(16)]))).toMatchObject({ action: 'escalate' });
  });

  it('stays with the person until they have said a word, and counts no more after it', () => {
    const row = [unhelpful(8), unhelpful(16)];
    const escalation = { at: 'x', because: 'two did not help', runbook: 'r', causes: [cause()] };
    expect(decide(stateWith(row, { escalation }), { causes: [cause({ kind: 'schedule' })] })).toMatchObject({
      action: 'escalate',
      because: 'two did not help',
      causes: [cause(), cause({ kind: 'schedule' })],
    });
    const countedFrom = new Date(NOW_MS - days(1)).toISOString();
    expect(decide(stateWith(row, { countedFrom }))).toMatchObject({ action: 'train' });
  });

  it('comes before what waits: nobody waits for a cooldown to be told', () => {
    expect(decide(stateWith([unhelpful(0.1), unhelpful(8)]))).toMatchObject({ action: 'escalate' });
  });
});
