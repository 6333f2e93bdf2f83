import { describe, expect, it } from 'vitest';
import { failure, type Script, walk } from './walk.ts';

describe('the drift-scan machine', () => {
  const input = { model: 'churn', cause: 'schedule', actor: 'headgate:schedule' };
  const scope = { scanId: 'a'.repeat(32), model: 'churn', actor: input.actor };
  const queries = ['inputs', 'outcomes'].map((part) => ({
    part,
    query: { QueryString: part, ClientRequestToken: 'c'.repeat(64) },
  }));
  const report = { scanId: scope.scanId, diagnosis: { kind: 'input-drift', because: 'spend is higher' } };
  const smooth: Readonly<Record<string, Script>> = {
    'drift/plan': () => ({ action: 'count', scope, queries }),
    StartQueryExecution: () => undefined,
    'drift/judge': () => report,
    'retraining/advance': () => ({ model: 'churn', action: 'nothing' }),
  };
  const run = (script: Readonly<Record<string, Script>> = {}) => walk('drift-scan', input, { ...smooth, ...script });

  it('counts every part, judges once, and looks whether to train again; drift that was found is an answer', async () => {
    const { status, output, calls, given } = await run();
    expect([status, output]).toEqual(['SUCCEEDED', report]);
    expect(calls).toEqual([
      'drift/plan',
      'StartQueryExecution',
      'StartQueryExecution',
      'drift/judge',
      'retraining/advance',
    ]);
    expect(given['drift/plan']?.[0]).toEqual({ ...input, executionName: expect.stringMatching(/^walk-/) });
    expect(given['StartQueryExecution']).toEqual(queries.map(({ query }) => query));
    expect(given['drift/judge']).toEqual([{ scope }]);
    expect(given['retraining/advance']).toEqual([{ model: 'churn', scanId: scope.scanId, actor: scope.actor }]);
  });

  it('judges what needs no query', async () => {
    const { calls } = await run({ 'drift/plan': () => ({ action: 'count', scope, queries: [] }) });
    expect(calls).toEqual(['drift/plan', 'drift/judge', 'retraining/advance']);
  });

  it('reads no log for a model that nobody is served by', async () => {
    const { status, output, calls } = await run({
      'drift/plan': () => ({ action: 'nothing', because: 'no champion' }),
    });
    expect([status, calls]).toEqual(['SUCCEEDED', ['drift/plan']]);
    expect(output).toMatchObject({ action: 'nothing' });
  });

  it('trains nothing again when a count failed', async () => {
    const { status, calls } = await run({
      StartQueryExecution: () => ({ isRefused: 'InvalidRequestException', message: 'no such column' }),
    });
    expect(status).toBe('FAILED');
    expect(calls).not.toContain('drift/judge');
    expect(calls).not.toContain('retraining/advance');
  });

  it('judges again when a service did not answer', async () => {
    const again = await run({
      'drift/judge': (_, call) => (call === 0 ? Promise.reject(failure('UnavailableError')) : report),
    });
    expect([again.status, again.given['drift/judge']?.length]).toEqual(['SUCCEEDED', 2]);
  });
});
