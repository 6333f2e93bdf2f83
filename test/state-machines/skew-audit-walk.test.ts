import { describe, expect, it } from 'vitest';
import { failure, type Script, walk } from './walk.ts';

describe('the skew-audit machine', () => {
  const input = { model: 'churn', cause: 'schedule' };
  const scope = { auditId: 'a'.repeat(32), model: 'churn' };
  const [sample, join] = ['sample', 'join'].map((text) => ({ QueryString: text, ClientRequestToken: 'c'.repeat(64) }));
  const report = { auditId: scope.auditId, outcome: 'fail', because: '1 of 2 served vectors differ' };
  const smooth: Readonly<Record<string, Script>> = {
    'skew/plan': () => ({ action: 'sample', scope, query: sample }),
    StartQueryExecution: () => undefined,
    'skew/prepare': () => ({ action: 'join', sampled: 2, query: join }),
    'skew/judge': () => report,
  };
  const run = (script: Readonly<Record<string, Script>> = {}) => walk('skew-audit', input, { ...smooth, ...script });

  it('samples, joins and judges; a difference that was found is an answer, not a failure', async () => {
    const { status, output, calls, given } = await run();
    expect([status, output]).toEqual(['SUCCEEDED', report]);
    expect(calls).toEqual(['skew/plan', 'StartQueryExecution', 'skew/prepare', 'StartQueryExecution', 'skew/judge']);
    expect(given['skew/plan']?.[0]).toEqual({ ...input, executionName: expect.stringMatching(/^walk-/) });
    expect(given['StartQueryExecution']).toEqual([sample, join]);
    expect([given['skew/prepare'], given['skew/judge']]).toEqual([[{ scope }], [{ scope }]]);
  });

  it.each([
    ['no champion has answered', { 'skew/plan': () => ({ action: 'nothing', because: 'no champion' }) }, 1],
    ['the log has no prediction', { 'skew/prepare': () => ({ action: 'nothing', because: 'no prediction' }) }, 3],
  ])('ends without a report when %s', async (_, script, steps) => {
    const { status, output, calls } = await run(script);
    expect([status, calls.length]).toEqual(['SUCCEEDED', steps]);
    expect(output).toMatchObject({ action: 'nothing' });
  });

  it('judges again when a service did not answer, and fails on what is damaged', async () => {
    const again = await run({
      'skew/judge': (_, call) => (call === 0 ? Promise.reject(failure('UnavailableError')) : report),
    });
    expect([again.status, again.given['skew/judge']?.length]).toEqual(['SUCCEEDED', 2]);
    const damaged = await run({ 'skew/judge': () => Promise.reject(failure('CorruptDataError', 'a row is missing')) });
    expect([damaged.status, damaged.error]).toEqual(['FAILED', 'CorruptDataError']);
    expect(damaged.cause).toContain('a row is missing');
  });
});
