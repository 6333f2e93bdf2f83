import { describe, expect, it } from 'vitest';
import { failure, type Script, walk } from './walk.ts';

describe('the ingest-table machine', () => {
  const input = { source: 'orders', table: 'crm.orders', since: null, history: false, cause: 'test' };
  const query = { QueryString: 'unload', ClientRequestToken: 'c'.repeat(64) };
  const plan = { ingestionId: 'b'.repeat(32), source: 'orders', table: 'source_orders', query };
  const smooth: Readonly<Record<string, Script>> = {
    'ingestion/plan-table': () => plan,
    StartQueryExecution: () => undefined,
    'ingestion/load-table': (_, call) => ({ done: call === 2, cursor: call + 1, report: { files: call + 1 } }),
    'tables/abandon-run': () => ({ state: 'abandoned' }),
  };
  const run = (script: Readonly<Record<string, Script>> = {}) => walk('ingest-table', input, { ...smooth, ...script });

  it('plans, unloads, and loads file after file with the report so far', async () => {
    const { status, output, calls, given } = await run();
    expect([status, output]).toEqual(['SUCCEEDED', { files: 3 }]);
    expect(calls).toEqual(['ingestion/plan-table', 'StartQueryExecution', ...Array(3).fill('ingestion/load-table')]);
    expect(given['ingestion/plan-table']?.[0]).toEqual({ ...input, executionName: expect.stringMatching(/^walk-/) });
    expect(given['StartQueryExecution']).toEqual([query]);
    expect(given['ingestion/load-table']).toEqual([
      { plan, cursor: 0, report: null },
      { plan, cursor: 1, report: { files: 1 } },
      { plan, cursor: 2, report: { files: 2 } },
    ]);
  });

  it('runs no query for a table that is refused', async () => {
    const refused = () => Promise.reject(failure('TableNotAllowedError', 'allowed: (none)'));
    const { status, error, calls } = await run({ 'ingestion/plan-table': refused });
    expect([status, error, calls]).toEqual(['FAILED', 'TableNotAllowedError', ['ingestion/plan-table']]);
  });

  it('gives up the run of the file that failed, and tells the first failure', async () => {
    const { status, error, cause, given } = await run({
      'ingestion/load-table': (payload, call) =>
        call === 0
          ? smooth['ingestion/load-table']!(payload, call)
          : Promise.reject(failure('FileRejectedError', 'no row fits')),
      'tables/abandon-run': () => Promise.reject(failure('CorruptDataError')),
    });
    expect([status, error]).toEqual(['FAILED', 'FileRejectedError']);
    expect(cause).toContain('no row fits');
    expect(given['tables/abandon-run']?.[0]).toEqual({
      table: 'source_orders',
      runId: `${plan.ingestionId}-1`,
      reason: expect.stringContaining('no row fits'),
    });
  });

  it('asks for the same file again when the table is busy', async () => {
    const busyOnce: Script = (_, call) =>
      call === 0 ? Promise.reject(failure('TableBusyError')) : { done: true, cursor: 1, report: { files: 1 } };
    const { status, given } = await run({ 'ingestion/load-table': busyOnce });
    expect([status, given['ingestion/load-table']?.map(({ cursor }) => cursor)]).toEqual(['SUCCEEDED', [0, 0]]);
  });
});
