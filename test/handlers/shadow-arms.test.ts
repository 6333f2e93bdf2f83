import { beforeEach, describe, expect, it } from 'vitest';
import { isShadowed } from '../../core/rollout/assign.ts';
import { ModelFailedError } from '../../core/serving/serving-errors.ts';
import {
  type ArmsLab,
  armsLab,
  askingForPrice,
  askingForShop,
  cachedFor,
  GRACE_MS,
  OTHER_VERSION,
  overOtherVersion,
  ROLLOUT,
  refusing,
} from './arms-lab.ts';

let lab: ArmsLab;
const never = () => new Promise<never>(() => {});

/** A lab whose other release is the shadow, and which has planned for it. */
async function shadowed(releases: Parameters<typeof armsLab>[0] = {}): Promise<void> {
  lab = await armsLab(releases);
  lab.move({ shadow: lab.sharing(1, 'shadow') });
}

beforeEach(() => shadowed());

describe('a shadow', () => {
  it('is asked the same beside the champion; evidence holds both answers, the caller sees one', async () => {
    await lab.bringOnline(40);
    lab.invoker.on('shadow', async () => [0.9]);
    const answer = await lab.predict();
    expect(answer.body).toMatchObject({ arm: 'champion', releaseId: lab.ids.champion, prediction: { score: 0.4 } });
    expect(answer.text).not.toContain(lab.ids.other);
    const { inferenceId } = lab.invoker.calls[0]!;
    expect(lab.invoker.calls).toEqual([
      { variant: 'champion', rows: [[40, 1, 1, null]], inferenceId },
      { variant: 'shadow', rows: [[40, 1, 1, null]], inferenceId },
    ]);
    expect(await lab.evidence(answer)).toMatchObject({
      prediction: { score: 0.4, decision: false },
      rollout: { rolloutId: ROLLOUT, share: null },
      unit: '[7]',
      shadow: {
        releaseId: lab.ids.other,
        prediction: { score: 0.9, decision: true },
        error: null,
        latencyMs: 0,
        inputs: 4,
        missingInputs: 1,
      },
    });
  });

  it('costs no read more, and no second record', async () => {
    await lab.predict();
    const reads = lab.online.readCount();
    await lab.predict();
    expect(lab.online.readCount()).toBe(reads + 1);
    expect(lab.platform.ledger.records.size).toBe(2);
  });

  it('is asked before the champion has answered', async () => {
    let answerChampion = (_: readonly number[]) => {};
    lab.invoker.on(
      'champion',
      () =>
        new Promise((resolve) => {
          answerChampion = resolve;
        }),
    );
    const asShadowIsAsked = new Promise<void>((resolve) =>
      lab.invoker.on('shadow', async () => {
        resolve();
        return [0.5];
      }),
    );
    const answer = lab.predict();
    await asShadowIsAsked;
    answerChampion([0.1]);
    expect(await lab.evidence(await answer)).toMatchObject({ shadow: { prediction: { score: 0.5 } } });
  });

  it('is asked for its share of the units', async () => {
    lab.move({ shadow: lab.sharing(0.4, 'shadow') });
    for (let customer = 0; customer < 30; customer++) {
      const { shadow } = await lab.evidence(await lab.predict(customer));
      expect(shadow !== undefined).toBe(isShadowed(lab.route(), `[${customer}]`));
    }
  });

  it('sees features at its own versions, read together with the champion’s, and its own cache', async () => {
    const cached = cachedFor(30_000);
    await shadowed({ champion: cached, other: (manifest) => overOtherVersion(cached(manifest)) });
    await lab.bringOnline(10);
    await lab.bringOnline(99, OTHER_VERSION);
    const seen = async () => {
      const { prediction, shadow } = await lab.evidence(await lab.predict());
      return [prediction.score, shadow?.prediction?.score];
    };
    expect(await seen()).toEqual([0.1, 0.99]);
    const keys = lab.online.keysRead();
    expect(await seen()).toEqual([0.1, 0.99]);
    expect(lab.online.keysRead()).toBe(keys);
    expect(lab.platform.metrics.records.map(({ values }) => values)).toEqual([
      { FeatureCacheHits: 0, FeatureCacheMisses: 1 },
      { FeatureCacheHits: 1, FeatureCacheMisses: 0 },
    ]);
  });

  it('is asked from the next request on when it comes while one is being answered, and no more when it goes', async () => {
    lab = await armsLab();
    await lab.predict();
    const { read } = lab.online;
    lab.platform.online.read = async (...asked) => {
      lab.platform.online.read = read;
      lab.move({ shadow: lab.sharing(1, 'shadow') });
      return read(...asked);
    };
    expect(await lab.evidence(await lab.predict())).not.toHaveProperty('shadow');
    expect(await lab.evidence(await lab.predict())).toHaveProperty('shadow');
    lab.move({ shadow: null });
    expect(await lab.evidence(await lab.predict())).not.toHaveProperty('shadow');
  });

  it('is left out of what a challenger answers', async () => {
    lab.move({ challenger: lab.sharing(1), shadow: { ...lab.sharing(1, 'shadow'), releaseId: lab.ids.champion } });
    expect(await lab.evidence(await lab.predict())).not.toHaveProperty('shadow');
    expect(lab.invoker.calls.map(({ variant }) => variant)).toEqual(['challenger']);
  });
});

