import { beforeEach, describe, expect, it } from 'vitest';
import { OpenIngestionResponse } from '../../contracts/api/ingestions.ts';
import type { IngestionTask } from '../../contracts/ingestion-task.ts';
import { sha256Hex } from '../../core/canonical-json.ts';
import { makeOpenIngestion } from '../../lambdas/handlers/ingestion/open-ingestion.ts';
import { makeStartIngestion } from '../../lambdas/handlers/ingestion/start-ingestion.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { loadFile } from '../../lambdas/use-cases/ingestion/load-file.ts';
import { type Answer, call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory } from './platform-in-memory.ts';

const bytes = new TextEncoder().encode(
  'customer_id,Ordered At,amount,quantity,country,gift\n7,2026-02-01,1,1,x,true\n',
);
const file = { fileName: 'Orders.CSV', sha256: sha256Hex(bytes), sizeBytes: bytes.length };

let platform: PlatformInMemory;
let open: (body?: object) => Promise<Answer>;
let start: (id: string) => Promise<Answer>;

beforeEach(() => {
  platform = platformInMemory();
  const opener = makeOpenIngestion(platform, silentLog);
  const starter = makeStartIngestion(platform, silentLog);
  open = (body = file) =>
    call(opener, 'POST /v1/feature-views/{view}/ingestions', body, { path: { view: 'last_order' } });
  start = (id) =>
    call(starter, 'POST /v1/feature-views/{view}/ingestions/{id}', file, { path: { view: 'last_order', id } });
});

describe('an ingestion', () => {
  it('goes from announced to uploaded to committed, and is the same for the same file', async () => {
    const announced = OpenIngestionResponse.parse((await open()).body);
    expect(announced).toMatchObject({ source: 'orders', state: 'awaiting-upload', upload: { method: 'PUT' } });
    expect(announced.upload?.expiresAt).toBe('2026-03-01T13:00:00.000Z');
    expect((await open({ ...file, fileName: 'other.csv' })).body['ingestionId']).toBe(announced.ingestionId);
    expect((await open({ ...file, history: true })).body['ingestionId']).toBe(announced.ingestionId);

    await platform.objects.upload(announced.upload!.url, bytes);
    expect((await open()).body).toMatchObject({ state: 'uploaded', upload: null });

    const started = await start(announced.ingestionId);
    expect(started).toMatchObject({ status: 202, body: { executionId: `ingest:${announced.ingestionId}-1` } });
    const [execution] = platform.workflow.started;
    expect(execution?.input).toMatchObject({ source: 'orders', format: 'csv', history: false });
    await loadFile(platform, execution?.input as IngestionTask);
    expect((await open()).body).toMatchObject({ state: 'committed', report: { rowsWritten: 1 } });
  });

  it('cannot start before the file is there', async () => {
    const { body } = await open();
    const { status, body: answer } = await start(String(body['ingestionId']));
    expect(status).toBe(409);
    expect(JSON.stringify(answer)).toContain('PUT it to the upload URL first');
  });

  it('is started once while it runs or after it has succeeded, and anew after it failed', async () => {
    const { ingestionId, upload } = OpenIngestionResponse.parse((await open()).body);
    await platform.objects.upload(upload!.url, bytes);
    const first = `ingest:${ingestionId}-1`;
    const ids = await Promise.all([start(ingestionId), start(ingestionId)]);
    expect(ids.map(({ body }) => body['executionId'])).toEqual([first, first]);
    platform.workflow.end(first, { status: 'FAILED' });
    expect((await start(ingestionId)).body['executionId']).toBe(`ingest:${ingestionId}-2`);
    platform.workflow.end(`ingest:${ingestionId}-2`, { status: 'SUCCEEDED' });
    expect((await start(ingestionId)).body['executionId']).toBe(`ingest:${ingestionId}-2`);
    expect(platform.workflow.started).toHaveLength(2);
  });
});
