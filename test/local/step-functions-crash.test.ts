/**
 * Kills the region after the n-th write to its store, for every n a run makes, and lets a new one go on. A killed
 * process writes nothing more and wakes no one, which is what the fuse does.
 */

import { afterEach, describe, expect, it } from 'vitest';
import { makeRegionClock } from '../../local/clock.ts';
import type { JsonStore } from '../../local/state/json-store.ts';
import { type FakeRegion, fakeRegion } from './fake-region.ts';
import { chain, type FakeJobs, fakeJobs, fakeLambda, type Lab, makeLab } from './step-functions-lab.ts';

class Killed extends Error {}

interface Fuse {
  writesLeft: number;
  written: number;
}

/** The store of a process that dies before its write number `writesLeft + 1`; a transaction dies whole. */
function fused(region: FakeRegion, fuse: Fuse): FakeRegion {
  const store = (service: string): JsonStore => {
    const real = region.store(service);
    const burn = () => {
      if (fuse.writesLeft <= 0) throw new Killed();
      fuse.writesLeft--;
      fuse.written++;
    };
    return {
      get: (collection, key) => real.get(collection, key),
      list: (collection) => real.list(collection),
      atomically: (work) => real.atomically(work),
      put: (collection, key, value) => {
        burn();
        real.put(collection, key, value);
      },
      delete: (collection, key) => {
        burn();
        real.delete(collection, key);
      },
    };
  };
  region.services.length = 0; // the functions of the region look services up in this very list
  return { ...region, store };
}

const definition = {
  ...chain({
    Set: { Type: 'Pass', Assign: { base: 10 } },
    Call: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'flaky', Payload: '{% $states.context.State.RetryCount %}' },
      Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 1 }],
      Assign: { called: '{% $states.result.Payload %}' },
    },
    Pause: { Type: 'Wait', Seconds: 5 },
    Both: {
      Type: 'Parallel',
      Branches: [
        {
          StartAt: 'Train',
          States: {
            Train: {
              Type: 'Task',
              Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
              Arguments: { TrainingJobName: "{% 'job-' & $uuid() %}" },
              Output: '{% $states.result.TrainingJobStatus %}',
              End: true,
            },
          },
        },
        {
          StartAt: 'Each',
          States: {
            Each: {
              Type: 'Map',
              Items: [1, 2, 3],
              ItemProcessor: {
                StartAt: 'Add',
                States: { Add: { Type: 'Pass', Output: '{% $states.input + $base %}', End: true } },
              },
              End: true,
            },
          },
        },
      ],
    },
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: { FunctionName: 'ask', Payload: '{% $states.context.Task.Token %}' },
      Output: { both: '{% $states.input %}', answer: '{% $states.result %}', called: '{% $called %}' },
    },
  }),
};

const regions: FakeRegion[] = [];
afterEach(() => {
  for (const region of regions.splice(0)) region.remove();
});

async function runWithKills(kills: readonly number[]) {
  const region = fakeRegion({ clock: makeRegionClock(1000) });
  regions.push(region);
  const jobs: FakeJobs = fakeJobs(2);
  let lab: Lab;
  const functions = fakeLambda({
    flaky: (count) => {
      if (count === 0) throw Object.assign(new Error('first'), { name: 'Flaky' });
      return `attempt ${count}`;
    },
    ask: (token) => {
      const answer = () => lab.call('SendTaskSuccess', { taskToken: token, output: '"yes"' });
      setTimeout(() => answer().catch(() => setTimeout(() => answer().catch(() => undefined), 20)), 5);
    },
  });

  const makeProcess = (writesLeft: number) => {
    const fuse = { writesLeft, written: 0 };
    lab = makeLab({ region: fused(region, fuse), services: [functions, jobs] });
    return fuse;
  };
  makeProcess(Number.POSITIVE_INFINITY);
  const machine = await lab!.machine(definition);
  const executionArn = await lab!.start(machine, {}, 'one');
  let fuse = { writesLeft: 0, written: 0 };
  for (const writes of [...kills, Number.POSITIVE_INFINITY]) {
    await lab!.service.stop?.();
    fuse = makeProcess(writes);
    await lab!.service.resume?.();
    if (Number.isFinite(writes)) {
      for (let quietMs = 0; fuse.writesLeft > 0 && quietMs < 2_000; quietMs += 2) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    }
  }
  const execution = await lab!.end(executionArn);
  await lab!.service.stop?.();
  return { execution, jobs, written: fuse.written, region };
}

const expected = {
  both: ['Completed', [11, 12, 13]],
  answer: 'yes',
  called: 'attempt 1',
};

describe('an execution whose region is killed', () => {
  it('ends the same whatever write was the last, and starts its job once', async () => {
    const { written, execution } = await runWithKills([]);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: expected });
    expect(written).toBeGreaterThan(30);
    const kills = Array.from({ length: written }, (_, kill) => kill);
    while (kills.length > 0) {
      await Promise.all(
        kills.splice(0, 10).map(async (kill) => {
          const killed = await runWithKills([kill]);
          const what = `killed before write ${kill + 1}`;
          expect(killed.execution, what).toMatchObject({ status: 'SUCCEEDED', output: expected });
          expect(killed.jobs.started, what).toHaveLength(1);
        }),
      );
    }
  });

  it('bears being killed again and again', async () => {
    const { execution, jobs } = await runWithKills([3, 5, 7, 9, 4, 8, 2]);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: expected });
    expect(jobs.started).toHaveLength(1);
  });

  it('leaves a history in which every state is entered before it is exited, once each', async () => {
    const { execution, region } = await runWithKills([12]);
    const history = region
      .store('states')
      .list<{ type: string }>(`history ${execution.arn}`)
      .map(({ value }) => value.type);
    expect(history[0]).toBe('ExecutionStarted');
    expect(history.at(-1)).toBe('ExecutionSucceeded');
    for (const type of ['PassState', 'WaitState', 'ParallelState', 'MapState']) {
      const entered = history.filter((event) => event === `${type}Entered`).length;
      expect(history.filter((event) => event === `${type}Exited`)).toHaveLength(entered);
    }
  });
});
