import { describe, expect, it } from 'vitest';
import { runCommand } from './run-command.ts';
import { apiOf, execution, failure, fileOf } from './scripted-api.ts';

const BATCHES = '/v1/models/churn/batch-predictions';
const NOWHERE = 'http://127.0.0.1:1';
const unknown = failure(404, 'not-found', 'no model named "nobody"; known: churn');

describe('drift, retraining and batch-predict are refused with code 2 before anything is asked', () => {
  it.each([
    ['an unknown option', ['drift', 'churn', '--window', '1d'], "unknown option '--window'"],
    ['no model', ['drift'], "missing required argument 'model'"],
    ['two models', ['drift', 'churn', 'other'], 'too many arguments'],
    ['an instant that is none', ['drift', 'churn', '--to', 'yesterday'], 'It is an ISO 8601 day or instant'],
    ['a day that there is not', ['drift', 'churn', '--to', '2026-02-32'], 'It is an ISO 8601 day or instant'],
    [
      'an instant without a zone',
      ['drift', 'churn', '--to', '2026-02-01T10:00:00'],
      'It is an ISO 8601 day or instant',
    ],
    ['an instant left out', ['drift', 'churn', '--to'], "option '--to <instant>' argument missing"],
    ['a list and a scan', ['drift', 'churn', '--list', '--scan'], '--list leaves no room for --scan'],
    ['a list of one window', ['drift', 'churn', '--list', '--to', '2026-02-01'], '--list leaves no room for --to'],
    ['a list of every column', ['drift', 'churn', '--all', '--list'], '--list leaves no room for --all'],
    ['an unknown option', ['retraining', 'churn', '--pause'], "unknown option '--pause'"],
    ['no model', ['retraining'], "missing required argument 'model'"],
    ['no reason', ['retraining', 'churn', '--acknowledge'], "option '--acknowledge <reason>' argument missing"],
    ['an unknown option', ['batch-predict', 'churn', '--publish'], "unknown option '--publish'"],
    ['no model', ['batch-predict'], "missing required argument 'model'"],
    ['an unknown format', ['batch-predict', 'churn', '--format', 'xlsx'], 'Allowed choices are csv, parquet, jsonl'],
    ['an instant that is none', ['batch-predict', 'churn', '--as-of', 'monday'], 'It is an ISO 8601 day or instant'],
    ['a format of no file', ['batch-predict', 'churn', '--format', 'csv'], 'give --entities FILE'],
    ['a delimiter of no file', ['batch-predict', 'churn', '--delimiter', ';'], 'give --entities FILE'],
    ['a list into a folder', ['batch-predict', 'churn', '--list', '--download', 'd'], 'leaves no room for --download'],
    [
      'a list of entities',
      ['batch-predict', 'churn', '--list', '--entities', 'f.csv'],
      'leaves no room for --entities',
    ],
    ['a file of no format', ['batch-predict', 'churn', '--entities', 'f.xlsx'], 'give --format: csv, parquet, jsonl'],
  ])('for %s: %j', async (_why, args, says) => {
    const ran = await runCommand(args);
    expect(ran.stderr).toContain(says);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
  });

  it.each([
    ['drift', 'churn'],
    ['retraining', 'churn'],
    ['batch-predict', 'churn'],
    ['batch-predict', 'churn', '--list'],
  ])('and with code 1 where no platform is up: %s %s %s', async (...args) => {
    const ran = await runCommand([...args.filter((word) => word !== undefined), '--url', NOWHERE]);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toContain('nothing answers');
    expect(ran.stderr).toContain('headgate up');
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  });
});

describe('what the platform refuses is told as it says it', () => {
  it.each([
    ['drift of an unknown model', ['drift', 'nobody'], 'GET /v1/models/nobody/drift?limit=1'],
    ['a scan of an unknown model', ['drift', 'nobody', '--scan'], 'POST /v1/models/nobody/drift-scans'],
    ['retraining of an unknown model', ['retraining', 'nobody'], 'GET /v1/models/nobody/retraining'],
    ['a batch of an unknown model', ['batch-predict', 'nobody'], 'POST /v1/models/nobody/batch-predictions'],
  ])('%s', async (_why, args, path) => {
    const api = await apiOf({ [path]: unknown });
    const ran = await runCommand([...args, '--url', api.url]);
    expect([ran.code, ran.stdout]).toEqual([1, '']);
    expect(ran.stderr).toContain('no model named "nobody"; known: churn');
    expect(api.asked.length).toBe(1);
  });

  it('a file of entities that is not there, or a folder', async () => {
    const gone = await runCommand(['batch-predict', 'churn', '--entities', 'nowhere.csv', '--url', NOWHERE]);
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('nowhere.csv')]);
    const file = await fileOf('a.csv', '');
    const folder = file.slice(0, -'/a.csv'.length);
    const ran = await runCommand(['batch-predict', 'churn', '--entities', folder, '--format', 'csv', '--url', NOWHERE]);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('is not a file')]);
  });

  it('a batch prediction that failed on its file, with what to mend', async () => {
    const message = 'the file of entities lacks customer_id (int64, join key). Its columns are customer';
    const api = await apiOf({
      [`POST ${BATCHES}`]: { status: 202, body: { executionId: 'batch-predict:e1' } },
      'GET /v1/executions/batch-predict%3Ae1': execution('FAILED', { error: { name: 'FileRejectedError', message } }),
    });
    const ran = await runCommand(['batch-predict', 'churn', '--url', api.url]);
    expect([ran.code, ran.stdout]).toEqual([1, '']);
    expect(ran.stderr).toContain(message);
  });
});

describe('reports that cannot be read', () => {
  const unreadable = [{ key: 'drift-scan/churn/2026-b.json', because: 'health: is missing' }];
  const told =
    '1 report of the newest cannot be read, and is left out of this:\n  drift-scan/churn/2026-b.json: health';

  it.each([
    ['drift', 'churn', '--list'],
    ['drift', 'churn'],
  ])('are named by %s %s %s', async (...args) => {
    const body = { scans: [], unreadable };
    const api = await apiOf({
      'GET /v1/models/churn/drift': { body },
      'GET /v1/models/churn/drift?limit=1': { body },
    });
    const ran = await runCommand([...args.filter((word) => word !== undefined), '--url', api.url]);
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining(told)]);
  });

  it('are named by batch-predict --list', async () => {
    const api = await apiOf({ [`GET ${BATCHES}`]: { body: { batchPredictions: [], unreadable } } });
    const ran = await runCommand(['batch-predict', 'churn', '--list', '--url', api.url]);
    expect(ran.stdout).toContain(told);
  });
});
