import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartBatchPredictionRequest } from '../../contracts/api/batch-predictions.ts';
import type { BatchPredictionReport } from '../../contracts/batch-prediction.ts';
import type { Answer } from './fake-api.ts';
import { runCommand } from './run-command.ts';
import { apiOf, execution, fileOf } from './scripted-api.ts';

const CSV = 'customer_id\n7\n';
const SHA256 = createHash('sha256').update(CSV).digest('hex');
/** The fake server answers JSON: this is the body of every file. */
const PART = createHash('sha256').update(JSON.stringify('rows')).digest('hex');
const PATH = '/v1/models/churn/batch-predictions';
const at = '2026-03-01T12:00:00.000Z';

const report: BatchPredictionReport = {
  schema: 'headgate.batch-prediction/v1',
  batchId: 'b'.repeat(32),
  model: 'churn',
  releaseId: 'a'.repeat(64),
  asOf: at,
  cause: 'asked by tests',
  actor: 'tests',
  startedAt: at,
  at,
  uri: 's3://artifacts/batch-prediction/churn/b/',
  rows: 1_200,
  scored: 1_198,
  refused: 2,
  positive: 300,
  meanScore: 0.25,
  entities: { from: 'views', sha256: null },
  watermarks: {},
  artifactSha256: 'c'.repeat(64),
  files: [{ name: 'part-00000.parquet', sha256: PART, sizeBytes: 6, rows: 1_200 }],
  published: { written: 1_190, stale: 8 },
  job: { seconds: 90, instanceType: 'ml.m5.xlarge', instances: 1, usd: 0.0062 },
};

const listed = (url: string, files = report.files): Answer => ({
  body: {
    batchPredictions: [
      {
        ...report,
        downloads: files.map(({ name, sha256, sizeBytes }) => ({
          name,
          url: `${url}/${name}?sig=1`,
          sha256,
          sizeBytes,
          expiresAt: at,
        })),
      },
    ],
    unreadable: [],
  },
});

const flow = {
  [`POST ${PATH}`]: { status: 202, body: { executionId: 'batch-predict:e1' } },
  'GET /v1/executions/batch-predict%3Ae1': [
    execution('RUNNING', { step: 'Encode' }),
    execution('SUCCEEDED', { output: report }),
  ],
  [`GET ${PATH}`]: (url: string) => listed(url),
  'GET /part-00000.parquet?sig=1': { body: 'rows' },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-batch-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('batch-predict', () => {
  it('waits for the scores, tells what came of them and what they cost, and downloads them', async () => {
    const api = await apiOf(flow);
    const ran = await runCommand(['batch-predict', 'churn', '--download', join(folder, 'scores'), '--url', api.url]);
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining('encode')]);
    expect(ran.stdout).toContain(
      '1,198 of 1,200 entities scored by release aaaaaaaaaaaa as of 2026-03-01T12:00:00.000Z',
    );
    expect(ran.stdout).toContain('refused   2, which lack features');
    expect(ran.stdout).toContain('0.25 on average, 300 positive');
    expect(ran.stdout).toContain('online    1,190 answers, 8 of a later run stayed');
    expect(ran.stdout).toContain('job       90 s on 1 × ml.m5.xlarge, $0.0062 at list price');
    expect(await readdir(join(folder, 'scores'))).toEqual(['part-00000.parquet']);
  });

  it('uploads a file of entities first, and asks for the instant', async () => {
    const opened = { sha256: SHA256, state: 'uploaded', upload: null };
    const api = await apiOf({ ...flow, 'POST /v1/entity-tables': { body: opened } });
    const file = await fileOf('vips.csv', CSV);
    const ran = await runCommand(['batch-predict', 'churn', '--entities', file, '--as-of', at, '--url', api.url]);
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining('vips.csv')]);
    const posted = api.asked.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body));
    expect(posted[1]).toEqual({ asOf: at, entities: { sha256: SHA256, format: 'csv' } });
    expect(StartBatchPredictionRequest.safeParse(posted[1]).success).toBe(true);
  });

  it('says why nothing was predicted', async () => {
    const nothing = { action: 'nothing', model: 'churn', because: 'model churn has no champion yet' };
    const api = await apiOf({
      ...flow,
      'GET /v1/executions/batch-predict%3Ae1': [execution('SUCCEEDED', { output: nothing })],
    });
    const ran = await runCommand(['batch-predict', 'churn', '--url', api.url]);
    expect([ran.code, ran.stdout]).toEqual([0, 'nothing was predicted: model churn has no champion yet\n']);
  });

  it('lists runs, and says how to make the first', async () => {
    const api = await apiOf(flow);
    const ran = await runCommand(['batch-predict', 'churn', '--list', '--url', api.url]);
    expect(ran.stdout).toMatch(/2026-03-01T12:00:00.000Z +aaaaaaaaaaaa +1,198 +2 +1,190 +\$0.0062 +s3:/);
    const empty = await apiOf({ [`GET ${PATH}`]: { body: { batchPredictions: [], unreadable: [] } } });
    expect((await runCommand(['batch-predict', 'churn', '--list', '--url', empty.url])).stdout).toContain(
      'headgate batch-predict churn',
    );
  });

  it('tells where results lie that cannot be downloaded any more', async () => {
    const api = await apiOf({ ...flow, [`GET ${PATH}`]: (url: string) => listed(url, []) });
    const ran = await runCommand(['batch-predict', 'churn', '--download', folder, '--url', api.url]);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining(report.uri)]);
  });
});
