import { beforeEach, describe, expect, it } from 'vitest';
import type { PredictionRecord } from '../../core/serving/prediction-record.ts';
import { ModelFailedError } from '../../core/serving/serving-errors.ts';
import {
  type ArmsLab,
  armsLab,
  askingForPrice,
  askingForShop,
  OTHER_VERSION,
  overOtherVersion,
  ROLLOUT,
  refusing,
} from './arms-lab.ts';

let lab: ArmsLab;
beforeEach(async () => {
  lab = await armsLab();
  lab.move(lab.watched(0));
});

const ENTITIES = { entities: { customer_id: 7 } };

async function broken(): Promise<never> {
  lab.platform.timing.advance(12.5);
  throw new ModelFailedError('e', 'broken');
}

/** The answer of the one before where the new champion was to give one. */
async function answeredByTheOneBefore(body: unknown = ENTITIES): Promise<PredictionRecord> {
  const answer = await lab.ask(body);
  expect(answer.body).toMatchObject({ arm: 'challenger', releaseId: lab.ids.champion });
  const evidence = await lab.evidence(answer);
  expect(evidence).toMatchObject({ rollout: { rolloutId: ROLLOUT, share: 0 } });
  expect(evidence).not.toHaveProperty('challengerFailure');
  expect(lab.platform.ledger.failures).toEqual([]);
  return evidence;
}

describe('a new champion that can not answer leaves the request to the one before while it is watched', () => {
  it('when its container fails: both latencies are their own', async () => {
    lab.invoker.on('challenger', broken);
    lab.invoker.on('champion', async () => {
      lab.platform.timing.advance(3);
      return [0.25];
    });
    expect(await answeredByTheOneBefore()).toMatchObject({
      prediction: { score: 0.25 },
      latencyMs: 3,
      championFailure: { releaseId: lab.ids.other, error: 'ModelFailedError', latencyMs: 12.5 },
    });
    expect(lab.invoker.calls.map(({ variant }) => variant)).toEqual(['challenger', 'champion']);
  });

  it('when it takes too long', async () => {
    lab.platform.timing.expireFrom(5_000);
    lab.invoker.on('challenger', () => new Promise(() => {}));
    expect(await answeredByTheOneBefore()).toMatchObject({ championFailure: { error: 'TimeoutError' } });
    expect(lab.platform.timing.deadlinesMs).toEqual([5_000]);
  });

  it('when its manifest can not be read', async () => {
    lab.move({ champion: { releaseId: 'f'.repeat(64), variant: 'challenger' } });
    expect(await answeredByTheOneBefore()).toMatchObject({
      championFailure: { releaseId: 'f'.repeat(64), latencyMs: null },
    });
  });

  it.each([
    ['join keys', askingForShop],
    ['request-time values', askingForPrice],
  ])('when it needs %s that callers of the one before do not give', async (_, other) => {
    lab = await armsLab({ other });
    lab.move(lab.watched(0));
    expect(await answeredByTheOneBefore()).toMatchObject({
      championFailure: { error: 'InvalidInputError', latencyMs: null },
    });
  });

  it('when features are missing that it does not answer without', async () => {
    lab = await armsLab({ other: refusing });
    lab.move(lab.watched(0));
    expect(await answeredByTheOneBefore()).toMatchObject({ championFailure: { error: 'MissingFeaturesError' } });
    expect(lab.invoker.calls).toHaveLength(1);
  });

  it('with the features of its own versions', async () => {
    lab = await armsLab({ other: overOtherVersion });
    lab.move(lab.watched(0));
    await lab.bringOnline(11);
    await lab.bringOnline(99, OTHER_VERSION);
    lab.invoker.on('challenger', broken);
    expect((await answeredByTheOneBefore()).features['last_order:amount']).toMatchObject({ value: 11 });
    expect(lab.invoker.calls.map(({ rows }) => rows[0]?.[0])).toEqual([99, 11]);
  });
});

