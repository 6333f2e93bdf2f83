import { beforeEach, describe, expect, it } from 'vitest';
import { BatchPredictionListResponse } from '../../contracts/api/batch-predictions.ts';
import { DriftScanListResponse, LeakCheckListResponse, SkewAuditListResponse } from '../../contracts/api/operations.ts';
import type { DriftReport } from '../../contracts/drift-scan.ts';
import { makeListBatches } from '../../lambdas/handlers/batch/list.ts';
import { makeReadCatalog } from '../../lambdas/handlers/catalog/read.ts';
import { makeReadDriftScans } from '../../lambdas/handlers/drift/read.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makeReadSkewAudits } from '../../lambdas/handlers/skew/read.ts';
import { makeReadLeakChecks } from '../../lambdas/handlers/training/read-leak-checks.ts';
import { type ReportKind, reportKey } from '../../lambdas/use-cases/catalog/model-reports.ts';
import { driftReports } from '../../lambdas/use-cases/drift/drift-reports.ts';
import { call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory, registerChurn } from './platform-in-memory.ts';

const path = { model: 'churn' };
const at = (hour: number) => `2026-03-01T${String(hour).padStart(2, '0')}:00:00.000Z`;

const report = (hour: number): DriftReport => ({
  scanId: `scan-${hour}`,
  model: 'churn',
  releaseId: 'r',
  cause: 'test',
  at: at(hour),
  from: at(0),
  to: at(hour),
  drift: null,
  performance: null,
  health: { outcome: 'healthy', because: 'all came', checks: [] },
  diagnosis: { kind: 'well', because: 'nothing has changed' },
});

let platform: PlatformInMemory;
beforeEach(async () => {
  platform = platformInMemory();
  await registerChurn(platform);
});

async function store(kind: ReportKind, hour: number, body: unknown): Promise<string> {
  const key = reportKey(kind, 'churn', at(hour), `scan-${hour}`);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  await platform.objects.put({ bucket: 'artifact', key }, new TextEncoder().encode(text), 'application/json');
  return key;
}

/** A field of a platform to come, a field that one of before did not write, half a file, another kind of document. */
const damages: readonly (readonly [why: string, body: unknown, because: string])[] = [
  ['is of a later platform', { ...report(2), seasons: [] }, 'the report: Unrecognized key: "seasons"'],
  ['is of an earlier platform', { ...report(2), health: undefined }, 'health: Invalid input'],
  ['was cut short', JSON.stringify(report(2)).slice(0, 40), 'is no JSON'],
  ['is empty', '', 'is no JSON'],
  ['is null', 'null', 'the report: Invalid input: expected object, received null'],
  ['has a time that is none', { ...report(2), at: 'noon' }, 'at: must be an ISO 8601 instant'],
  ['has a diagnosis that there is not', { ...report(2), diagnosis: { kind: 'fine', because: '' } }, 'diagnosis.kind'],
];

describe('a drift report that cannot be read', () => {
  const list = () => call(makeReadDriftScans(platform, silentLog), 'GET /v1/models/{model}/drift', undefined, { path });

  it.each(damages)('because it %s is named in the list, and hides no other', async (_why, body, because) => {
    await store('drift-scan', 1, report(1));
    const key = await store('drift-scan', 2, body);
    await store('drift-scan', 3, report(3));
    const answer = await list();
    expect(answer.status).toBe(200);
    const { scans, unreadable } = DriftScanListResponse.parse(answer.body);
    expect(scans.map(({ scanId }) => scanId)).toEqual(['scan-3', 'scan-1']);
    expect(unreadable).toEqual([{ key, because: expect.stringContaining(because) }]);
  });

  it.each(damages)('because it %s leaves the model and its next scan what can be read', async (_why, body) => {
    await store('drift-scan', 1, report(1));
    await store('drift-scan', 2, body);
    const { status, body: model } = await call(
      makeReadCatalog(platform, silentLog),
      'GET /v1/models/{model}',
      undefined,
      { path },
    );
    expect([status, model['lastScan']]).toEqual([200, expect.objectContaining({ scanId: 'scan-1' })]);
    expect((await driftReports(platform, 'churn')).map(({ scanId }) => scanId)).toEqual(['scan-1']);
  });

  it('is as if the model was never scanned when there is no other', async () => {
    await store('drift-scan', 2, '{');
    const answer = await call(makeReadCatalog(platform, silentLog), 'GET /v1/models/{model}', undefined, { path });
    expect([answer.status, answer.body['lastScan']]).toEqual([200, null]);
  });
});

describe.each([
  ['skew-audit', 'audits', makeReadSkewAudits, SkewAuditListResponse],
  ['leak-check', 'checks', makeReadLeakChecks, LeakCheckListResponse],
] as const)('a report of a %s that cannot be read', (kind, member, make, response) => {
  it('is named in the list', async () => {
    const key = await store(kind, 1, '{');
    const answer = await call(make(platform, silentLog), `GET /v1/models/{model}/${kind}s`, undefined, { path });
    expect(answer.status).toBe(200);
    const unreadable = [{ key, because: expect.stringContaining('is no JSON') }];
    expect(response.parse(answer.body)).toEqual({ [member]: [], unreadable });
  });
});

describe('a batch report that cannot be read', () => {
  it('is named in the list', async () => {
    const objects = { ...platform.objects, downloadUrl: async () => 'https://files.example/x' };
    const key = await store('batch-report', 1, { schema: 'headgate.batch-prediction/v2' });
    const handler = makeListBatches({ ...platform, objects }, silentLog);
    const answer = await call(handler, 'GET /v1/models/{model}/batch-predictions', undefined, { path });
    expect(answer.status).toBe(200);
    expect(BatchPredictionListResponse.parse(answer.body)).toEqual({
      batchPredictions: [],
      unreadable: [{ key, because: expect.stringContaining('schema') }],
    });
  });
});
