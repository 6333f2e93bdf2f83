import { describe, expect, it } from 'vitest';
import { AbandonRunTask } from '../../contracts/ingestion-task.ts';
import { failure, type Script, walk } from './walk.ts';

describe('the materialize machine, for a view that expects something', () => {
  const query = (what: string) => ({ QueryString: what, ClientRequestToken: 'c'.repeat(64) });
  const plan = {
    action: 'compute',
    view: 'spend',
    table: 'view_spend_0123456789ab',
    runId: 'run-1',
    createTable: { DatabaseName: 'headgate_test' },
    query: query('compute'),
    check: { action: 'measure', query: query('measure') },
    prefixes: ['quality/run-1/', 'quarantine/view/spend/0123456789ab/run-1/'],
  };
  const quality = { view: 'spend', outcome: 'passed' };
  const allowed = { allowed: true, because: null, quality, setAside: { action: 'nothing' } };
  const smooth: Readonly<Record<string, Script>> = {
    'materialization/plan': () => plan,
    CreateTable: () => undefined,
    StartQueryExecution: () => undefined,
    'materialization/check': () => allowed,
    'materialization/commit': () => ({ rows: 7, quality, online: { action: 'nothing', because: 'all online' } }),
    'tables/abandon-run': () => ({}),
  };
  const run = (script: Readonly<Record<string, Script>> = {}) =>
    walk('materialize', { view: 'spend', cause: 'schedule' }, { ...smooth, ...script });
  const queriesOf = (given: Readonly<Record<string, readonly Record<string, unknown>[]>>) =>
    given['StartQueryExecution']?.map((one) => one['QueryString']);

  it('measures what was computed, checks it, and commits it with what the check said', async () => {
    const { status, output, given } = await run();
    expect(status).toBe('SUCCEEDED');
    expect(queriesOf(given)).toEqual(['compute', 'measure']);
    expect(given['materialization/check']).toEqual([{ plan }]);
    expect(given['materialization/commit']).toEqual([{ plan, quality }]);
    expect(output).toMatchObject({ rows: 7, quality });
  });

  it('writes aside the rows that broke a quarantine rule, before the others are visible', async () => {
    const setAside = { action: 'export', prefix: 'quarantine/', query: query('set aside') };
    const { status, given, calls } = await run({ 'materialization/check': () => ({ ...allowed, setAside }) });
    expect([status, queriesOf(given)]).toEqual(['SUCCEEDED', ['compute', 'measure', 'set aside']]);
    expect(calls.slice(-2)).toEqual(['StartQueryExecution', 'materialization/commit']);
  });

  it('drops a run that an expectation refuses, and says which one in words', async () => {
    const because = 'feature view spend does not meet what is expected of it: volume: too few rows';
    const refused = { ...allowed, allowed: false, because, quality: { ...quality, outcome: 'blocked' } };
    const { status, error, cause, calls, given } = await run({ 'materialization/check': () => refused });
    expect([status, error, cause]).toEqual(['FAILED', 'ExpectationsBrokenError', because]);
    expect(calls).not.toContain('materialization/commit');
    const task = AbandonRunTask.parse(given['tables/abandon-run']?.[0]);
    expect(task).toMatchObject({ table: plan.table, runId: plan.runId, prefixes: plan.prefixes });
    expect(task.reason).toBe(`ExpectationsBrokenError: ${because}`);
  });

  it.each([
    ['says nothing', {}],
    ['does not say what to set aside', { allowed: true, quality }],
    ['is not sure', { ...allowed, allowed: null }],
  ])('commits nothing when the check %s', async (_, answer) => {
    const { status, calls } = await run({ 'materialization/check': () => answer });
    expect(status).toBe('FAILED');
    expect(calls).not.toContain('materialization/commit');
    expect(calls).toContain('tables/abandon-run');
  });

  it.each([
    ['the measures', 1],
    ['setting rows aside', 2],
  ])('gives the run up when the query of %s is refused', async (_, place) => {
    const setAside = { action: 'export', prefix: 'quarantine/', query: query('set aside') };
    const { status, calls } = await run({
      'materialization/check': () => ({ ...allowed, setAside }),
      StartQueryExecution: (_payload, call) => (call === place ? { isRefused: 'InvalidRequestException' } : undefined),
    });
    expect(status).toBe('FAILED');
    expect(calls).not.toContain('materialization/commit');
    expect(calls.at(-1)).toBe('tables/abandon-run');
  });

  it('gives the run up when the check fails, and tells its error', async () => {
    const { status, error, calls } = await run({
      'materialization/check': () => Promise.reject(failure('CorruptDataError')),
    });
    expect([status, error, calls.at(-1)]).toEqual(['FAILED', 'CorruptDataError', 'tables/abandon-run']);
  });
});
