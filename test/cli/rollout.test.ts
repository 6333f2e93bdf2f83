import { describe, expect, it } from 'vitest';
import { CHECK, MODEL, NEW, OLD, RELEASE, rolloutAnswer, TIMELINE } from './rollout-answers.ts';
import { runCommand } from './run-command.ts';
import { apiOf, execution, failure } from './scripted-api.ts';

const release = (releaseId: string) => ({ releaseId, createdAt: '2026-03-01T00:00:00Z', passed: true, metrics: {} });
const LOOK = {
  at: '2026-03-01T12:00:00.000Z',
  number: 4,
  verdict: 'continue',
  because: 'too few units',
  reportUri: 's3://b/k',
} as const;

const promoted = rolloutAnswer({ timeline: TIMELINE, phase: 'done', outcome: 'promoted', because: 'all went well' });
const running = rolloutAnswer({
  timeline: TIMELINE.slice(0, 1),
  phase: 'canary',
  step: 1,
  look: LOOK,
  checks: [CHECK],
});

const platform = (...rollouts: Parameters<typeof apiOf>[0][string][]) =>
  apiOf({
    'GET /v1/models/repeat/releases': { body: { releases: [release(NEW), release(OLD)], next: null } },
    'POST /v1/models/repeat/rollouts': { status: 202, body: { executionId: 'rollout:r1' } },
    'GET /v1/executions/rollout%3Ar1': execution('RUNNING', { flow: 'rollout' }),
    [`GET /v1/releases/${NEW}`]: RELEASE,
    'GET /v1/models/repeat': MODEL,
    'GET /v1/rollouts/r1': rollouts.flat() as never, // answers one after the other
  });

describe('rollout', () => {
  it('brings a release into service that is named by its first digits, and tells each phase as it is entered', async () => {
    const api = await platform(failure(404, 'not-found', 'not yet'), running, promoted);
    const ran = await runCommand(['rollout', 'repeat', 'abab', '--url', api.url]);
    expect([ran.code, ran.stdout]).toEqual([
      0,
      expect.stringContaining('release abababababab answers predictions of repeat'),
    ]);
    const asked = api.asked.find(({ method }) => method === 'POST');
    expect(JSON.parse(asked!.body)).toEqual({ releaseId: NEW });
    expect(ran.stderr.split('\n')).toEqual([
      'waiting to begin: a model has one rollout at a time',
      '  12:00:00  gates          asked by ada',
      expect.stringMatching(/^abababababab: canary 25 % for .*, look 4: too few units$/),
      '  12:00:00  canary 25 %    every check is within its limit',
      '',
    ]);
  });

  it('gives a refused candidate another chance only with a reason', async () => {
    const api = await platform(promoted);
    const without = await runCommand(['rollout', 'repeat', NEW, '--force', '--url', api.url]);
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('--because')]);
    await runCommand(['rollout', 'repeat', NEW, '--force', '--because', 'logs were wrong', '--url', api.url]);
    const asked = api.asked.find(({ method }) => method === 'POST');
    expect(JSON.parse(asked!.body)).toEqual({ releaseId: NEW, force: true, because: 'logs were wrong' });
  });

  it.each([
    ['no release of repeat begins with "ff"', 'ff'],
    ['2 releases of repeat begin with "a"', 'a'],
  ])('starts nothing when %s', async (message, id) => {
    const api = await platform(promoted);
    const ran = await runCommand(['rollout', 'repeat', id, '--url', api.url]);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(api.asked.some(({ method }) => method === 'POST')).toBe(false);
  });

  it.each([
    ['the release has no name', ['rollout', 'repeat', '']],
    ['the release has no name', ['rollback', 'repeat', '--because', 'x', '--to', '']],
    ['--id is empty', ['rollout', '--id', '']],
    ["missing required argument 'before'", ['releases', 'diff']],
  ])('is a mistake of the command line: %s', async (message, args) => {
    const ran = await runCommand([...args, '--url', 'http://127.0.0.1:9']);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('fails with the reason when the release does not get to answer, and when it could not even begin', async () => {
    const api = await platform(
      rolloutAnswer({ phase: 'done', outcome: 'rejected', because: 'its views are not online' }),
    );
    const ran = await runCommand(['rollout', 'repeat', OLD, '--url', api.url, '--json']);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('rejected: its views are not online')]);
    expect(JSON.parse(ran.stdout).error.rollout.outcome).toBe('rejected');

    const never = await apiOf({
      'POST /v1/models/repeat/rollouts': { status: 202, body: { executionId: 'rollout:r1' } },
      'GET /v1/executions/rollout%3Ar1': execution('FAILED', { error: { name: 'X', message: 'no such model' } }),
    });
    const failed = await runCommand(['rollout', 'repeat', OLD, '--url', never.url]);
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('did not begin: no such model')]);
  });

  it('shows one rollout with its checks and intervals', async () => {
    const api = await platform(
      rolloutAnswer({ timeline: TIMELINE, phase: 'canary', step: 1, look: LOOK, checks: [CHECK] }),
    );
    const { stdout } = await runCommand(['rollout', '--id', 'r1', '--url', api.url]);
    expect(stdout).toContain('rollout r1 of release abababababab of repeat, after acacacacacac');
    expect(stdout).toContain('canary 25 %    every check is within its limit');
    expect(stdout).toMatch(
      /errors +0\.01 +0\.02 +0\.01 +\[-0\.01, 0\.03\] +0\.01 +1,000 \/ 500 +undecided, about 4,000 more/,
    );
    expect(stdout).toContain('look 4: too few units');
    const json = await runCommand(['rollout', '--id', 'r1', '--url', api.url, '--json']);
    expect(JSON.parse(json.stdout).checks).toEqual([CHECK]);
  });

  it('writes the open end of an interval as such', async () => {
    const check = { ...CHECK, interval: { low: 0, high: Number.MAX_VALUE } };
    const api = await platform(rolloutAnswer({ phase: 'canary', checks: [check] }));
    expect((await runCommand(['rollout', '--id', 'r1', '--url', api.url])).stdout).toContain('[0, ∞]');
  });

  it('is refused without a release, and with both', async () => {
    for (const args of [['rollout'], ['rollout', 'repeat'], ['rollout', 'repeat', NEW, '--id', 'r1']]) {
      expect((await runCommand(args)).code).toBe(2);
    }
  });
});

describe('rollouts', () => {
  it('lists what they came to and why', async () => {
    const rollouts = [running.body, promoted.body];
    const api = await apiOf({ 'GET /v1/models/repeat/rollouts': { body: { rollouts, next: null } } });
    const { stdout } = await runCommand(['rollouts', 'repeat', '--url', api.url]);
    expect(stdout).toMatch(/r1 +release +abababababab +\S+ +canary step 2 +too few units/);
    expect(stdout).toMatch(/promoted +all went well/);
  });
});
