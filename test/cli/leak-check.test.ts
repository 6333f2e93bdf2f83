import { describe, expect, it } from 'vitest';
import type { LeakReport } from '../../contracts/leak-check.ts';
import { runCommand } from './run-command.ts';
import { apiOf, execution, failure } from './scripted-api.ts';

const report: LeakReport = {
  checkId: 'c1',
  model: 'churn',
  releaseId: 'abcdef0123456789',
  cause: 'asked by ann',
  at: '2026-03-01T12:00:00.000Z',
  because: 'values that were not known yet would get into orders:refunds',
  testRows: 1_200,
  metrics: {
    auc: { with: 0.71234, without: 0.93, difference: 0.21766, standardError: 0.0123 },
    accuracy: { with: 0.7, without: 0.7, difference: 0, standardError: null },
  },
  features: [
    { ref: 'orders:refunds', rows: 6_000, changed: 1_500, share: 0.25 },
    { ref: 'orders:spend', rows: 6_000, changed: 0, share: 0 },
  ],
};

const answers = {
  'POST /v1/models/churn/leak-checks': { status: 202, body: { executionId: 'train:e1' } },
  'GET /v1/executions/train%3Ae1': execution('SUCCEEDED', { output: report }),
};

describe('leak-check', () => {
  it('starts, follows, and shows metrics and features with and without the knowledge cut', async () => {
    const api = await apiOf(answers);
    const ran = await runCommand(['leak-check', 'churn', '--url', api.url]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('release abcdef012345 of churn, trained again without the knowledge cut');
    expect(ran.stdout).toMatch(/ON 1,200 TEST ROWS +WITH +WITHOUT +DIFFERENCE/);
    expect(ran.stdout).toMatch(/auc +0\.7123 +0\.93 +0\.2177 \(standard error 0\.0123\)/);
    expect(ran.stdout).toMatch(/accuracy +0\.7 +0\.7 +0\n/);
    expect(ran.stdout).toMatch(/orders:refunds +6,000 +1,500 +25 %/);
    expect(ran.stdout).toContain(report.because);
  });

  it('gives a machine the report', async () => {
    const api = await apiOf(answers);
    const ran = await runCommand(['leak-check', 'churn', '--json', '--url', api.url]);
    expect(JSON.parse(ran.stdout)).toEqual(report);
  });

  it('fails with the reason', async () => {
    const because = 'model churn has no release to compare with; train it first';
    const api = await apiOf({ 'POST /v1/models/churn/leak-checks': failure(409, 'conflict', because) });
    const ran = await runCommand(['leak-check', 'churn', '--url', api.url]);
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining(because) });
  });
});