describe('while a promotion is watched', () => {
  it('the champion answers what it can, and the one before its holdback', async () => {
    expect((await lab.predict()).body).toMatchObject({ arm: 'champion', releaseId: lab.ids.other });
    lab.move(lab.watched(1));
    expect((await lab.predict()).body).toMatchObject({ arm: 'challenger', releaseId: lab.ids.champion });
    expect(lab.invoker.calls).toHaveLength(2);
  });

  it('the champion answers a holdback that the one before fails', async () => {
    lab.move(lab.watched(1));
    lab.invoker.on('champion', broken);
    const answer = await lab.predict();
    expect(answer.body).toMatchObject({ arm: 'champion', releaseId: lab.ids.other });
    const evidence = await lab.evidence(answer);
    expect(evidence).toMatchObject({ challengerFailure: { releaseId: lab.ids.champion, latencyMs: 12.5 } });
    expect(evidence).not.toHaveProperty('championFailure');
  });

  it('a request that both fail gets the last error, and is logged with both', async () => {
    lab.invoker.on('challenger', broken);
    lab.invoker.on('champion', broken);
    const { status, body } = await lab.predict();
    expect([status, body['error']]).toMatchObject([503, { name: 'ModelFailedError' }]);
    expect(lab.invoker.calls).toHaveLength(2);
    expect(lab.platform.ledger.failures).toMatchObject([
      {
        releaseId: lab.ids.champion,
        arm: 'challenger',
        error: 'ModelFailedError',
        championFailure: { releaseId: lab.ids.other, error: 'ModelFailedError', latencyMs: 12.5 },
      },
    ]);
  });

  it('a request that neither accepts is refused, and counts against nobody', async () => {
    for (const body of [
      { entities: { shop_id: 1 } },
      { ...ENTITIES, context: { price: 1 } },
      { instances: [{ 'last_order:amount': 1 }] },
    ]) {
      expect((await lab.ask(body)).status).toBe(400);
    }
    expect(lab.invoker.calls).toEqual([]);
    expect(lab.platform.ledger.records.size + lab.platform.ledger.failures.length).toBe(0);
  });

  it('a request that only the new champion takes gets its answer, or its error', async () => {
    lab = await armsLab({ other: askingForPrice });
    lab.move(lab.watched(0));
    const priced = { ...ENTITIES, context: { price: 1 } };
    expect((await lab.ask(priced)).body).toMatchObject({ arm: 'champion', releaseId: lab.ids.other });
    lab.invoker.on('challenger', broken);
    expect((await lab.ask(priced)).status).toBe(503);
    expect(lab.platform.ledger.failures).toMatchObject([{ releaseId: lab.ids.other, arm: 'champion' }]);
  });

  it('a route that has gone back in between is obeyed: nobody asks the new one again', async () => {
    await lab.predict();
    lab.invoker.on('challenger', async () => {
      lab.move({ champion: { releaseId: lab.ids.champion, variant: 'champion' }, challenger: null });
      return broken();
    });
    const answer = await lab.predict();
    expect(answer.body).toMatchObject({ arm: 'champion', releaseId: lab.ids.champion });
    expect(await lab.evidence(answer)).toMatchObject({ championFailure: { releaseId: lab.ids.other } });
  });

  it('a route that was settled in between leaves nobody to stand in', async () => {
    await lab.predict();
    lab.move({ challenger: null });
    lab.invoker.on('challenger', broken);
    expect((await lab.predict()).status).toBe(503);
    expect(lab.invoker.calls.map(({ variant }) => variant)).toEqual(['challenger', 'challenger']);
  });
});

it('a champion that fails without having been promoted just now is nobody’s to stand in for', async () => {
  const sharing = { ...lab.sharing(0.000_001), releaseId: lab.ids.other };
  lab.move({ champion: { releaseId: lab.ids.champion, variant: 'champion' }, challenger: sharing });
  lab.invoker.on('champion', broken);
  expect((await lab.predict()).status).toBe(503);
  expect(lab.invoker.calls).toHaveLength(1);
});
