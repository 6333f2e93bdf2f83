import { describe, expect, it } from 'vitest';
import { AbandonRunTask } from '../../contracts/ingestion-task.ts';
import { failure, type Script, walk } from './walk.ts';

describe('the ingest machine', () => {
  const input = { ingestionId: 'i-1', source: 'orders', table: 'source_orders', runId: 'run-1', key: 'landing/i-1' };
  const run = (script: Readonly<Record<string, Script>>) =>
    walk('ingest', input, { 'tables/abandon-run': () => ({}), ...script });

  it('answers what loading reports', async () => {
    const { status, output, given } = await run({ 'ingestion/load-file': () => ({ rows: 3, quarantined: 1 }) });
    expect([status, output]).toEqual(['SUCCEEDED', { rows: 3, quarantined: 1 }]);
    expect(given['ingestion/load-file']).toEqual([input]);
  });

  it('waits for a table that is being written', async () => {
    const { status, calls } = await run({
      'ingestion/load-file': (_, call) => (call < 4 ? Promise.reject(failure('TableBusyError')) : {}),
    });
    expect([status, calls.length]).toEqual(['SUCCEEDED', 5]);
  });

  it('abandons the run of a load that failed, and tells the load’s error', async () => {
    const { status, error, cause, given } = await run({
      'ingestion/load-file': () => Promise.reject(failure('InvalidInputError', 'column 3 is not a number')),
    });
    expect([status, error]).toEqual(['FAILED', 'InvalidInputError']);
    expect(cause).toContain('column 3 is not a number');
    const task = AbandonRunTask.parse(given['tables/abandon-run']?.[0]);
    expect([task.table, task.runId]).toEqual(['source_orders', 'run-1']);
    expect(task.reason).toContain('InvalidInputError');
  });

  it('tells the first error also when giving the table free fails', async () => {
    const { status, error } = await run({
      'ingestion/load-file': () => Promise.reject(failure('InvalidInputError')),
      'tables/abandon-run': () => Promise.reject(failure('CorruptDataError')),
    });
    expect([status, error]).toEqual(['FAILED', 'InvalidInputError']);
  });
});

describe('the reconcile machine', () => {
  const survey = {
    retirementId: 'execution-1',
    retiring: [{ view: 'spend', version: '0123456789ab' }],
    settleSeconds: 1200,
    changes: [{ view: 'spend', version: '0123456789ab', action: 'retiring', because: 'nobody needs it' }],
  };
  const smooth: Readonly<Record<string, Script>> = {
    'rollout/resume': () => ({ resumed: [] }),
    'versions/survey': () => survey,
    'versions/sweep': (_, call) => ({ done: call === 1, cursor: call === 1 ? null : 'half way', deleted: 4 }),
    'versions/end-retirement': () => ({ retired: survey.retiring }),
  };
  const run = (script: Readonly<Record<string, Script>> = {}) => walk('reconcile', {}, { ...smooth, ...script });

  it('sweeps part by part what it has taken, and ends the retirement', async () => {
    const { status, output, given } = await run();
    const report = { changes: survey.changes, retired: survey.retiring, deleted: 8 };
    expect([status, output]).toEqual(['SUCCEEDED', report]);
    expect(given['versions/sweep']).toEqual([
      { survey, cursor: null },
      { survey, cursor: 'half way' },
    ]);
    expect(given['versions/end-retirement']).toEqual([{ survey }]);
  });

  it('deletes nothing when nothing is to retire', async () => {
    const { status, calls } = await run({ 'versions/survey': () => ({ ...survey, retiring: [] }) });
    expect([status, calls]).toEqual(['SUCCEEDED', ['rollout/resume', 'versions/survey']]);
  });

  it('looks at versions all the same when rollouts could not be taken up', async () => {
    const broken = () => Promise.reject(failure('BugError'));
    const { status, given } = await run({ 'rollout/resume': broken });
    expect([status, given['versions/survey']?.length]).toEqual(['SUCCEEDED', 1]);
  });

  it('ends no retirement whose items could not be deleted', async () => {
    const broken = () => Promise.reject(failure('BugError'));
    const { status, given } = await run({ 'versions/sweep': broken });
    expect([status, given['versions/end-retirement']]).toEqual(['FAILED', undefined]);
  });
});

