import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import { Crash, crashing } from './crashing.ts';
import { RetrainingLab } from './retraining-lab.ts';

const started = (lab: RetrainingLab) => lab.platform.workflow.started.filter(({ flow }) => flow === 'train');

/** Drift is found, trained on, and gone, whoever calls; what is not killed is called again until it answers. */
async function story(lab: RetrainingLab): Promise<void> {
  const untilItAnswers = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      lab.restart();
      await work();
    }
  };
  const advance = () => untilItAnswers(() => lab.advance());
  await lab.scan({ drift: 'drifting', diagnosis: 'input-drift' });
  await advance();
  await advance();
  await lab.endTraining('passed');
  await advance();
  await lab.endRollout('promoted');
  await advance();
  lab.tick(HOUR_MS);
  await lab.scan({ drift: 'stable', diagnosis: 'well' });
  await advance();
}

describe('fault 11: the process ends at any call', () => {
  it('and what was written down is started once, carried on and concluded as if nothing had happened', async () => {
    const calm = await RetrainingLab.open();
    await story(calm);
    const wanted = await calm.state();
    const actions = await calm.actions();
    expect(wanted.retrainings).toMatchObject([{ status: 'promoted', helped: true }]);
    let isReached = true;
    for (let at = 1; isReached; at++) {
      for (const moment of ['before', 'after'] as const) {
        const killer = crashing(at, moment);
        const lab = await RetrainingLab.open({}, killer);
        await story(lab);
        expect({ at, moment, state: await lab.state() }).toEqual({ at, moment, state: wanted });
        expect(await lab.actions()).toEqual(actions);
        expect(started(lab)).toHaveLength(1);
        isReached = killer.calls() >= at;
      }
      expect(at).toBeLessThan(500);
    }
  });

  it('and a person who asks again under the same key gets the same training', async () => {
    let isReached = true;
    for (let at = 1; isReached; at++) {
      const killer = crashing(at, 'after');
      const lab = await RetrainingLab.open({}, killer);
      const asked = () =>
        lab.ask('monday').catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
          lab.restart();
          return lab.ask('monday');
        });
      const first = await asked();
      expect(await asked()).toBe(first);
      expect(started(lab).map(({ name }) => `train:${name}`)).toEqual([first]);
      expect((await lab.state()).retrainings).toHaveLength(1);
      isReached = killer.calls() >= at;
    }
  });
});

describe('fault 12: a training job that vanishes or is stopped', () => {
  it.each(['failed', 'stopped'] as const)(
    'has failed when it was %s, and nobody waits for it for ever',
    async (end) => {
      const lab = await RetrainingLab.open();
      await lab.scan({ drift: 'drifting' });
      await lab.advance();
      await lab.endTraining(end);
      await lab.advance();
      expect(await lab.newest()).toMatchObject({ status: 'failed', helped: false, endedAt: expect.any(String) });
      lab.tick(6 * HOUR_MS);
      await lab.scan({ drift: 'drifting' });
      expect(await lab.advance()).toMatchObject({ action: 'train' });
    },
  );
});

describe('fault 80: drift that a retraining does not end', () => {
  it('is trained on after the cooldown, as often as is allowed in a row, and then a person is called once', async () => {
    const lab = await RetrainingLab.open();
    for (let hour = 0; hour < 10 * 24; hour++) {
      await lab.scan({ drift: 'drifting', diagnosis: 'input-drift' });
      await lab.advance();
      const [newest] = (await lab.state()).retrainings;
      if (newest?.status === 'training') {
        await lab.endTraining('passed');
        await lab.advance();
        await lab.endRollout('promoted');
        await lab.advance();
      }
      lab.tick(HOUR_MS);
    }
    const state = await lab.state();
    expect(state.retrainings.map(({ status, helped }) => [status, helped])).toEqual([
      ['promoted', false],
      ['promoted', false],
    ]);
    expect(state.escalation).toMatchObject({
      because: expect.stringContaining('2 retrainings in a row did not help'),
      runbook: 'docs/runbook.md#retraining-escalated',
    });
    expect((await lab.actions()).filter((action) => action === 'retraining.escalated')).toHaveLength(1);
    expect(lab.platform.metrics.records.filter(({ values }) => 'RetrainingEscalated' in values)).toHaveLength(1);
    const [second, first] = state.retrainings;
    expect(Date.parse(second!.startedAt) - Date.parse(first!.endedAt!)).toBeGreaterThanOrEqual(6 * HOUR_MS);

    await lab.ask(); // a person takes it in hand
    expect(await lab.state()).toMatchObject({ escalation: null, countedFrom: expect.any(String) });
  });
});

