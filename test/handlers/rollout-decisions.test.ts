import { beforeEach, describe, expect, it } from 'vitest';
import { EXCHANGES } from '../../contracts/api/openapi.ts';
import { API_ROUTES, type OperationId } from '../../contracts/api/routes.ts';
import { firstBrokenRecord } from '../../core/audit/audit-record.ts';
import { HOUR_MS } from '../../core/clock.ts';
import type { Rollout } from '../../core/rollout/rollout.ts';
import { makeReadCatalog } from '../../lambdas/handlers/catalog/read.ts';
import { makeDecideApproval } from '../../lambdas/handlers/operations/decide-approval.ts';
import { makeHoldModel } from '../../lambdas/handlers/operations/hold-model.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { newRollout } from '../new-rollout.ts';
import { call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory, registerChurn } from './platform-in-memory.ts';

const ADA = 'arn:aws:iam::000000000000:user/ada';
const T = '2026-03-01T12:00:00.000Z';
const TOKEN = 'ab'.repeat(32);
const about = { action: 'test', actor: 'test', at: T, detail: {} };

let platform: PlatformInMemory;
beforeEach(async () => {
  platform = platformInMemory();
  await registerChurn(platform);
});

async function read(operationId: OperationId, path: Record<string, string>, query = {}) {
  const route = API_ROUTES.find((one) => one.operationId === operationId)!;
  const handler = makeReadCatalog(platform, silentLog);
  const answer = await call(handler, `${route.method} ${route.path}`, undefined, { path, query });
  if (answer.status === 200) EXCHANGES[operationId].response.parse(answer.body);
  return answer;
}

async function actions(): Promise<readonly string[]> {
  const chain = await platform.registry.audit('churn', 1, 100);
  expect(firstBrokenRecord(chain)).toBeNull();
  return chain.map(({ action }) => action);
}

async function hold(body: object) {
  const answer = await call(makeHoldModel(platform, silentLog), 'POST /v1/models/{model}/holds', body, {
    path: { model: 'churn' },
  });
  if (answer.status === 200) EXCHANGES.holdModel.response.parse(answer.body);
  return answer;
}

describe('a hold', () => {
  it('says who holds the model and why until it is released, each audited and told once', async () => {
    const held = { model: 'churn', actor: ADA, because: 'incident 7', at: T };
    expect((await hold({ hold: true, because: 'incident 7' })).body).toEqual({ model: 'churn', hold: held });
    platform.clock.advance(HOUR_MS);
    expect((await hold({ hold: true, because: 'incident 7' })).body['hold']).toEqual(held);
    expect((await read('getModel', { model: 'churn' })).body['hold']).toEqual(held);
    expect((await hold({ hold: false, because: 'over' })).body).toEqual({ model: 'churn', hold: null });
    await hold({ hold: false, because: 'over' });
    expect((await read('getModel', { model: 'churn' })).body['hold']).toBeNull();
    expect(await actions()).toEqual(['test', 'model.held', 'model.released']);
    expect(platform.events.published).toMatchObject([
      { type: 'headgate.model.held', subject: 'churn', data: { because: 'incident 7', actor: ADA } },
      { type: 'headgate.model.released', data: { because: 'over', before: held } },
    ]);
  });

  it('for another reason takes the place of the one there', async () => {
    await hold({ hold: true, because: 'one' });
    await hold({ hold: true, because: 'two' });
    expect((await read('getModel', { model: 'churn' })).body['hold']).toMatchObject({ because: 'two' });
    expect(await actions()).toEqual(['test', 'model.held', 'model.held']);
  });

  it('needs a reason, and a model that is deployed', async () => {
    expect((await hold({ hold: true })).text).toContain('must say why');
    const answer = await call(
      makeHoldModel(platform, silentLog),
      'POST /v1/models/{model}/holds',
      { hold: true, because: 'x' },
      { path: { model: 'nobody' } },
    );
    expect([answer.status, answer.text]).toEqual([404, expect.stringContaining('known: churn')]);
  });
});

/** A rollout that waits for a person's word, one hour long. */
async function waiting(change: Partial<Rollout> = {}): Promise<Rollout> {
  const approval = {
    token: TOKEN,
    requestedAt: T,
    expiresAt: '2026-03-01T13:00:00.000Z',
    decision: null,
    actor: null,
    comment: null,
    decidedAt: null,
  };
  const begun = newRollout('p1', { releaseId: 'c'.repeat(64) });
  const { fence } = await platform.registry.beginRollout(begun, about);
  await platform.registry.keepTaskToken('p1', 'task-1');
  const next: Rollout = { ...begun, phase: 'approval', approval, ...change };
  return platform.registry.changeRollout({ seen: begun, next, route: null, fence }, about);
}

async function decide(body: object) {
  const word = { decision: 'approve', comment: 'read the card', token: TOKEN, ...body };
  const answer = await call(makeDecideApproval(platform, silentLog), 'POST /v1/rollouts/{id}/approval', word, {
    path: { id: 'p1' },
  });
  if (answer.status === 200) EXCHANGES.decideApproval.response.parse(answer.body);
  return answer;
}

