import { describe, expect, it } from 'vitest';
import {
  AdvanceRolloutRequest,
  AskApprovalRequest,
  ReplayRequest,
  RolloutLead,
  RolloutRequest,
} from '../../contracts/rollout.ts';
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
const lead: RolloutLead = { rolloutId: 'r-1', model: 'churn', fence: 3 };
const ENDED = { kind: 'ended', rollout: { rolloutId: 'r-1', outcome: 'promoted' } };
const WAIT = { kind: 'wait', seconds: 1 };
const counted = {
  phase: 'canary',
  since: '2026-03-01T12:00:00.000Z',
  prefix: 'rollout-counts/1/',
  spec: {
    kind: 'canary',
    database: 'headgate',
    model: 'churn',
    rolloutId: 'r-1',
    releases: { baseline: 'b'.repeat(64), candidate: releaseId },
    fromMs: 1,
    toMs: 2,
    cuts: [0.5],
    challenger: { is: 'candidate', share: 0.1 },
  },
};
const COUNT = { kind: 'count', query: { QueryString: 'unload', WorkGroup: 'headgate' }, counted };
const REPLAY = { kind: 'replay', replay: { rolloutId: 'r-1', model: 'churn', releaseId, variant: 'challenger' } };

/** A rollout that makes these moves and ends. */
function run(moves: readonly object[], script: Readonly<Record<string, Script>> = {}) {
  return walk('rollout', input, {
    'rollout/begin': () => lead,
    'rollout/advance': (_, call) => moves[call] ?? ENDED,
    'rollout/point-endpoint': () => null,
    'rollout/replay': () => ({ verdict: { gate: 'latency', verdict: { outcome: 'pass' } }, reportUri: 's3://b/k' }),
    StartQueryExecution: () => null,
    ...script,
  });
}

const newsIn = (payload: Readonly<Record<string, unknown>> | undefined) => AdvanceRolloutRequest.parse(payload).news;

