import { beforeEach, describe, expect, it } from 'vitest';
import { armOf } from '../../core/rollout/assign.ts';
import { ModelFailedError } from '../../core/serving/serving-errors.ts';
import { type ArmsLab, armsLab, cachedFor, OTHER_VERSION, overOtherVersion, ROLLOUT } from './arms-lab.ts';

let lab: ArmsLab;
beforeEach(async () => {
  lab = await armsLab();
});

describe('a challenger', () => {
  it('answers its units on its variant, and evidence says for which rollout and unit', async () => {
    lab.move({ challenger: lab.sharing() });
    await lab.bringOnline(40);
    const answer = await lab.predict();
    expect(answer.body).toMatchObject({ arm: 'challenger', releaseId: lab.ids.other });
    expect(lab.invoker.calls).toMatchObject([{ variant: 'challenger', rows: [[40, 1, 1, null]] }]);
    expect(await lab.evidence(answer)).toMatchObject({
      arm: 'challenger',
      releaseId: lab.ids.other,
      unit: '[7]',
      rollout: { rolloutId: ROLLOUT, share: 1 },
      latencyMs: 0,
    });
  });

  it('answers always the same units, and the champion all others', async () => {
    lab.move({ challenger: lab.sharing(0.3) });
    const customers = Array.from({ length: 60 }, (_, i) => i);
    const arms = async () => Promise.all(customers.map(async (one) => (await lab.predict(one)).body['arm']));
    const drawn = customers.map((one) => armOf(lab.route(), `[${one}]`));
    expect(new Set(drawn).size).toBe(2);
    expect(await arms()).toEqual(drawn);
    expect(await arms()).toEqual(drawn);
    lab.move({ challenger: lab.sharing(0.6) });
    expect((await arms()).filter((arm, i) => drawn[i] === 'challenger' && arm !== 'challenger')).toEqual([]);
  });

  it('is asked with features at its own versions, in the one read of the request', async () => {
    lab = await armsLab({ other: overOtherVersion });
    await lab.bringOnline(10);
    await lab.bringOnline(99, OTHER_VERSION);
    await lab.predict();
    lab.move({ challenger: lab.sharing() });
    await lab.predict();
    const reads = lab.online.readCount();
    expect((await lab.predict()).body['prediction']).toMatchObject({ score: 0.99 });
    expect(lab.online.readCount()).toBe(reads + 1);
  });

  it('never sees what a feature cache kept for the champion', async () => {
    const cached = cachedFor(30_000);
    lab = await armsLab({ champion: cached, other: (manifest) => overOtherVersion(cached(manifest)) });
    await lab.bringOnline(10);
    await lab.bringOnline(99, OTHER_VERSION);
    const score = async () => (await lab.predict()).body['prediction'];
    expect(await score()).toMatchObject({ score: 0.1 });
    lab.move({ challenger: lab.sharing() });
    expect(await score()).toMatchObject({ score: 0.99 });
    lab.move({ challenger: null });
    expect(await score()).toMatchObject({ score: 0.1 });
  });

  it('answers all rows of a request that brings its features, drawn by its first prediction', async () => {
    lab.move({ challenger: lab.sharing(0.5) });
    const row = { 'last_order:amount': 60, 'last_order:country': null, 'last_order:gift': false, 'spend:sum_7d': 1.5 };
    const seen = new Set<unknown>();
    for (let i = 0; i < 20; i++) {
      const { body } = await lab.ask({ instances: [row, row] });
      const [first = '', second = ''] = (body['predictions'] as { predictionId: string }[]).map(
        (one) => one.predictionId,
      );
      expect(body['arm']).toBe(armOf(lab.route(), first));
      expect(await lab.platform.ledger.evidence(second)).toMatchObject({ unit: first, arm: body['arm'] });
      seen.add(body['arm']);
    }
    expect(seen.size).toBe(2);
  });
});

describe('a champion', () => {
  it('is called champion on whichever variant it runs', async () => {
    lab.move({ champion: { releaseId: lab.ids.champion, variant: 'challenger' } });
    const answer = await lab.predict();
    expect(answer.body).toMatchObject({ arm: 'champion', releaseId: lab.ids.champion });
    expect(lab.invoker.calls).toMatchObject([{ variant: 'challenger' }]);
    expect(await lab.evidence(answer)).not.toHaveProperty('rollout');
  });

  it('leaves its holdback to the one before, while it is watched', async () => {
    lab.move(lab.watched(0.5));
    for (let customer = 0; customer < 20; customer++) {
      const { body } = await lab.predict(customer);
      const arm = armOf(lab.route(), `[${customer}]`);
      expect(body).toMatchObject({ arm, releaseId: arm === 'champion' ? lab.ids.other : lab.ids.champion });
    }
  });
});

describe('a route that moves', () => {
  it('while a request is being answered makes it planned anew for who is next', async () => {
    await lab.predict();
    const { read } = lab.online;
    lab.platform.online.read = async (...asked) => {
      lab.platform.online.read = read;
      lab.move({ challenger: lab.sharing() });
      return read(...asked);
    };
    expect((await lab.predict()).body).toMatchObject({ arm: 'challenger', releaseId: lab.ids.other });
  });

  it('back makes the champion answer the first request after the write', async () => {
    lab.move({ challenger: lab.sharing() });
    expect((await lab.predict()).body['arm']).toBe('challenger');
    lab.move({ challenger: null });
    expect((await lab.predict()).body).toMatchObject({ arm: 'champion', releaseId: lab.ids.champion });
    expect(lab.invoker.calls.map(({ variant }) => variant)).toEqual(['challenger', 'champion']);
  });

  it('back while the challenger fails a request leaves it to the champion', async () => {
    lab.move({ challenger: lab.sharing() });
    lab.invoker.on('challenger', async () => {
      lab.move({ challenger: null });
      throw new ModelFailedError('e', 'broken');
    });
    const answer = await lab.predict();
    expect(answer.body).toMatchObject({ arm: 'champion', releaseId: lab.ids.champion });
    expect(await lab.evidence(answer)).toMatchObject({ challengerFailure: { releaseId: lab.ids.other } });
  });

  it('to the promoted challenger costs neither its units nor the others a request', async () => {
    lab.move({ challenger: lab.sharing(0.5) });
    await Promise.all(Array.from({ length: 10 }, (_, i) => lab.predict(i)));
    lab.move({ champion: { releaseId: lab.ids.other, variant: 'challenger' }, challenger: null });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => lab.predict(i)));
    expect(answers.map(({ body }) => [body['arm'], body['releaseId']])).toEqual(
      answers.map(() => ['champion', lab.ids.other]),
    );
  });
});