describe('the shadow never touches the answer', () => {
  const shadowOf = async () => {
    const answer = await lab.predict();
    expect(answer.body).toMatchObject({ arm: 'champion', releaseId: lab.ids.champion });
    return (await lab.evidence(answer)).shadow;
  };

  it('when it fails', async () => {
    lab.invoker.on('shadow', async () => {
      lab.platform.timing.advance(7);
      throw new ModelFailedError('e', 'broken');
    });
    expect(await shadowOf()).toMatchObject({ prediction: null, error: 'ModelFailedError', latencyMs: 7, inputs: 4 });
  });

  it('when it is slow: after its grace it is late, and its call is given up', async () => {
    lab.platform.timing.expireFrom(GRACE_MS);
    lab.invoker.on('champion', async () => {
      await Promise.resolve(); // the shadow has been asked by then
      lab.platform.timing.advance(5);
      return [0.1];
    });
    let signal: AbortSignal | undefined;
    lab.invoker.on('shadow', (...asked) => {
      signal = asked[4];
      return never();
    });
    expect(await shadowOf()).toMatchObject({ prediction: null, error: 'late', latencyMs: 5, missingInputs: 4 });
    expect(lab.platform.timing.deadlinesMs).toEqual([GRACE_MS]);
    expect(signal?.aborted).toBe(true);
  });

  it('when its policy gives it no grace', async () => {
    const impatient = { ...lab.sharing(1, 'shadow'), releaseId: lab.ids.champion };
    lab.move({ champion: { releaseId: lab.ids.other, variant: 'champion' }, shadow: impatient });
    lab.invoker.on('shadow', never);
    const { shadow } = await lab.evidence(await lab.predict());
    expect(shadow).toMatchObject({ error: 'late' });
    expect(lab.platform.timing.deadlinesMs).toEqual([]);
  });

  it('when its manifest can not be read', async () => {
    lab.move({ shadow: { ...lab.sharing(1, 'shadow'), releaseId: 'f'.repeat(64) } });
    expect(await shadowOf()).toMatchObject({
      releaseId: 'f'.repeat(64),
      prediction: null,
      error: 'NotFoundError',
      latencyMs: null,
      inputs: null,
      missingInputs: null,
    });
  });

  it.each([
    ['join keys', askingForShop, 'InvalidInputError'],
    ['request-time values', askingForPrice, 'InvalidInputError'],
    ['features', refusing, 'MissingFeaturesError'],
  ])('when it lacks %s', async (_, other, error) => {
    await shadowed({ other });
    expect(await shadowOf()).toMatchObject({ error, latencyMs: null, inputs: null });
    expect(lab.invoker.calls.map(({ variant }) => variant)).toEqual(['champion']);
  });
});

describe('a champion that fails beside a shadow', () => {
  it('gives its own error, and the log tells what the shadow made of it', async () => {
    lab.invoker.on('champion', async () => {
      throw new ModelFailedError('e', 'broken');
    });
    lab.invoker.on('shadow', async () => [0.7]);
    expect((await lab.predict()).status).toBe(503);
    expect(lab.platform.ledger.failures).toMatchObject([
      { error: 'ModelFailedError', rollout: { share: null }, shadow: { prediction: { score: 0.7 }, error: null } },
    ]);
  });

  it('for want of features says nothing about the shadow, which is not asked', async () => {
    await shadowed({ champion: refusing });
    expect((await lab.predict()).status).toBe(409);
    expect(lab.invoker.calls).toEqual([]);
    expect(lab.platform.ledger.failures[0]).not.toHaveProperty('shadow');
  });
});

describe('a request that brings its features', () => {
  const row = { 'last_order:amount': 60, 'last_order:country': null, 'last_order:gift': false, 'spend:sum_7d': 1.5 };

  it('is shadowed row by row when they are the shadow’s too', async () => {
    const { body } = await lab.ask({ instances: [row, { ...row, 'last_order:amount': 20 }] });
    const ids = (body['predictions'] as { predictionId: string }[]).map(({ predictionId }) => predictionId);
    const seen = await Promise.all(ids.map((id) => lab.platform.ledger.evidence(id)));
    expect(seen.map(({ shadow }) => shadow)).toMatchObject([
      { prediction: { score: 0.6 }, missingInputs: 1 },
      { prediction: { score: 0.2 }, missingInputs: 1 },
    ]);
  });

  it('is not shadowed otherwise: that nobody gave an input is not the shadow’s failure', async () => {
    await shadowed({ other: askingForPrice });
    const { body } = await lab.ask({ instances: [row] });
    const [{ predictionId = '' } = {}] = body['predictions'] as { predictionId?: string }[];
    expect(await lab.platform.ledger.evidence(predictionId)).not.toHaveProperty('shadow');
  });
});