describe('the rollout machine', () => {
  it('makes every move in turn and ends with the rollout', async () => {
    const { status, output, calls, given } = await run([{ kind: 'point' }, WAIT, REPLAY, COUNT]);
    expect([status, output]).toEqual(['SUCCEEDED', ENDED.rollout]);
    expect(calls).toEqual([
      'rollout/begin',
      'rollout/advance',
      'rollout/point-endpoint',
      'rollout/advance',
      'rollout/advance',
      'rollout/replay',
      'rollout/advance',
      'StartQueryExecution',
      'rollout/advance',
    ]);
    expect(RolloutRequest.parse(given['rollout/begin']?.[0])).toEqual(input);
    expect(RolloutLead.parse(given['rollout/point-endpoint']?.[0])).toEqual(lead);
    expect(ReplayRequest.parse(given['rollout/replay']?.[0])).toEqual(REPLAY.replay);
  });

  it('counts its turns and brings along what came of a move, once', async () => {
    const { given } = await run([REPLAY, COUNT, WAIT]);
    const asked = (given['rollout/advance'] ?? []).map((payload) => AdvanceRolloutRequest.parse(payload));
    expect(asked.map(({ turn }) => turn)).toEqual([0, 1, 2, 3]);
    expect(asked.map(({ news }) => news?.kind ?? null)).toEqual([null, 'replayed', 'counted', null]);
    expect(asked[2]?.news).toEqual({ kind: 'counted', counted });
  });

  it.each([
    ['point', { kind: 'point' }, 'rollout/point-endpoint'],
    ['replay', REPLAY, 'rollout/replay'],
    ['count', COUNT, 'StartQueryExecution'],
  ])('tells of a %s that failed, and leaves it to the next turn what that means', async (of, move, name) => {
    const broken =
      of === 'count'
        ? () => ({ isRefused: 'InvalidRequestException', message: 'it is broken' })
        : () => Promise.reject(failure('CorruptDataError', 'it is broken'));
    const { status, given } = await run([move], { [name]: broken });
    expect(status).toBe('SUCCEEDED');
    const news = newsIn(given['rollout/advance']?.[1]);
    expect(news).toMatchObject({ kind: 'failure', of, cause: expect.stringContaining('it is broken') });
  });

  it('goes back because of a move that nobody knows', async () => {
    const { status, given } = await run([{ kind: 'somersault' }]);
    expect(status).toBe('SUCCEEDED');
    expect(newsIn(given['rollout/advance']?.[1])).toMatchObject({
      kind: 'failure',
      of: 'advance',
      error: 'UnknownMove',
    });
  });

  it('waits for a person, and looks again when nobody has decided in time', async () => {
    const { status, calls, given } = await run([{ kind: 'ask', seconds: 1 }], { 'rollout/ask-approval': () => null });
    expect(status).toBe('SUCCEEDED');
    expect(calls).toEqual(['rollout/begin', 'rollout/advance', 'rollout/ask-approval', 'rollout/advance']);
    expect(AskApprovalRequest.parse(given['rollout/ask-approval']?.[0])).toMatchObject(lead);
    expect(newsIn(given['rollout/advance']?.[1])).toBeNull();
  });

  it.each(['rollout/advance', 'rollout/point-endpoint'])('stops when %s finds another leader', async (name) => {
    const { status, calls } = await run([{ kind: 'point' }], {
      [name]: () => Promise.reject(failure('LeaseLostError')),
    });
    expect(status).toBe('SUCCEEDED');
    expect(calls.at(-1)).toBe(name);
  });

  it('waits for the lease while another rollout has it', async () => {
    const { status, calls } = await run([], {
      'rollout/begin': (_, call) => (call < 3 ? Promise.reject(failure('RolloutInProgressError')) : lead),
    });
    expect(status).toBe('SUCCEEDED');
    expect(calls.filter((name) => name === 'rollout/begin')).toHaveLength(4);
  });

  it.each(['Lambda.Unknown', 'Runtime.ExitError', 'Sandbox.Timedout', 'States.Timeout'])(
    'begins all the same when the process that was to begin it was lost (%s)',
    async (name) => {
      const { status } = await run([], {
        'rollout/begin': (_, call) => (call === 0 ? Promise.reject(failure(name)) : lead),
      });
      expect(status).toBe('SUCCEEDED');
    },
  );

  it('fails when it cannot begin', async () => {
    const { status, error, calls } = await run([], {
      'rollout/begin': () => Promise.reject(failure('NotFoundError')),
    });
    expect([status, error, calls]).toEqual(['FAILED', 'NotFoundError', ['rollout/begin']]);
  });

  it('goes on in the next execution with the same request', async () => {
    const { status, rollouts } = await run([{ kind: 'continue', name: 'r-1-4' }]);
    expect(status).toBe('SUCCEEDED');
    expect(rollouts['r-1-4']).toEqual(input);
  });

  it('tries again where a service did not answer', async () => {
    const { status } = await run([{ kind: 'point' }], {
      'rollout/advance': (_, call) =>
        call === 0 ? { kind: 'point' } : call < 4 ? Promise.reject(failure('BugError')) : ENDED,
      'rollout/point-endpoint': (_, call) => (call === 0 ? Promise.reject(failure('EndpointBusyError')) : null),
    });
    expect(status).toBe('SUCCEEDED');
  });

  it('goes back when the truth cannot be read for long, and fails when that cannot be written either', async () => {
    let isBroken = true;
    const told = await run([], {
      'rollout/advance': (payload) => {
        if (payload['news'] !== null) isBroken = false;
        return isBroken ? Promise.reject(failure('CorruptDataError', 'no manifest')) : ENDED;
      },
    });
    expect(told.status).toBe('SUCCEEDED');
    expect(newsIn(told.given['rollout/advance']?.at(-1))).toMatchObject({ of: 'advance', error: 'CorruptDataError' });
    const stranded = await run([], { 'rollout/advance': () => Promise.reject(failure('CorruptDataError')) });
    expect([stranded.status, stranded.error]).toEqual(['FAILED', 'CorruptDataError']);
  });
});
