import { describe, expect, it } from 'vitest';
import { failure, type Script, walk } from './walk.ts';

describe('the training-set machine', () => {
  const input = { request: { reproduce: 'a'.repeat(64) }, cause: 'test', actor: 'someone' };
  const query = { QueryString: 'unload', ClientRequestToken: 'c'.repeat(64) };
  const plan = { joinId: 'b'.repeat(32), rows: 600_000, parts: 3, query };
  const result = { trainingSetId: 'd'.repeat(64), uri: 's3://artifacts/x/', rows: 600_000, files: 3, wasThere: false };
  const smooth: Readonly<Record<string, Script>> = {
    'training-sets/plan': () => plan,
    StartQueryExecution: () => undefined,
    'training-sets/seal': (_, call) =>
      call < 2 ? { done: false, cursor: call + 1, result: null } : { done: true, cursor: 3, result },
  };
  const run = (script: Readonly<Record<string, Script>> = {}) => walk('training-set', input, { ...smooth, ...script });

  it('plans, joins, and seals part after part until all is done', async () => {
    const { status, output, calls, given } = await run();
    expect([status, output]).toEqual(['SUCCEEDED', result]);
    expect(calls).toEqual(['training-sets/plan', 'StartQueryExecution', ...Array(3).fill('training-sets/seal')]);
    expect(given['training-sets/plan']?.[0]).toEqual({ ...input, executionName: expect.stringMatching(/^walk-/) });
    expect(given['StartQueryExecution']).toEqual([query]);
    expect(given['training-sets/seal']).toEqual([0, 1, 2].map((cursor) => ({ plan, cursor })));
  });

  it('tells why an entity table cannot be read, without a join', async () => {
    const { status, error, cause, calls } = await run({
      'training-sets/plan': () => Promise.reject(failure('FileRejectedError', 'the entity table has no rows')),
    });
    expect([status, error, calls]).toEqual(['FAILED', 'FileRejectedError', ['training-sets/plan']]);
    expect(cause).toContain('the entity table has no rows');
  });

  it('asks for a part again when a service did not answer, and gives up on what is damaged', async () => {
    const throttled = await run({
      'training-sets/seal': (_, call) =>
        call === 0 ? Promise.reject(failure('UnavailableError')) : { done: true, cursor: 3, result },
    });
    expect([throttled.status, throttled.given['training-sets/seal']?.map(({ cursor }) => cursor)]).toEqual([
      'SUCCEEDED',
      [0, 0],
    ]);
    const damaged = await run({ 'training-sets/seal': () => Promise.reject(failure('CorruptDataError')) });
    expect([damaged.status, damaged.error]).toEqual(['FAILED', 'CorruptDataError']);
  });
});
