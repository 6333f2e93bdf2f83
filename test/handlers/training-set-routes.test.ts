import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EntityTableResponse, TrainingSetResponse } from '../../contracts/api/training-sets.ts';
import { TrainingSetTask } from '../../contracts/training-set-flow.ts';
import { sha256Hex } from '../../core/canonical-json.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makeOpenEntityTable } from '../../lambdas/handlers/training-sets/open-entity-table.ts';
import { makeReadTrainingSet } from '../../lambdas/handlers/training-sets/read.ts';
import { makeStartTrainingSet } from '../../lambdas/handlers/training-sets/start.ts';
import { countingIds } from '../memory/memory-clock-and-ids.ts';
import { memoryWorkflow } from '../memory/memory-workflow.ts';
import { call } from './http-event.ts';
import { tripDefinitions } from './training-set-definitions.ts';
import { type TrainingSetLab, trainingSetLab } from './training-set-lab.ts';

const CSV = new TextEncoder().encode('event_timestamp\n2026-02-01T05:00:00Z\n');
const SHA256 = sha256Hex(CSV);
const request = { features: ['weather:rain'], entities: { sha256: SHA256, format: 'csv' } };

let lab: TrainingSetLab;
const workflow = memoryWorkflow();
beforeAll(async () => {
  lab = await trainingSetLab(tripDefinitions);
  await lab.give('weather', [{ values: { rain: 0.5 }, at: '2026-01-01T00:00:00Z' }]);
});
afterAll(() => lab.close());

const open = (body: object) => call(makeOpenEntityTable(lab, silentLog), 'POST /v1/entity-tables', body);
const start = (body: object, headers: Record<string, string> = {}) =>
  call(makeStartTrainingSet({ ...lab, workflow, ids: countingIds() }, silentLog), 'POST /v1/training-sets', body, {
    headers,
  });
const read = (id: string) =>
  call(makeReadTrainingSet(lab, silentLog), 'GET /v1/training-sets/{id}', undefined, { path: { id } });

describe('the routes of training sets', () => {
  it('take an entity table once, start the flow with what was asked, and answer where to download', async () => {
    const facts = { sha256: SHA256, sizeBytes: CSV.length };
    const missing = await start(request);
    expect([missing.status, missing.body['error']]).toEqual([
      409,
      expect.objectContaining({ message: expect.stringContaining('POST /v1/entity-tables says where to upload it') }),
    ]);
    const { upload } = EntityTableResponse.parse((await open(facts)).body);
    await lab.objects.upload(upload!.url, CSV);
    expect((await open(facts)).body).toEqual({ sha256: SHA256, state: 'uploaded', upload: null });

    const started = await start(request);
    expect(started.status).toBe(202);
    expect(workflow.started).toHaveLength(1);
    const { flow, name, input } = workflow.started[0]!;
    expect([flow, `${flow}:${name}`]).toEqual(['training-set', started.body['executionId']]);
    const task = TrainingSetTask.parse({ ...input, executionName: name });
    expect(task).toMatchObject({ request, cause: 'asked by arn:aws:iam::000000000000:user/ada' });

    const made = await lab.run(task.request, name);
    const { status, body } = await read(made.trainingSetId);
    expect(status).toBe(200);
    const answer = TrainingSetResponse.parse(body);
    expect(answer).toMatchObject({ trainingSetId: made.trainingSetId, rows: 1, uri: made.uri });
    expect(answer.downloads).toEqual([
      {
        name: 'part-00000.parquet',
        url: expect.stringContaining(`training-set/${made.trainingSetId}/part-00000.parquet`),
        sha256: sha256Hex(await lab.bytesOf(made)),
        sizeBytes: (await lab.bytesOf(made)).length,
        expiresAt: '2026-03-01T13:00:00.000Z',
      },
    ]);
    const again = await start({ reproduce: made.trainingSetId });
    expect(again.status).toBe(202);
  });

  it('start one execution under one idempotency key', async () => {
    await lab.upload('event_timestamp\n2026-02-01T05:00:00Z\n');
    const [a, b] = [await start(request, { 'idempotency-key': 'k' }), await start(request, { 'idempotency-key': 'k' })];
    expect(a.body).toEqual(b.body);
    expect((await start(request, { 'idempotency-key': 'l' })).body).not.toEqual(a.body);
  });

  it.each([
    [{}, 400, /give "entities" and exactly one of "features" and "featureService"; or "reproduce" alone/],
    [{ ...request, featureService: 'trip' }, 400, /exactly one of/],
    [{ ...request, reproduce: SHA256 }, 400, /"reproduce" repeats everything/],
    [{ ...request, watermark: 1 }, 400, /unknown watermark; known: features, /],
    [{ ...request, types: { a: 'money' } }, 400, /types.a: must be one of "string", "int64"/],
    [{ ...request, entities: { sha256: 'x', format: 'csv' } }, 400, /entities.sha256: must be a SHA-256.*given "x"/],
    [{ ...request, features: ['weather:snow'] }, 404, /no feature of view "weather" named "snow"; known: rain/],
    [{ reproduce: SHA256 }, 404, /no training set named/],
  ])('refuse %j with %i', async (body, status, message) => {
    const answer = await start(body);
    expect(answer.status).toBe(status);
    expect(answer.text.replaceAll('\\"', '"')).toMatch(message);
  });

  it('refuse ids that are none, and know no other', async () => {
    expect((await read('abc')).status).toBe(400);
    expect((await read('f'.repeat(64))).status).toBe(404);
    expect((await open({ sha256: SHA256, sizeBytes: 2 ** 31 })).text).toContain('at most 1 GiB; split the file');
  });
});
