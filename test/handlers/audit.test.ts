import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { EXCHANGES } from '../../contracts/api/openapi.ts';
import { makeSignCheckpoints } from '../../lambdas/handlers/audit/checkpoint.ts';
import { makeReadCheckpoints } from '../../lambdas/handlers/audit/read-checkpoints.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { auditKey } from '../audit-key.ts';
import { memoryCheckpointLog } from '../memory/memory-checkpoint-log.ts';
import { call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory, registerChurn } from './platform-in-memory.ts';

const context = {} as Context; // the handlers do not look at it
const key = auditKey();
let platform: PlatformInMemory;
let deps: Parameters<typeof makeSignCheckpoints>[0];

beforeEach(async () => {
  platform = platformInMemory();
  await registerChurn(platform);
  deps = { ...platform, checkpoints: memoryCheckpointLog(), signer: key.signer, auditBucket: 'audit' };
});

describe('the function that signs', () => {
  it('signs the model of the event, and every model for the schedule', async () => {
    const sign = makeSignCheckpoints(deps);
    const event = { 'detail-type': 'headgate.rollout.promoted', detail: { subject: 'churn', data: {} } };
    expect(await sign(event, context)).toEqual({ signed: [{ model: 'churn', position: 1 }] });
    expect(await sign({}, context)).toEqual({ signed: [] });
  });

  it('refuses an event that names no model', async () => {
    await expect(makeSignCheckpoints(deps)({ detail: {} }, context)).rejects.toThrow();
  });
});

describe('the checkpoints of a model', () => {
  const read = (model: string, query: Readonly<Record<string, string>> = {}) =>
    call(
      makeReadCheckpoints({ registry: platform.registry, checkpoints: deps.checkpoints }, silentLog),
      'GET /v1/models/{model}/audit-checkpoints',
      undefined,
      { path: { model }, query },
    );

  it('are told with their key', async () => {
    await makeSignCheckpoints(deps)({}, context);
    const { status, body } = await read('churn');
    expect(status).toBe(200);
    EXCHANGES.listAuditCheckpoints.response.parse(body);
    expect(body).toMatchObject({ checkpoints: [{ position: 1, keyId: key.keyId, publicKey: key.publicKey }] });
  });

  it('come a page at a time', async () => {
    await makeSignCheckpoints(deps)({}, context);
    expect((await read('churn', { limit: '1' })).body).toMatchObject({ checkpoints: [{ position: 1 }], next: 2 });
    expect((await read('churn', { from: '2' })).body).toEqual({ checkpoints: [], next: null });
    expect((await read('churn', { limit: '501' })).status).toBe(400);
  });

  it('are those of a model that there is', async () => {
    expect((await read('nobody')).status).toBe(404);
  });
});
