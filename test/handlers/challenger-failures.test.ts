import { beforeEach, describe, expect, it } from 'vitest';
import type { PredictionRecord } from '../../core/serving/prediction-record.ts';
import { ModelFailedError } from '../../core/serving/serving-errors.ts';
import { type ArmsLab, armsLab, askingForPrice, askingForShop, ROLLOUT, refusing } from './arms-lab.ts';

let lab: ArmsLab;
beforeEach(async () => {
  lab = await armsLab();
});

/** The champion's answer where the challenger was to give one. */
async function answeredByChampion(body: unknown = { entities: { customer_id: 7 } }): Promise<PredictionRecord> {
  const answer = await lab.ask(body);
  expect(answer.body).toMatchObject({ arm: 'champion', releaseId: lab.ids.champion });
  const evidence = await lab.evidence(answer);
  expect(evidence).toMatchObject({ rollout: { rolloutId: ROLLOUT, share: 1 } });
  expect(lab.platform.ledger.failures).toEqual([]);
  return evidence;
}

describe('a challenger that can not answer leaves the request to the champion, and evidence says why', () => {
  it('when its container fails: both latencies are their own', async () => {
    lab.move({ challenger: lab.sharing() });
    lab.invoker.on('challenger', async () => {
      lab.platform.timing.advance(12.5);
      throw new ModelFailedError('e', 'broken');
    });
    lab.invoker.on('champion', async () => {
      lab.platform.timing.advance(3);
      return [0.25];
    });
    expect(await answeredByChampion()).toMatchObject({
      prediction: { score: 0.25 },
      latencyMs: 3,
      challengerFailure: { releaseId: lab.ids.other, error: 'ModelFailedError', latencyMs: 12.5 },
    });
    expect(lab.invoker.calls.map(({ variant }) => variant)).toEqual(['challenger', 'champion']);
  });

  it('when it takes too long: it is given up, and told so', async () => {
    lab.move({ challenger: lab.sharing() });
    lab.platform.timing.expireFrom(5_000);
    let signal: AbortSignal | undefined;
    lab.invoker.on('challenger', (...asked) => {
      signal = asked[4];
      return new Promise(() => {});
    });
    expect(await answeredByChampion()).toMatchObject({ challengerFailure: { error: 'TimeoutError' } });
    expect(lab.platform.timing.deadlinesMs).toEqual([5_000]);
    expect(signal?.aborted).toBe(true);
  });

  it('when its manifest can not be read, which is tried again only after some seconds', async () => {
    lab.move({ challenger: { ...lab.sharing(), releaseId: 'f'.repeat(64) } });
    expect(await answeredByChampion()).toMatchObject({
      challengerFailure: { releaseId: 'f'.repeat(64), latencyMs: null },
    });
    const tries = lab.platform.releases.readCount();
    await answeredByChampion();
    expect(lab.platform.releases.readCount()).toBe(tries);
    lab.platform.clock.advance(10_000);
    await answeredByChampion();
    expect(lab.platform.releases.readCount()).toBe(tries + 1);
  });

  it('when it needs join keys that the caller of the champion does not give', async () => {
    lab = await armsLab({ other: askingForShop });
    lab.move({ challenger: lab.sharing() });
    expect(await answeredByChampion()).toMatchObject({
      challengerFailure: { error: 'InvalidInputError', latencyMs: null },
    });
  });

  it('when it needs request-time values that the caller does not give', async () => {
    lab = await armsLab({ other: askingForPrice });
    lab.move({ challenger: lab.sharing() });
    expect(await answeredByChampion()).toMatchObject({ challengerFailure: { error: 'InvalidInputError' } });
  });

  it('when features are missing that it does not answer without', async () => {
    lab = await armsLab({ other: refusing });
    lab.move({ challenger: lab.sharing() });
    expect(await answeredByChampion()).toMatchObject({
      challengerFailure: { error: 'MissingFeaturesError', latencyMs: null },
    });
    expect(lab.invoker.calls).toHaveLength(1);
  });
});

describe('a request that the champion does not accept', () => {
  it('is refused whoever would have answered it, and counts against nobody', async () => {
    lab.move({ challenger: lab.sharing() });
    for (const body of [
      { entities: { shop_id: 1 } },
      { entities: { customer_id: 7 }, context: { price: 1 } },
      { instances: [{ 'last_order:amount': 1 }] },
    ]) {
      expect((await lab.ask(body)).status).toBe(400);
    }
    expect(lab.invoker.calls).toEqual([]);
    expect(lab.platform.ledger.records.size + lab.platform.ledger.failures.length).toBe(0);
  });

  it('does not reach a challenger that would take it', async () => {
    lab = await armsLab({ champion: askingForPrice });
    lab.move({ challenger: lab.sharing() });
    expect((await lab.predict()).status).toBe(400);
    const priced = { entities: { customer_id: 7 }, context: { price: 1 } };
    // the challenger has no such value, and would refuse its callers once it is champion
    expect(await answeredByChampion(priced)).toMatchObject({ challengerFailure: { error: 'InvalidInputError' } });
  });
});

describe('a request that nobody can answer', () => {
  const broken = async () => {
    lab.platform.timing.advance(4);
    throw new ModelFailedError('e', 'broken');
  };

  it('gives the champion’s error, and is logged with both', async () => {
    lab.move({ challenger: lab.sharing() });
    lab.invoker.on('challenger', broken);
    lab.invoker.on('champion', broken);
    const { status, body } = await lab.predict();
    expect(status).toBe(503);
    expect(body['error']).toMatchObject({ name: 'ModelFailedError' });
    expect(lab.platform.ledger.records.size).toBe(0);
    expect(lab.platform.ledger.failures).toMatchObject([
      {
        releaseId: lab.ids.champion,
        arm: 'champion',
        error: 'ModelFailedError',
        latencyMs: 4,
        unit: '[7]',
        entities: { customer_id: 7 },
        rollout: { rolloutId: ROLLOUT, share: 1 },
        challengerFailure: { releaseId: lab.ids.other, error: 'ModelFailedError', latencyMs: 4 },
      },
    ]);
  });

  it('is logged without a rollout too, be it for the model or for features that it refuses to go without', async () => {
    lab.invoker.on('champion', broken);
    expect((await lab.predict()).status).toBe(503);
    expect(lab.platform.ledger.failures).toMatchObject([{ error: 'ModelFailedError', latencyMs: 4 }]);
    lab = await armsLab({ champion: refusing });
    expect((await lab.predict()).status).toBe(409);
    expect(lab.platform.ledger.failures).toMatchObject([{ error: 'MissingFeaturesError', latencyMs: null }]);
    expect(lab.platform.ledger.failures[0]).not.toHaveProperty('rollout');
  });

  it('keeps its error when the log fails too, which is counted', async () => {
    lab.invoker.on('champion', broken);
    lab.platform.ledger.recordFailure = async () => Promise.reject(new Error('no log'));
    const { status, body } = await lab.predict();
    expect(status).toBe(503);
    expect(body['error']).toMatchObject({ name: 'ModelFailedError' });
    expect(lab.platform.metrics.records).toMatchObject([
      { dimensions: { Model: 'churn' }, values: { UnloggedFailures: 1 } },
    ]);
  });
});
