import { describe, expect, it } from 'vitest';
import { EndRolloutRequest, RolloutRequest, RolloutStepRequest } from '../../contracts/rollout.ts';
import { failure, type Script, walk } from './walk.ts';

const releaseId = 'a'.repeat(64);
const input: RolloutRequest = {
  rolloutId: 'r-1',
  model: 'churn',
  releaseId,
  kind: 'release',
  force: false,
  cause: 'training',
  actor: 'arn:aws:iam::1:root',
};
const steps = [
  { variants: [{ variant: 'challenger', releaseId }], flipTo: 'challenger' },
  { variants: [{ variant: 'champion', releaseId }], flipTo: 'champion' },
  { variants: [{ variant: 'champion', releaseId }], flipTo: null },
];

/** Not long ago by any clock, so that the waits stay short. */
const begunAt = '2100-01-01T00:00:00.000Z';
const ENDED = { outcome: 'as the route says' };
/** A rollout in which everything goes well; a test replaces what it is about. */
const smooth: Readonly<Record<string, Script>> = {
  'rollout/begin': () => ({ proceed: true, because: '', steps }),
  'rollout/point-endpoint': () => ({ begunAt }),
  'rollout/check-endpoint': () => ({ state: 'in-service', because: '' }),
  'rollout/flip-route': () => ({ epoch: 1 }),
  'rollout/end': () => ENDED,
};
const run = (script: Readonly<Record<string, Script>>) => walk('rollout', input, { ...smooth, ...script });

describe('the rollout machine', () => {
  it('takes every step in turn and ends with the outcome', async () => {
    const { status, output, calls, given } = await run({});
    expect([status, output]).toEqual(['SUCCEEDED', ENDED]);
    const step = ['rollout/point-endpoint', 'rollout/check-endpoint', 'rollout/flip-route'];
    expect(calls).toEqual(['rollout/begin', ...step, ...step, ...step, 'rollout/end']);
    expect(given['rollout/point-endpoint']?.map((payload) => payload['step'])).toEqual(steps);
    expect(given['rollout/flip-route']?.map((payload) => payload['step'])).toEqual(steps);
  });

  it('speaks to each function in the words of its contract', async () => {
    const { given } = await run({});
    expect(RolloutRequest.parse(given['rollout/begin']?.[0])).toEqual(input);
    expect(RolloutStepRequest.parse(given['rollout/point-endpoint']?.[0])).toEqual({ ...input, step: steps[0] });
    expect(given['rollout/check-endpoint']?.[0]).toEqual({
      ...input,
      step: steps[0],
      begunAt,
    });
    expect(EndRolloutRequest.parse(given['rollout/end']?.[0])).toEqual({ ...input, because: '' });
  });

  it('waits and looks again while the endpoint is changing', async () => {
    const { status, calls } = await run({
      'rollout/check-endpoint': (_, call) => ({ state: call < 3 ? 'changing' : 'in-service', because: '' }),
    });
    expect(status).toBe('SUCCEEDED');
    expect(calls.filter((name) => name === 'rollout/check-endpoint').length).toBe(6);
  });

  it.each([
    ['the plan says no', { proceed: false, because: 'the gates said no', steps: [] }, 'the gates said no'],
    ['the plan says yes without a step', { proceed: true, because: '', steps: [] }, ''],
    ['the plan says neither', { because: 'unclear', steps }, 'unclear'],
  ])('moves no traffic when %s', async (_, plan, because) => {
    const { status, calls, given } = await run({ 'rollout/begin': () => plan });
    expect(status).toBe('SUCCEEDED');
    expect(calls).toEqual(['rollout/begin', 'rollout/end']);
    expect(given['rollout/end']?.[0]?.['because']).toBe(because);
  });

  it.each([
    ['failed', { state: 'failed', because: 'overdue' }],
    ['is in a state nobody knows', { state: 'somewhere', because: 'overdue' }],
  ])('ends without touching the route when the endpoint %s', async (_, check) => {
    const { status, calls, given } = await run({ 'rollout/check-endpoint': () => check });
    expect(status).toBe('SUCCEEDED');
    expect(calls).not.toContain('rollout/flip-route');
    expect(given['rollout/end']?.[0]?.['because']).toBe('overdue');
  });

  it.each(['rollout/begin', 'rollout/point-endpoint', 'rollout/check-endpoint', 'rollout/flip-route'])(
    'puts things right and then tells the error when %s fails',
    async (name) => {
      const broken = { [name]: () => Promise.reject(failure('CorruptDataError', 'it is broken')) };
      const { status, error, cause, calls, given } = await run(broken);
      expect([status, error]).toEqual(['FAILED', 'CorruptDataError']);
      expect(cause).toContain('it is broken');
      expect(calls.at(-1)).toBe('rollout/end');
      expect(given['rollout/end']?.[0]).toEqual({ ...input, because: 'CorruptDataError: it is broken' });
    },
  );

  it('leaves everything alone when another rollout holds the lease', async () => {
    const { status, error, calls } = await run({
      'rollout/begin': () => Promise.reject(failure('RolloutInProgressError')),
    });
    expect([status, error]).toEqual(['FAILED', 'RolloutInProgressError']);
    expect(calls).toEqual(['rollout/begin']);
  });

  it('tries again where a service did not answer', async () => {
    const { status } = await run({
      'rollout/flip-route': (_, call) => (call === 0 ? Promise.reject(failure('UnavailableError')) : { epoch: 1 }),
      'rollout/point-endpoint': (_, call) => (call === 0 ? Promise.reject(failure('EndpointBusyError')) : { begunAt }),
    });
    expect(status).toBe('SUCCEEDED');
  });

  it('tries to end whatever the error, because the lease has to be given back', async () => {
    const { status, calls } = await run({
      'rollout/end': (_, call) => (call < 3 ? Promise.reject(failure('BugError')) : ENDED),
    });
    expect(status).toBe('SUCCEEDED');
    expect(calls.filter((name) => name === 'rollout/end').length).toBe(4);
  });
});
