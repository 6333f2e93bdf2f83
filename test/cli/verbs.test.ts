import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Answer, type Asked, type FakeApi, fakeApi } from './fake-api.ts';
import { runCommand } from './run-command.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Answers by `METHOD path`; a list is answered one after the other, the last one for ever. */
async function apiOf(
  answers: Readonly<Record<string, Answer | readonly Answer[] | ((url: string) => Answer)>>,
): Promise<FakeApi> {
  const turns = new Map<string, number>();
  const api = await fakeApi((asked: Asked, url) => {
    const name = `${asked.method} ${asked.path}`;
    const answer = answers[name];
    if (answer === undefined) return failure(404, 'not-found', `no answer for ${name}`);
    if (typeof answer === 'function') return answer(url);
    if (!Array.isArray(answer)) return answer as Answer;
    const turn = turns.get(name) ?? 0;
    turns.set(name, turn + 1);
    return (answer as readonly Answer[])[Math.min(turn, answer.length - 1)]!;
  });
  cleanups.push(api.stop);
  return api;
}

async function fileOf(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-cli-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

function failure(status: number, kind: string, message: string, details: object = {}): Answer {
  return { status, body: { error: { name: 'TestError', kind, message, details } } };
}

function execution(status: string, more: object = {}): Answer {
  const times = { startedAt: '2026-01-01T00:00:00.000Z', endedAt: null };
  return {
    body: { executionId: 'x', flow: 'train', status, step: 'LoadFile', output: null, error: null, ...times, ...more },
  };
}

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

  it('follows the training and then the rollout', async () => {
    const api = await apiOf({
      'POST /v1/models/repeat/trainings': started,
      'GET /v1/executions/train%3At1': [
        execution('RUNNING', { step: 'PrepareEvaluation' }),
        execution('SUCCEEDED', { output: release }),
      ],
      'GET /v1/executions/rollout%3Ar1': execution('SUCCEEDED', {
        output: { outcome: 'promoted', because: 'all steps done' },
      }),
    });
    const ran = await runCommand(['train', 'repeat', '--as-of', '2026-01-01', '--url', api.url]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('auc 0.8123');
    expect(ran.stdout).toContain('✓ metric(auc)');
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
    const api = await apiOf({
      'POST /v1/models/repeat/trainings': started,
      'GET /v1/executions/train%3At1': execution('SUCCEEDED', { output: failed }),
    });
    const ran = await runCommand(['train', 'repeat', '--url', api.url]);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('✗ metric(auc) (fail)');
    expect(ran.stderr).toContain('did not pass its gates: metric(auc): 0.6 is below 0.7');
  });

  it('ends with code 1 when it was rolled back', async () => {
    const api = await apiOf({
      'POST /v1/models/repeat/trainings': started,
      'GET /v1/executions/train%3At1': execution('SUCCEEDED', { output: release }),
      'GET /v1/executions/rollout%3Ar1': execution('SUCCEEDED', {
        output: { outcome: 'rolled-back', because: 'not in service in time' },
      }),
    });
    const ran = await runCommand(['train', 'repeat', '--json', '--url', api.url]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('was rolled-back: not in service in time');
    expect(JSON.parse(ran.stdout)).toMatchObject({
      error: { name: 'CliError', releaseId: release.releaseId, rollout: { outcome: 'rolled-back' } },
    });
  });
});

describe('materialize', () => {
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
});

describe('predict', () => {
  const answer = {
    predictionId: 'p1',
    model: 'repeat',
    releaseId: 'cd'.repeat(32),
    arm: 'champion',
    prediction: { score: 0.71239, decision: true },
    features: {
      'spend:total': { value: 12.5, status: 'PRESENT', eventTime: null },
      'profile:country': { value: null, status: 'NOT_FOUND', eventTime: null },
    },
  };

  it('shows score, decision and features with their status', async () => {
    const api = await apiOf({ 'POST /v1/models/repeat/predictions': { body: answer } });
    vi.stubEnv('HEADGATE_URL', api.url);
    const ran = await runCommand(['predict', 'repeat', 'customer_id=C1']);
    expect(ran.stdout).toContain('repeat 0.7124  yes');
    expect(ran.stdout).toMatch(/spend:total +12\.5 +PRESENT/);
    expect(ran.stdout).toMatch(/profile:country +- +NOT_FOUND/);
    expect(JSON.parse(api.asked.at(-1)!.body)).toEqual({ entities: { customer_id: 'C1' } });
  });

  it('sends a number where the platform says that the key is one', async () => {
    const details = { at: 'entities.customer_id', allowed: 'int64' };
    const api = await apiOf({
      'POST /v1/models/repeat/predictions': [
        failure(400, 'invalid-input', 'must be a whole number', details),
        { body: answer },
      ],
    });
    const ran = await runCommand(['predict', 'repeat', 'customer_id=17850', '--json', '--url', api.url]);
    expect(JSON.parse(ran.stdout)).toEqual(answer);
    expect(JSON.parse(api.asked[1]!.body)).toEqual({ entities: { customer_id: 17850 } });
  });

  it('tells what the platform refused', async () => {
    const message = 'no model named "repaet"; known: repeat';
    const api = await apiOf({ 'POST /v1/models/repaet/predictions': failure(404, 'not-found', message) });
    const ran = await runCommand(['predict', 'repaet', 'customer_id=C1', '--json', '--url', api.url]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`headgate: ${message}`);
    expect(JSON.parse(ran.stdout)).toEqual({ error: { name: 'TestError', kind: 'not-found', message, details: {} } });
  });

  it('waits and asks again, with the same key, while the platform is busy', async () => {
    const busy = { ...failure(429, 'throttled', 'slow down'), headers: { 'retry-after': '0' } };
    const api = await apiOf({ 'POST /v1/models/repeat/predictions': [busy, busy, { body: answer }] });
    expect((await runCommand(['predict', 'repeat', 'customer_id=C1', '--url', api.url])).code).toBe(0);
    expect(api.asked).toHaveLength(3);
    expect(new Set(api.asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });
});

describe('outcomes', () => {
  it.each([
    [
      'JSON lines',
      'o.jsonl',
      '{"predictionId":"p1","value":true,"occurredAt":"2026-01-01T00:00:00Z"}\n\n{"predictionId":"p2","value":0.5,"occurredAt":"2026-01-02T00:00:00Z"}\n',
    ],
    [
      'a JSON array',
      'o.json',
      '[{"predictionId":"p1","value":true,"occurredAt":"2026-01-01T00:00:00Z"},{"predictionId":"p2","value":0.5,"occurredAt":"2026-01-02T00:00:00Z"}]',
    ],
    ['CSV', 'o.csv', 'predictionId,value,occurredAt\np1,true,2026-01-01T00:00:00Z\np2,0.5,2026-01-02T00:00:00Z\n'],
  ])('reads %s', async (_what, name, given) => {
    const receipts = [
      { predictionId: 'p1', status: 'recorded' },
      { predictionId: 'p2', status: 'unknown-prediction' },
    ];
    const api = await apiOf({
      'POST /v1/models/repeat/outcomes': { body: { receipts, counts: { recorded: 1, 'unknown-prediction': 1 } } },
    });
    const ran = await runCommand(['outcomes', 'repeat', await fileOf(name, given), '--url', api.url]);
    expect(ran.stdout).toBe('1 outcome recorded\n1 outcome unknown-prediction\n  there is no prediction p2\n');
    expect(JSON.parse(api.asked[0]!.body)).toEqual({
      outcomes: [
        { predictionId: 'p1', value: true, occurredAt: '2026-01-01T00:00:00Z' },
        { predictionId: 'p2', value: 0.5, occurredAt: '2026-01-02T00:00:00Z' },
      ],
    });
  });

  it.each([
    ['nothing', '', 'there are no outcomes'],
    ['a line that is no outcome', '{"predictionId":"p1"}', 'line 1 is not an outcome'],
    ['a line that is no JSON', '{"predictionId"', 'line 1 is not JSON'],
    ['a value that is text', 'predictionId,value,occurredAt\np1,maybe,2026-01-01', 'line 2 is not an outcome'],
  ])('refuses %s', async (_why, given, says) => {
    const ran = await runCommand(['outcomes', 'repeat', await fileOf('o', given), '--url', 'http://127.0.0.1:9']);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(says);
  });
});

describe('status and releases', () => {
  const route = {
    model: 'repeat',
    endpointName: 'e',
    champion: { releaseId: 'ef'.repeat(32), variant: 'champion' },
    epoch: 3,
  };
  const release = {
    releaseId: 'ef'.repeat(32),
    model: 'repeat',
    createdAt: '2026-01-01T00:00:00.000Z',
    passed: true,
    trainingSetId: 't',
    metrics: { auc: 0.9 },
    manifestUri: 's3://x',
  };

  it('gives an overview', async () => {
    const view = {
      name: 'spend',
      version: 'abc',
      entity: 'customer',
      source: { rows: 5000 },
      offline: { rows: 70, materializedTo: null, newestEventTime: null },
      isFresh: false,
    };
    const api = await apiOf({
      'GET /health': { body: { status: 'ok', version: '0.1.0', stage: 'dev' } },
      'GET /v1/feature-views': { body: { featureViews: [view] } },
      'GET /v1/models': {
        body: {
          models: [
            { name: 'repeat', route, isDefined: true },
            { name: 'old', route: null, isDefined: false },
          ],
        },
      },
    });
    const ran = await runCommand(['status', '--url', api.url]);
    expect(ran.stdout).toMatch(/spend +abc +customer +5,000 +70 +never +stale/);
    expect(ran.stdout).toMatch(/repeat +efefefefefef/);
    expect(ran.stdout).toMatch(/old +not deployed +no longer defined/);
  });

  it('gives one model', async () => {
    const api = await apiOf({
      'GET /v1/models/repeat': {
        body: { name: 'repeat', route, newestRelease: release, newestRollout: null, definition: null },
      },
    });
    const ran = await runCommand(['status', 'repeat', '--url', api.url]);
    expect(ran.stdout).toContain(`answered by  ${route.champion.releaseId} on champion`);
  });

  it('lists the releases of every page', async () => {
    const api = await apiOf({
      'GET /v1/models/repeat/releases': { body: { releases: [release], next: 'n 1' } },
      'GET /v1/models/repeat/releases?cursor=n%201': {
        body: { releases: [{ ...release, passed: false }], next: null },
      },
    });
    const ran = await runCommand(['releases', 'repeat', '--url', api.url]);
    expect(ran.stdout.split('\n')).toHaveLength(4);
    expect(ran.stdout).toContain('did not pass');
  });
});
