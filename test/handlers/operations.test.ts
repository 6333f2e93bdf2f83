import { beforeEach, describe, expect, it } from 'vitest';
import { ExecutionResponse } from '../../contracts/api/operations.ts';
import { RolloutRequest } from '../../contracts/rollout.ts';
import { makeDescribeExecution } from '../../lambdas/handlers/operations/describe-execution.ts';
import { makeStartLeakCheck } from '../../lambdas/handlers/operations/start-leak-check.ts';
import { makeStartMaterialization } from '../../lambdas/handlers/operations/start-materialization.ts';
import { makeStartRollout } from '../../lambdas/handlers/operations/start-rollout.ts';
import { makeStartTraining } from '../../lambdas/handlers/operations/start-training.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory, promote, registerChurn } from './platform-in-memory.ts';

const ADA = 'arn:aws:iam::000000000000:user/ada';
let platform: PlatformInMemory;
beforeEach(() => {
  platform = platformInMemory();
});

describe('long-running work', () => {
  it('is started with what was asked, and can be asked how far it has come', async () => {
    const start = makeStartMaterialization(platform, silentLog);
    const route = 'POST /v1/feature-views/{view}/materializations';
    const body = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' };
    const { status, body: answer } = await call(start, route, body, { path: { view: 'spend' } });
    expect(status).toBe(202);
    expect(platform.workflow.started[0]).toMatchObject({
      flow: 'materialize',
      input: { view: 'spend', fromMs: Date.parse(body.from), toMs: Date.parse(body.to), cause: `asked by ${ADA}` },
    });
    const describeExecution = makeDescribeExecution(platform, silentLog);
    const id = String(answer['executionId']);
    for (const spelled of [id, encodeURIComponent(id)]) {
      const { body: found } = await call(describeExecution, 'GET /v1/executions/{id}', undefined, {
        path: { id: spelled },
      });
      expect(ExecutionResponse.parse(found)).toMatchObject({ executionId: id, status: 'RUNNING' });
    }
  });

  it('is started anew by each call, and once under an idempotency key', async () => {
    await registerChurn(platform);
    const start = makeStartTraining(platform, silentLog);
    const train = (headers: Record<string, string> = {}, body: object = {}) =>
      call(start, 'POST /v1/models/{model}/trainings', body, { path: { model: 'churn' }, headers });
    const end = ({ body }: { readonly body: Record<string, unknown> }) =>
      platform.workflow.end(String(body['executionId']), { status: 'FAILED', step: 'Plan' });
    const first = await train();
    end(first);
    const second = await train();
    expect(second.body).not.toEqual(first.body);
    end(second);
    const keyed = await train({ 'idempotency-key': 'monday' });
    expect((await train({ 'idempotency-key': 'monday' })).body).toEqual(keyed.body);
    end(keyed);
    expect((await train({ 'idempotency-key': 'monday' })).body).toEqual(keyed.body);
    expect((await train({ 'idempotency-key': 'monday' }, { asOf: '2026-01-01T00:00:00Z' })).body).not.toEqual(
      keyed.body,
    );
    expect(platform.workflow.started).toHaveLength(4);
    expect(platform.workflow.started[0]?.input).toEqual({ model: 'churn', cause: `asked by ${ADA}`, actor: ADA });
  });

  it('does not train a model whose stack is not deployed', async () => {
    const start = makeStartTraining(platform, silentLog);
    const answer = await call(start, 'POST /v1/models/{model}/trainings', {}, { path: { model: 'churn' } });
    expect(answer.status).toBe(404);
  });

  it('checks a model for leaks in the train flow, without the knowledge cut, when there is a release', async () => {
    await registerChurn(platform);
    const start = makeStartLeakCheck(platform, silentLog);
    const check = (body: object = {}) =>
      call(start, 'POST /v1/models/{model}/leak-checks', body, { path: { model: 'churn' } });
    expect(await check()).toMatchObject({
      status: 409,
      body: { error: { message: expect.stringContaining('train') } },
    });
    await promote(platform);
    expect((await check({ asOf: '2026-01-01T00:00:00Z' })).status).toBe(400); // it stands where the release stood
    const { status, body } = await check();
    expect([status, body['executionId']]).toEqual([202, expect.stringMatching(/^train:[0-9a-f]{32}$/)]);
    expect(platform.workflow.started.map(({ flow, input }) => [flow, input])).toEqual([
      ['train', { model: 'churn', knowledgeCut: false, cause: `asked by ${ADA}`, actor: ADA }],
    ]);
  });

  it('rolls out a release that passed, and no other', async () => {
    await registerChurn(platform);
    const releaseId = await promote(platform);
    const start = makeStartRollout(platform, silentLog);
    const rollOut = (id: string) =>
      call(start, 'POST /v1/models/{model}/rollouts', { releaseId: id }, { path: { model: 'churn' } });
    const { status, body } = await rollOut(releaseId);
    expect(status).toBe(202);
    const input = RolloutRequest.parse(platform.workflow.started[0]?.input);
    expect(input).toMatchObject({ model: 'churn', releaseId, actor: ADA });
    expect(body['executionId']).toBe(`rollout:${input.rolloutId}`);

    const failed = 'f'.repeat(64);
    const summary = await platform.registry.release(releaseId);
    const event = { action: 'x', actor: ADA, at: '2026-03-01T12:00:00.000Z', detail: {} };
    await platform.registry.addRelease({ ...summary, releaseId: failed, passed: false }, event);
    const refused = await rollOut(failed);
    expect(refused.status).toBe(409);
    expect(JSON.stringify(refused.body)).toContain('did not pass its gates');
  });
});