describe("a person's word on a rollout", () => {
  it.each([
    ['approve', 'approval.approved', 'headgate.rollout.approved'],
    ['reject', 'approval.rejected', 'headgate.rollout.rejected-by-person'],
  ])('%s: is written with who and why, and wakes the flow', async (decision, action, type) => {
    await waiting();
    const { status, body } = await decide({ decision });
    expect(status).toBe(200);
    const word = { decision, actor: ADA, comment: 'read the card', decidedAt: T };
    expect(body).toMatchObject({ phase: 'approval', outcome: null, approval: word });
    expect((await platform.registry.rollout('p1')).approval).toMatchObject(word);
    expect((await platform.registry.audit('churn', 4, 1))[0]).toMatchObject({
      action,
      actor: ADA,
      detail: { rolloutId: 'p1', token: TOKEN, comment: 'read the card' },
    });
    expect(platform.events.published.map((one) => one.type)).toEqual([type]);
    expect(platform.workflow.woken).toEqual([{ taskToken: 'task-1', output: { decision } }]);
  });

  it('counts once, and cannot be taken back', async () => {
    await waiting();
    await decide({});
    expect((await decide({})).status).toBe(200);
    expect(await actions()).toHaveLength(4);
    const other = await decide({ decision: 'reject' });
    expect([other.status, other.text]).toEqual([409, expect.stringContaining(`was approved by ${ADA}`)]);
  });

  it('is refused when it is about something else than what waits', async () => {
    await waiting();
    const other = await decide({ token: 'ef'.repeat(32) });
    expect([other.status, other.text]).toEqual([409, expect.stringContaining('another thing')]);
    expect((await platform.registry.rollout('p1')).approval?.decision).toBeNull();
  });

  it('comes too late after the time that was given for it', async () => {
    await waiting();
    platform.clock.advance(HOUR_MS + 1);
    const late = await decide({});
    expect([late.status, late.text]).toEqual([409, expect.stringContaining('until 2026-03-01T13:00:00.000Z')]);
    expect(platform.workflow.woken).toEqual([]);
  });

  it('is refused where nobody asked, where it was stopped meanwhile, and for an unknown rollout', async () => {
    expect((await decide({})).status).toBe(404);
    await waiting({ phase: 'restoring' });
    expect((await decide({})).text).toContain('it is in phase restoring');
    platform = platformInMemory();
    await registerChurn(platform);
    await platform.registry.beginRollout(newRollout('p1'), about);
    expect((await decide({})).text).toContain('asks nobody for approval');
  });

  it.each([
    [{ comment: '' }, 'must say why'],
    [{ decision: 'maybe' }, 'decision'],
    [{ token: 'abc' }, 'must be the token'],
  ])('refuses %j', async (body, says) => {
    await waiting();
    const answer = await decide(body);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(says)]);
  });
});

describe('rollouts', () => {
  it('are listed newest first, a page at a time, each once', async () => {
    for (const [i, id] of ['p1', 'p2', 'p3'].entries()) {
      const begun = newRollout(id, { startedAt: `2026-03-0${i + 1}T00:00:00.000Z` });
      const { fence } = await platform.registry.beginRollout(begun, about);
      const next: Rollout = { ...begun, phase: 'done', outcome: 'rejected', because: 'x', endedAt: T };
      await platform.registry.changeRollout({ seen: begun, next, route: null, fence }, about);
    }
    const page = async (query: object) => {
      const { body } = await read('listRollouts', { model: 'churn' }, query);
      const ids = (body['rollouts'] as { rolloutId: string }[]).map(({ rolloutId }) => rolloutId);
      return [ids, body['next']];
    };
    expect(await page({ limit: '2' })).toEqual([['p3', 'p2'], 'p2']);
    expect(await page({ limit: '2', cursor: 'p2' })).toEqual([['p1'], null]);
    expect((await read('listRollouts', { model: 'churn' }, { cursor: 'p9' })).status).toBe(400);
    expect((await read('listRollouts', { model: 'nobody' })).status).toBe(404);
  });

  it('show the checks of their newest look', async () => {
    const reportUri = 's3://artifacts/rollout/churn/p1/look-1.json';
    const look = { at: T, number: 1, verdict: 'continue' as const, because: 'too few', reportUri };
    await waiting({ phase: 'canary', look });
    expect((await read('getRollout', { id: 'p1' })).body).toMatchObject({ phase: 'canary', checks: null });
    const check = {
      metric: 'errors',
      baseline: 0.01,
      candidate: 0.02,
      observed: 0.01,
      interval: { low: -0.01, high: 0.03 },
      limit: 0.01,
      n: { baseline: 100, candidate: 50 },
      state: 'undecided',
      isRequired: true,
      needs: 400,
    };
    const report = { verdict: 'continue', because: 'too few', checks: [{ ...check, alpha: 0.001 }] };
    const location = { bucket: 'artifacts', key: 'rollout/churn/p1/look-1.json' };
    await platform.objects.put(location, new TextEncoder().encode(JSON.stringify(report)), 'application/json');
    expect((await read('getRollout', { id: 'p1' })).body['checks']).toEqual([check]);
    await platform.objects.put(location, new TextEncoder().encode('{"checks":1}'), 'application/json');
    expect((await read('getRollout', { id: 'p1' })).status).toBe(500);
  });
});
