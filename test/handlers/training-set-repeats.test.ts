import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TrainingSetRequest } from '../../contracts/api/training-sets.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import { makeSealParts } from '../../lambdas/handlers/training-sets/seal.ts';
import { fixedClock } from '../memory/memory-clock-and-ids.ts';
import { ARTIFACTS, OFFLINE } from './feature-store-lab.ts';
import { tripDefinitions } from './training-set-definitions.ts';
import { type TrainingSetLab, trainingSetLab } from './training-set-lab.ts';

const CSV = ['event_timestamp,n', ...Array.from({ length: 8 }, (_, n) => `2026-02-0${n + 1}T05:00:00Z,${n}`)].join(
  '\n',
);
const context = {} as Context; // the handlers do not look at it

let lab: TrainingSetLab;
beforeAll(async () => {
  lab = await trainingSetLab(tripDefinitions, 3);
  await lab.give('weather', [{ values: { rain: 0.5 }, at: '2026-02-03T05:00:00Z' }]);
});
afterAll(() => lab.close());

/** Planned and joined, but not sealed. */
async function joined(executionName: string) {
  const request = TrainingSetRequest.parse({ features: ['weather:rain'], entities: await lab.upload(CSV) });
  const task = { request, cause: 'test', actor: 'someone', executionName };
  const plan = await lab.planSet(task, context);
  expect(await lab.planSet(task, context)).toEqual(plan);
  await lab.readable();
  await lab.athena.unload(plan.query);
  return plan;
}

describe('a training set whose steps are done more than once', () => {
  it('is the same when it is sealed again, whole or from a part on', async () => {
    const plan = await joined('twice');
    const first = await lab.sealSet({ plan, cursor: 0 }, context);
    expect(first).toMatchObject({ done: true, cursor: 3, result: { files: 3, wasThere: false } });
    const bytes = await lab.bytesOf(first.result!, 'part-00001.parquet');
    for (const cursor of [0, 2, 3]) {
      const again = await lab.sealSet({ plan, cursor }, context);
      expect(again.result).toEqual({ ...first.result, wasThere: true });
    }
    expect(await lab.bytesOf(first.result!, 'part-00001.parquet')).toEqual(bytes);
    expect((await lab.rowsOf(first.result!)).map((row) => row.at(-1))).toEqual([
      null,
      null,
      0.5,
      0.5,
      0.5,
      0.5,
      0.5,
      0.5,
    ]);
  });

  it('hands on the part to go on with when its time is up, and skips none', async () => {
    const plan = await joined('slow');
    const clock = fixedClock();
    const slow = {
      now() {
        clock.advance(5 * MINUTE_MS);
        return clock.now();
      },
    };
    const seal = makeSealParts({ ...lab, clock: slow });
    const cursors = [0];
    for (let result = null; result === null; ) {
      const sealed = await seal({ plan, cursor: cursors.at(-1)! }, context);
      result = sealed.result as null;
      cursors.push(sealed.cursor);
    }
    expect(cursors).toEqual([0, 1, 2, 3]);
  });
});

describe('a join that is not whole', () => {
  it.each([
    ['lost a file', 'part=1/', /the join answered for \d of 3 rows/],
    ['lost a part', 'part=2/', /the join answered for 0 of 2 rows|answered for 1 of 2 rows/],
  ])('%s, and no training set comes of it', async (what, folder, message) => {
    const plan = await joined(what);
    const before = lab.objects.keys(ARTIFACTS);
    const [file] = await lab.objects.list(OFFLINE, `training-join/${plan.joinId}/${folder}`);
    await lab.objects.deleteAll(OFFLINE, file!.key);
    await expect(lab.sealSet({ plan, cursor: 0 }, context)).rejects.toThrow(message);
    expect(lab.objects.keys(ARTIFACTS)).toEqual(before);
  });

  it('has a row twice, and no training set comes of it', async () => {
    const plan = await joined('twice-in-the-join');
    const [file] = await lab.objects.list(OFFLINE, `training-join/${plan.joinId}/part=0/`);
    await lab.objects.copy({ bucket: OFFLINE, key: file!.key }, { bucket: OFFLINE, key: `${file!.key}-copy` });
    await expect(lab.sealSet({ plan, cursor: 0 }, context)).rejects.toMatchObject({ name: 'CorruptDataError' });
  });
});
