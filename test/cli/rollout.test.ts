import { describe, expect, it } from 'vitest';
import { runCommand } from './run-command.ts';
import { apiOf, execution } from './scripted-api.ts';

const NEW = 'ab'.repeat(32);
const OLD = 'ac'.repeat(32);
const release = (releaseId: string) => ({ releaseId, createdAt: '2026-03-01T00:00:00Z', passed: true, metrics: {} });
const platform = (output: object = { outcome: 'promoted', because: null }) =>
  apiOf({
    'GET /v1/models/repeat/releases': { body: { releases: [release(NEW), release(OLD)], next: null } },
    'POST /v1/models/repeat/rollouts': { status: 202, body: { executionId: 'rollout:r1' } },
    'GET /v1/executions/rollout%3Ar1': execution('SUCCEEDED', { flow: 'rollout', output }),
  });

describe('rollout', () => {
  it('brings a release into service that is named by its first digits', async () => {
    const api = await platform();
    const ran = await runCommand(['rollout', 'repeat', 'acac', '--url', api.url]);
    expect(ran.stdout).toContain('release acacacacacac answers predictions of repeat');
    const asked = api.asked.find(({ path }) => path.endsWith('/rollouts'));
    expect(JSON.parse(asked!.body)).toEqual({ releaseId: OLD });
  });

  it.each([
    ['no release of repeat begin with "ff"', 'ff'],
    ['2 releases of repeat begin with "a"', 'a'],
  ])('starts nothing when %s', async (message, id) => {
    const api = await platform();
    const ran = await runCommand(['rollout', 'repeat', id, '--url', api.url]);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(api.asked.some(({ path }) => path.endsWith('/rollouts'))).toBe(false);
  });

  it('fails with the reason when the release does not get to answer', async () => {
    const api = await platform({ outcome: 'rejected', because: 'its views are not online' });
    const ran = await runCommand(['rollout', 'repeat', OLD, '--url', api.url]);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('rejected: its views are not online')]);
  });
});