describe('the materialize machine', () => {
  const input = { view: 'spend', cause: 'schedule' };
  const query = { QueryString: 'unload', ClientRequestToken: 'c'.repeat(64) };
  const createTable = { DatabaseName: 'headgate_test' };
  const own = { table: 'view_spend_0123456789ab', runId: 'run-1', prefixes: ['quality/run-1/'] };
  const plan = { action: 'compute', view: 'spend', ...own, createTable, query, check: { action: 'nothing' } };
  const online = { action: 'export', view: 'spend', query: { ...query, QueryString: 'export' } };
  const smooth: Readonly<Record<string, Script>> = {
    'materialization/plan': () => plan,
    CreateTable: () => undefined,
    StartQueryExecution: () => undefined,
    'materialization/commit': () => ({ rows: 7, ticks: 2, online }),
    'materialization/write-online': (_, call) => ({
      done: call === 2,
      cursor: { key: 'k', row: call },
      written: 5,
      stale: 1,
    }),
    'tables/abandon-run': () => ({}),
  };
  const run = (script: Readonly<Record<string, Script>>) => walk('materialize', input, { ...smooth, ...script });

  it('computes, commits, exports, and writes online until all is written', async () => {
    const { status, output, calls, given } = await run({});
    expect(status).toBe('SUCCEEDED');
    expect(output).toMatchObject({ view: 'spend', action: 'compute', rows: 7, ticks: 2, written: 15, stale: 3 });
    expect(calls).toEqual([
      'materialization/plan',
      'CreateTable',
      'StartQueryExecution',
      'materialization/commit',
      'StartQueryExecution',
      ...Array(3).fill('materialization/write-online'),
    ]);
    expect(given['materialization/plan']?.[0]).toEqual({ ...input, executionName: expect.stringMatching(/^walk-/) });
    expect(given['StartQueryExecution']).toEqual([query, online.query]);
    expect(given['materialization/commit']).toEqual([{ plan, quality: null }]);
    expect(given['materialization/write-online']?.map((payload) => payload['cursor'])).toEqual([
      null,
      { key: 'k', row: 0 },
      { key: 'k', row: 1 },
    ]);
  });

  it('passes an instant to start from on to the plan', async () => {
    const { given } = await walk('materialize', { ...input, fromMs: 5 }, smooth);
    expect(given['materialization/plan']?.[0]).toMatchObject({ fromMs: 5 });
  });

  it('does nothing when nothing is due', async () => {
    const nothing = { action: 'nothing', view: 'spend', because: 'no tick is due' };
    const { status, output, calls } = await run({ 'materialization/plan': () => nothing });
    expect([status, output, calls]).toEqual(['SUCCEEDED', nothing, ['materialization/plan']]);
  });

  it('brings online what was committed but never went online', async () => {
    const { status, output, calls } = await run({
      'materialization/plan': () => ({ action: 'online-only', view: 'spend', online, because: 'online lags' }),
      'materialization/write-online': () => ({ done: true, cursor: null, written: 2, stale: 0 }),
    });
    expect([status, output]).toEqual(['SUCCEEDED', { view: 'spend', action: 'online-only', written: 2, stale: 0 }]);
    expect(calls).toEqual(['materialization/plan', 'StartQueryExecution', 'materialization/write-online']);
  });

  it('ends after the commit when there is nothing to bring online', async () => {
    const { status, calls } = await run({
      'materialization/commit': () => ({ rows: 0, online: { action: 'nothing', because: 'no rows' } }),
    });
    expect([status, calls.at(-1)]).toEqual(['SUCCEEDED', 'materialization/commit']);
  });

  it.each([
    ['the query is refused', { StartQueryExecution: () => ({ isRefused: 'InvalidRequestException' }) }, /^Athena\./],
    [
      'the commit fails',
      { 'materialization/commit': () => Promise.reject(failure('ConflictError')) },
      /^ConflictError$/,
    ],
  ])('abandons the run when %s', async (_, script, error) => {
    const walked = await run(script);
    expect(walked.status).toBe('FAILED');
    expect(walked.error).toMatch(error);
    expect(walked.given['tables/abandon-run']?.[0]).toMatchObject(own);
  });

  it('abandons nothing once rows are visible', async () => {
    const { status, error, calls } = await run({
      'materialization/write-online': () => Promise.reject(failure('CorruptDataError')),
    });
    expect([status, error]).toEqual(['FAILED', 'CorruptDataError']);
    expect(calls).not.toContain('tables/abandon-run');
  });

  it('refuses a plan it does not know', async () => {
    const { status, error, calls } = await run({ 'materialization/plan': () => ({ action: 'guess' }) });
    expect([status, error, calls.length]).toEqual(['FAILED', 'BugError', 1]);
  });
});
