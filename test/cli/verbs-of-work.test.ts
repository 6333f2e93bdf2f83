import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Answer } from './fake-api.ts';
import { rolloutAnswer } from './rollout-answers.ts';
import { runCommand } from './run-command.ts';
import { apiOf, execution, failure, fileOf } from './scripted-api.ts';

const report = {
  rowsRead: 3,
  rowsWritten: 2,
  rowsQuarantined: 1,
  reasons: { 'quantity is not a whole number: "many"': 1 },
  quarantineUri: 's3://offline/quarantine/orders/i1.jsonl',
  ignoredColumns: ['note'],
  fileName: 'orders.csv',
  sha256: 'f',
};
const CSV = 'a,b\n1,2\n';

describe('ingest', () => {
  const opened = (url: string): Answer => ({
    body: {
      ingestionId: 'i1',
      source: 'orders',
      state: 'awaiting-upload',
      upload: {
        method: 'PUT',
        url: `${url}/landing/i1?sig=1`,
        headers: { 'x-amz-checksum-sha256': 'abc' },
        expiresAt: '2026-01-01T00:00:00Z',
      },
      report: null,
    },
  });

  it('hashes, announces, uploads, starts, follows and reports', async () => {
    const file = await fileOf('orders.csv', CSV);
    const api = await apiOf({
      'POST /v1/feature-views/spend/ingestions': opened,
      'PUT /landing/i1?sig=1': { body: '' },
      'POST /v1/feature-views/spend/ingestions/i1': { status: 202, body: { executionId: 'ingest:e1' } },
      'GET /v1/executions/ingest%3Ae1': [
        failure(404, 'not-found', 'not yet'),
        execution('RUNNING'),
        execution('SUCCEEDED', { output: report }),
      ],
    });
    const ran = await runCommand(['ingest', 'spend', file, '--history', '--url', api.url]);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain(
      'rows read         3\n  rows written      2\n  rows quarantined  1\n    1 quantity is not',
    );
    expect(ran.stdout).toContain('columns ignored   note');
    expect(ran.stderr).toContain('loading orders.csv into orders: load file');
    const facts = {
      fileName: 'orders.csv',
      sha256: createHash('sha256').update(CSV).digest('hex'),
      sizeBytes: 8,
      history: true,
    };
    expect(JSON.parse(api.asked[0]!.body)).toEqual(facts);
    expect(api.asked[1]).toMatchObject({ method: 'PUT', body: CSV });
    expect(api.asked[1]!.headers).toMatchObject({ 'x-amz-checksum-sha256': 'abc', 'content-length': '8' });
    expect(JSON.parse(api.asked[2]!.body)).toEqual(facts);
    expect(api.asked[2]!.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says that a file was loaded before, and touches nothing', async () => {
    const file = await fileOf('orders.csv', CSV);
    const committed = { ingestionId: 'i1', source: 'orders', state: 'committed', upload: null, report };
    const api = await apiOf({ 'POST /v1/feature-views/spend/ingestions': { body: committed } });
    const ran = await runCommand(['ingest', 'spend', file, '--json', '--url', api.url]);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toEqual({ ingestionId: 'i1', wasLoadedBefore: true, ...report });
    expect(api.asked).toHaveLength(1);
  });

  it('does not upload what is there already', async () => {
    const file = await fileOf('orders.csv', CSV);
    const uploaded = { ingestionId: 'i1', source: 'orders', state: 'uploaded', upload: null, report: null };
    const api = await apiOf({
      'POST /v1/feature-views/spend/ingestions': { body: uploaded },
      'POST /v1/feature-views/spend/ingestions/i1': { status: 202, body: { executionId: 'ingest:e1' } },
      'GET /v1/executions/ingest%3Ae1': execution('SUCCEEDED', { output: report }),
    });
    expect((await runCommand(['ingest', 'spend', file, '--url', api.url])).code).toBe(0);
    expect(api.asked.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET']);
  });

  it('tells the reason and the step when the load fails', async () => {
    const file = await fileOf('orders.csv', CSV);
    const error = { name: 'FileRejectedError', message: JSON.stringify({ errorMessage: 'the file has no header' }) };
    const api = await apiOf({
      'POST /v1/feature-views/spend/ingestions': {
        body: { ingestionId: 'i1', source: 'orders', state: 'uploaded', upload: null, report: null },
      },
      'POST /v1/feature-views/spend/ingestions/i1': { status: 202, body: { executionId: 'ingest:e1' } },
      'GET /v1/executions/ingest%3Ae1': execution('FAILED', { error }),
    });
    const ran = await runCommand(['ingest', 'spend', file, '--url', api.url]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('headgate: loading orders.csv into orders failed at LoadFile: the file has no header');
  });

  it.each([
    ['a file that is not there', () => Promise.resolve('/nowhere/orders.csv'), 1, 'cannot be read'],
    ['an empty file', () => fileOf('orders.csv', ''), 1, 'is empty'],
    ['a folder', () => fileOf('x', '').then((file) => join(file, '..')), 1, 'is not a file'],
  ])('refuses %s before it asks', async (_why, make, code, says) => {
    const ran = await runCommand(['ingest', 'spend', await make(), '--url', 'http://127.0.0.1:9']);
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(says);
  });
});

describe('train', () => {
  const release = {
    releaseId: 'ab'.repeat(32),
    model: 'repeat',
    passed: true,
    rolloutId: 'r1',
    because: '',
    metrics: { auc: 0.81234 },
    gates: { 'metric(auc)': 'pass' },
  };
  const started = { status: 202, body: { executionId: 'train:t1' } };
  const evidence = { metric: 'auc', observed: 0.81234, limit: 0.7, rule: 'at-least', n: 1200 };
  const verdicts = [{ gate: 'metric(auc)', verdict: { outcome: 'pass', evidence: [evidence] } }];
  const manifest = { body: { releaseId: release.releaseId, manifestUri: 's3://a/b', manifest: { verdicts } } };

  it('follows the training and then the rollout', async () => {
    const api = await apiOf({
      'POST /v1/models/repeat/trainings': started,
      'GET /v1/executions/train%3At1': [
        execution('RUNNING', { step: 'PrepareEvaluation' }),
        execution('SUCCEEDED', { output: release }),
      ],
      [`GET /v1/releases/${release.releaseId}`]: manifest,
      'GET /v1/rollouts/r1': rolloutAnswer({ phase: 'done', outcome: 'promoted', because: 'all went well' }),
    });
    const ran = await runCommand(['train', 'repeat', '--as-of', '2026-01-01', '--url', api.url]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('auc 0.8123');
    expect(ran.stdout).toContain('✓ metric(auc)\n      auc: 0.8123, at least 0.7, n 1,200\n');
    expect(ran.stdout).toContain('promoted: it answers predictions now');
    expect(ran.stderr).toContain('training repeat: prepare evaluation');
    expect(JSON.parse(api.asked[0]!.body)).toEqual({ asOf: '2026-01-01T00:00:00.000Z' });
  });

  it('ends with code 1 when the gates do not let it through', async () => {
    const failed = {
      ...release,
      passed: false,
      because: 'metric(auc): 0.6 is below 0.7',
      gates: { 'metric(auc)': 'fail' },
    };
    const verdict = { outcome: 'fail', evidence: [{ ...evidence, observed: 0.6 }], because: '0.6 is below 0.7' };
    const api = await apiOf({
      'POST /v1/models/repeat/trainings': started,
      'GET /v1/executions/train%3At1': execution('SUCCEEDED', { output: failed }),
      [`GET /v1/releases/${release.releaseId}`]: {
        body: { ...manifest.body, manifest: { verdicts: [{ gate: 'metric(auc)', verdict }] } },
      },
    });
    const ran = await runCommand(['train', 'repeat', '--url', api.url]);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('✗ metric(auc) (fail)\n      auc: 0.6, at least 0.7, n 1,200\n');
    expect(ran.stderr).toContain('did not pass its gates: metric(auc): 0.6 is below 0.7');
  });

  it('ends with code 1 when it was rolled back', async () => {
    const api = await apiOf({
      'POST /v1/models/repeat/trainings': started,
      'GET /v1/executions/train%3At1': execution('SUCCEEDED', { output: release }),
      [`GET /v1/releases/${release.releaseId}`]: manifest,
      'GET /v1/rollouts/r1': rolloutAnswer({
        phase: 'done',
        outcome: 'rolled-back',
        because: 'not in service in time',
      }),
    });
    const ran = await runCommand(['train', 'repeat', '--json', '--url', api.url]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('was rolled-back: not in service in time');
    expect(JSON.parse(ran.stdout)).toMatchObject({
      error: { name: 'CliError', releaseId: release.releaseId, verdicts, rollout: { outcome: 'rolled-back' } },
    });
  });
});

describe('materialize', () => {
  it('tells what was not as expected', async () => {
    const quality = { outcome: 'warned', sourceRows: 9, setAsideRows: 1, broken: ['volume: too few rows'] };
    const output = { action: 'compute', rows: 8, written: 8, stale: 0, materializedTo: null, quality };
    const api = await apiOf({
      'POST /v1/feature-views/a/materializations': { status: 202, body: { executionId: 'materialize:a' } },
      'GET /v1/executions/materialize%3Aa': execution('SUCCEEDED', { output }),
    });
    const ran = await runCommand(['materialize', 'a', '--url', api.url]);
    expect(ran.stdout).toBe('✓ a: 8 rows computed; 8 items online; 1 row set aside\n!   volume: too few rows\n');
  });

  it('computes every view when none is named', async () => {
    const done = (more: object) =>
      execution('SUCCEEDED', { output: { action: 'compute', rows: 1200, written: 300, stale: 0, ...more } });
    const api = await apiOf({
      'GET /v1/feature-views': { body: { featureViews: [{ name: 'a' }, { name: 'b' }] } },
      'POST /v1/feature-views/a/materializations': { status: 202, body: { executionId: 'materialize:a' } },
      'POST /v1/feature-views/b/materializations': { status: 202, body: { executionId: 'materialize:b' } },
      'GET /v1/executions/materialize%3Aa': done({ materializedTo: '2026-01-01T00:00:00.000Z' }),
      'GET /v1/executions/materialize%3Ab': execution('SUCCEEDED', {
        output: { action: 'nothing', because: 'no new rows' },
      }),
    });
    const ran = await runCommand(['materialize', '--url', api.url]);
    expect(ran.stdout).toBe(
      '✓ a: 1,200 rows computed up to 2026-01-01T00:00:00.000Z; 300 items online\n✓ b: nothing to do, no new rows\n',
    );
  });

  it('goes on with the other views when one fails, and names each that failed at the end', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const started = names.map((name) => [
      `POST /v1/feature-views/${name}/materializations`,
      { status: 202, body: { executionId: `materialize:${name}` } },
    ]);
    const output = { action: 'compute', rows: 1, written: 1, stale: 0 };
    const failed = (name: string, message: string) =>
      execution('FAILED', { step: 'Blocked', error: { name, message } });
    const answers: Record<string, Answer> = {
      ...Object.fromEntries(started),
      'GET /v1/feature-views': { body: { featureViews: names.map((name) => ({ name })) } },
      'GET /v1/executions/materialize%3Aa': failed('ExpectationsBrokenError', 'volume: too few rows'),
      'GET /v1/executions/materialize%3Ab': execution('SUCCEEDED', { output }),
      'GET /v1/executions/materialize%3Ac': failed('TableBusyError', 'the table is being written'),
      'GET /v1/executions/materialize%3Ad': execution('SUCCEEDED', { output }),
    };
    const ran = await runCommand(['materialize', '--url', (await apiOf(answers)).url]);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toBe('✓ b: 1 row computed; 1 item online\n✓ d: 1 row computed; 1 item online\n');
    expect(ran.stderr).toContain('materializing a failed at Blocked: volume: too few rows');
    expect(ran.stderr).toContain('materializing c failed at Blocked: the table is being written');
    expect(ran.stderr).toContain('hint: another run writes the table');
    const asJson = await runCommand(['materialize', '--json', '--url', (await apiOf(answers)).url]);
    const { error } = JSON.parse(asJson.stdout);
    expect(error.views.map(({ view }: { view: string }) => view)).toEqual(['b', 'd']);
    expect(error.executions).toHaveLength(2);
  });
});
