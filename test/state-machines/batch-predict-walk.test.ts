import { describe, expect, it } from 'vitest';
import { failure, type Script, walk } from './walk.ts';

describe('the batch-predict machine', () => {
  const input = { model: 'churn', cause: 'schedule', actor: 'headgate:schedule' };
  const scope = { batchId: 'a'.repeat(32), model: 'churn', publishes: true };
  const [find, query] = ['find', 'join'].map((text) => ({ QueryString: text, ClientRequestToken: 'c'.repeat(64) }));
  const join = { action: 'join', rows: 3, parts: 2, query };
  const job = { model: { ModelName: 'm' }, transform: { TransformJobName: 't' } };
  const report = { batchId: scope.batchId, rows: 3 };
  const smooth: Readonly<Record<string, Script>> = {
    'batch/plan': () => ({ action: 'find', scope, query: find }),
    StartQueryExecution: () => undefined,
    'batch/prepare': () => join,
    'batch/encode': (_, call) =>
      call === 0 ? { done: false, cursor: 1, parts: 2, job: null } : { done: true, cursor: 2, parts: 2, job },
    CreateModel: () => ({}),
    CreateTransformJob: () => undefined,
    'batch/collect': (_, call) => ({ done: call > 0, cursor: call + 1, parts: 2 }),
    'batch/publish': (_, call) => ({ done: call > 0, cursor: call + 1, parts: 2, written: 2, stale: call }),
    'batch/finish': () => report,
    'batch/abandon': () => ({ kept: false }),
  };
  const run = (script: Readonly<Record<string, Script>> = {}) => walk('batch-predict', input, { ...smooth, ...script });

  it('finds, joins, encodes part by part, scores, collects, publishes and reports', async () => {
    const { status, output, calls, given } = await run();
    expect([status, output]).toEqual(['SUCCEEDED', report]);
    expect(calls).toEqual([
      'batch/plan',
      'StartQueryExecution',
      'batch/prepare',
      'StartQueryExecution',
      'batch/encode',
      'batch/encode',
      'CreateModel',
      'CreateTransformJob',
      'batch/collect',
      'batch/collect',
      'batch/publish',
      'batch/publish',
      'batch/finish',
    ]);
    expect(given['batch/plan']?.[0]).toEqual({ ...input, executionName: expect.stringMatching(/^walk-/) });
    expect(given['StartQueryExecution']).toEqual([find, query]);
    expect(given['batch/encode']).toEqual([0, 1].map((cursor) => ({ scope, join, cursor })));
    expect([given['CreateModel'], given['CreateTransformJob']]).toEqual([[job.model], [job.transform]]);
    for (const step of ['batch/collect', 'batch/publish']) {
      expect(given[step]).toEqual([0, 1].map((cursor) => ({ scope, join, cursor })));
    }
    const ran = {
      TransformStartTime: expect.anything(),
      TransformEndTime: expect.anything(),
      TransformResources: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 },
    };
    expect(given['batch/finish']).toEqual([{ scope, join, job: ran, published: { written: 4, stale: 1 } }]);
  });

  it('looks for no entities when they are given, and publishes nothing that is not declared', async () => {
    const quiet = { ...scope, publishes: false };
    const { calls, given } = await run({ 'batch/plan': () => ({ action: 'given', scope: quiet }) });
    expect(given['StartQueryExecution']).toEqual([query]);
    expect(calls).not.toContain('batch/publish');
    expect(given['batch/finish']).toEqual([expect.objectContaining({ published: { written: 0, stale: 0 } })]);
  });

  it('runs no job when the model can be asked about nobody', async () => {
    const none = { done: true, cursor: 2, parts: 2, job: null };
    const { status, calls, given } = await run({ 'batch/encode': () => none });
    expect([status, calls.includes('CreateTransformJob')]).toEqual(['SUCCEEDED', false]);
    expect(given['batch/finish']).toEqual([expect.objectContaining({ job: null })]);
  });

  it.each([
    ['nobody can be asked', { 'batch/plan': () => ({ action: 'nothing', because: 'no champion' }) }, 1],
    ['there is nobody to ask about', { 'batch/prepare': () => ({ action: 'nothing', because: 'no entity' }) }, 3],
  ])('ends well when %s', async (_, script, steps) => {
    const { status, output, calls } = await run(script);
    expect([status, calls.length]).toEqual(['SUCCEEDED', steps]);
    expect(output).toMatchObject({ action: 'nothing' });
  });

  it('goes on with a model that is there already', async () => {
    const there = { isRefused: 'ValidationException', message: 'Cannot create already existing model "m".' };
    expect((await run({ CreateModel: () => there })).status).toBe('SUCCEEDED');
  });

  it.each(['CreateModel', 'CreateTransformJob'])('cleans up when SageMaker refuses %s', async (step) => {
    const { status, cause, calls } = await run({
      [step]: () => ({ isRefused: 'ValidationException', message: 'no image' }),
    });
    expect([status, calls.at(-1)]).toEqual(['FAILED', 'batch/abandon']);
    expect(cause).toContain('no image');
  });

  it.each(['batch/prepare', 'batch/encode', 'batch/collect', 'batch/publish', 'batch/finish'])(
    'cleans up after %s failed, and tells why',
    async (step) => {
      const { status, error, cause, given, calls } = await run({
        [step]: () => Promise.reject(failure('CorruptDataError', 'a row is missing')),
      });
      expect([status, error]).toEqual(['FAILED', 'CorruptDataError']);
      expect(cause).toContain('a row is missing');
      expect(given['batch/abandon']).toEqual([{ scope }]);
      expect(calls.at(-1)).toBe('batch/abandon');
    },
  );

  it('tells the first failure when cleaning up fails too', async () => {
    const { error } = await run({
      'batch/collect': () => Promise.reject(failure('CorruptDataError')),
      'batch/abandon': () => Promise.reject(failure('BugError')),
    });
    expect(error).toBe('CorruptDataError');
  });
});