describe('fault 81: drift that is an outage upstream', () => {
  it('is not learnt, however long it lasts, and says which source it is; when it is over and drift is left, that is', async () => {
    const lab = await RetrainingLab.open({ on: { drift: true, degradation: true, everyMs: DAY_MS, newRows: null } });
    for (let hour = 0; hour < 3 * 24; hour++) {
      await lab.scan({ drift: 'drifting', performance: 'degraded', health: 'unhealthy', diagnosis: 'outage' });
      await lab.advance();
      lab.tick(HOUR_MS);
    }
    expect(await lab.state()).toMatchObject({
      retrainings: [],
      waiting: { kind: 'outage', until: null, because: expect.stringContaining('source orders: 0 of 1,200 rows') },
    });
    // waiting for the outage was told when it began, and when the calendar joined in: not with each scan
    expect((await lab.actions()).length).toBeLessThanOrEqual(2);
    await lab.scan({ drift: 'drifting', diagnosis: 'input-drift' });
    expect(await lab.advance()).toMatchObject({ action: 'train' });
  });
});

describe('a storm of triggers', () => {
  it('of a thousand calls at once is one retraining, whose causes are each there once', async () => {
    const lab = await RetrainingLab.open({ on: { drift: true, degradation: true, everyMs: HOUR_MS, newRows: null } });
    lab.tick(DAY_MS);
    await lab.scan({ drift: 'drifting', performance: 'degraded' });
    for (let wave = 0; wave < 20; wave++) {
      await Promise.allSettled(Array.from({ length: 50 }, () => lab.advance()));
    }
    expect(started(lab)).toHaveLength(1);
    const state = await lab.state();
    expect(state.retrainings).toHaveLength(1);
    expect(state.retrainings[0]!.causes.map(({ kind }) => kind)).toEqual(['drift', 'degradation', 'schedule']);
    expect(await lab.actions()).toEqual(['retraining.started']);
  });

  it('of people who ask while one trains is that one training, and each of them is among its causes', async () => {
    const lab = await RetrainingLab.open();
    const asked = [];
    for (let i = 0; i < 5; i++) asked.push(await lab.ask());
    expect(new Set(asked).size).toBe(1);
    expect((await lab.newest()).causes).toHaveLength(5);
    expect(started(lab)).toHaveLength(1);
    await expect(lab.ask(null, '2026-01-01T00:00:00Z')).rejects.toMatchObject({ name: 'ConflictError' });
  });

  it('of people is not held up by limits, and counts for them', async () => {
    const lab = await RetrainingLab.open();
    for (let i = 0; i < 4; i++) {
      await lab.ask();
      await lab.endTraining('not-passed');
    }
    await lab.advance();
    lab.tick(7 * HOUR_MS);
    await lab.scan({ drift: 'drifting' });
    expect(await lab.advance()).toMatchObject({ action: 'escalate' });
    expect((await lab.state()).retrainings).toHaveLength(4);
  });
});

describe('a retraining that cannot help yet', () => {
  it('waits until enough outcomes have matured since the relation changed, and says so', async () => {
    const lab = await RetrainingLab.open();
    await lab.scan({ performance: 'degraded', diagnosis: 'relation-changed', outcomes: 120 });
    await lab.advance();
    expect((await lab.state()).waiting).toMatchObject({
      kind: 'outcomes',
      because: expect.stringContaining('120 of 500'),
    });
    lab.tick(DAY_MS);
    await lab.scan({ performance: 'degraded', diagnosis: 'relation-changed', outcomes: 640 });
    expect(await lab.advance()).toMatchObject({ action: 'train', because: expect.stringContaining('640 matured') });
  });

  it('waits while a person holds the model; one who asks is not kept from it', async () => {
    const lab = await RetrainingLab.open();
    const hold = { model: 'churn', actor: 'ada', because: 'incident', at: '2026-03-01T12:00:00.000Z' };
    await lab.platform.registry.setHold('churn', hold, { action: 'model.held', actor: 'ada', at: hold.at, detail: {} });
    await lab.scan({ drift: 'drifting' });
    expect(await lab.advance()).toMatchObject({ action: 'wait' });
    expect(await lab.ask()).toMatch(/^train:/);
  });
});
