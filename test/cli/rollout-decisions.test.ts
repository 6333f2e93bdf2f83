import { describe, expect, it } from 'vitest';
import { MODEL, NEW, OLD, RELEASE, rolloutAnswer } from './rollout-answers.ts';
import { runCommand } from './run-command.ts';
import { apiOf, failure } from './scripted-api.ts';

const TOKEN = 'ef'.repeat(32);

describe('rollback', () => {
  const answer = { rolledBack: true, immediate: true, releaseId: OLD, epoch: 7, rolloutId: 'r1', executionId: null };

  it('says who answers from the next request on', async () => {
    const api = await apiOf({ 'POST /v1/models/repeat/rollbacks': { body: answer } });
    const ran = await runCommand(['rollback', 'repeat', '--because', 'numbers look wrong', '--url', api.url]);
    expect(ran.stdout).toContain(
      'release acacacacacac answers predictions of repeat, from the next request on (epoch 7)',
    );
    expect(JSON.parse(api.asked[0]!.body)).toEqual({ because: 'numbers look wrong' });
  });

  it('waits for a release that has to be brought back, also beside a rollout that it stops', async () => {
    const brought = { ...answer, rolledBack: false, executionId: 'rollout:r2' };
    const api = await apiOf({
      'POST /v1/models/repeat/rollbacks': { status: 202, body: brought },
      [`GET /v1/releases/${NEW}`]: RELEASE,
      'GET /v1/rollouts/r2': rolloutAnswer({ rolloutId: 'r2', kind: 'rollback', phase: 'done', outcome: 'promoted' }),
    });
    const ran = await runCommand(['rollback', 'repeat', '--to', NEW, '--because', 'x', '--url', api.url]);
    expect(ran.stderr).toContain('rollout r1 is stopped; release acacacacacac answers predictions of repeat until');
    expect(ran.stdout).toContain('release abababababab answers predictions of repeat again');
    expect(JSON.parse(api.asked[0]!.body)).toEqual({ because: 'x', to: NEW });
  });

  it('tells every reason why it cannot, and needs one of its own', async () => {
    const api = await apiOf({ 'POST /v1/models/repeat/rollbacks': failure(409, 'conflict', 'cannot go back: a; b') });
    const ran = await runCommand(['rollback', 'repeat', '--because', 'x', '--url', api.url]);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('cannot go back: a; b')]);
    expect((await runCommand(['rollback', 'repeat'])).code).toBe(2);
  });
});

describe('hold', () => {
  const held = { model: 'repeat', actor: 'arn:ada', because: 'incident 7', at: '2026-03-01T12:00:00.000Z' };

  it('holds a model with a reason, and releases it', async () => {
    const api = await apiOf({
      'POST /v1/models/repeat/holds': [
        { body: { model: 'repeat', hold: held } },
        { body: { model: 'repeat', hold: null } },
      ],
    });
    const holding = await runCommand(['hold', 'repeat', '--because', 'incident 7', '--url', api.url]);
    expect(holding.stdout).toContain('repeat is held by arn:ada since 2026-03-01T12:00:00.000Z: incident 7');
    const released = await runCommand(['hold', 'repeat', '--release', '--url', api.url, '--json']);
    expect(JSON.parse(released.stdout)).toEqual({ model: 'repeat', hold: null });
    expect(api.asked.map(({ body }) => JSON.parse(body))).toEqual([
      { hold: true, because: 'incident 7' },
      { hold: false, because: 'released by hand' },
    ]);
    expect((await runCommand(['hold', 'repeat', '--url', api.url])).code).toBe(2);
  });

  it('is shown by status, beside the arms and their shares', async () => {
    const newestRollout = rolloutAnswer({ phase: 'canary', step: 1 }).body;
    const api = await apiOf({ 'GET /v1/models/repeat': { body: { ...MODEL.body, newestRollout } } });
    const { stdout } = await runCommand(['status', 'repeat', '--url', api.url]);
    expect(stdout).toContain(`answered by  ${OLD} on champion, 75 %`);
    expect(stdout).toContain(`challenger   ${NEW} on challenger, 25 %`);
    expect(stdout).toContain('held         by arn:ada since 2026-03-01T12:00:00.000Z: incident 7');
    expect(stdout).toContain('rollout      r1 under way (canary step 2)');
  });

  it('names the champion before while a promotion is watched, a holdback of nobody included', async () => {
    const [champion, before] = [
      { releaseId: NEW, variant: 'challenger' },
      { releaseId: OLD, variant: 'champion' },
    ];
    const challenger = { ...before, share: 0, rolloutId: 'r1', wasChampion: true };
    const body = { ...MODEL.body, route: { ...MODEL.body.route, champion, challenger } };
    const api = await apiOf({ 'GET /v1/models/repeat': { body } });
    const { stdout } = await runCommand(['status', 'repeat', '--url', api.url]);
    expect(stdout).toContain(`answered by  ${NEW} on challenger, 100 %`);
    expect(stdout).toContain(`before it    ${OLD} on champion, 0 %, and what the champion fails`);
  });
});

describe('approve', () => {
  const at = '2026-03-01T12:00:00.000Z';
  const open = {
    token: TOKEN,
    requestedAt: at,
    expiresAt: at,
    decision: null,
    actor: null,
    comment: null,
    decidedAt: null,
  };
  const waits = rolloutAnswer({ phase: 'approval', approval: open });
  const decided = (decision: 'approve' | 'reject') =>
    rolloutAnswer({
      phase: 'approval',
      approval: { ...open, decision, actor: 'arn:ada', comment: 'c', decidedAt: at },
    });

  it.each([
    ['a rollout', 'r1', { 'GET /v1/rollouts/r1': waits }],
    [
      'the newest rollout of a model',
      'repeat',
      { 'GET /v1/models/repeat': { body: { ...MODEL.body, newestRollout: waits.body } } },
    ],
  ])('says a word on %s, about exactly what waits for it', async (_what, named, answers) => {
    const api = await apiOf({ ...answers, 'POST /v1/rollouts/r1/approval': decided('approve') });
    const ran = await runCommand(['approve', named, '--comment', 'read the card', '--url', api.url]);
    expect(ran.stdout).toContain('release abababababab of repeat is approved');
    expect(JSON.parse(api.asked.at(-1)!.body)).toEqual({ decision: 'approve', comment: 'read the card', token: TOKEN });
  });

  it('rejects, and says nothing where nobody asks', async () => {
    const api = await apiOf({ 'GET /v1/rollouts/r1': waits, 'POST /v1/rollouts/r1/approval': decided('reject') });
    const ran = await runCommand(['approve', 'r1', '--reject', '--comment', 'unfair', '--url', api.url]);
    expect(ran.stdout).toContain('is rejected');
    expect(JSON.parse(api.asked.at(-1)!.body)).toMatchObject({ decision: 'reject' });
    const nobody = await apiOf({ 'GET /v1/rollouts/r1': rolloutAnswer() });
    const silent = await runCommand(['approve', 'r1', '--comment', 'x', '--url', nobody.url]);
    expect([silent.code, silent.stderr]).toEqual([1, expect.stringContaining('asks nobody for approval')]);
  });
});
