import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import { CorruptDataError, UnavailableError } from '../../../core/errors.ts';
import { EndpointBusyError } from '../../../core/release/endpoint-busy-error.ts';
import { nextMove } from '../../../core/rollout/next-move.ts';
import { isPassingFailure } from '../../../core/rollout/passing-failure.ts';
import type { RolloutPhase } from '../../../core/rollout/rollout.ts';
import type { FailureNews } from '../../../core/rollout/truth.ts';
import { firstState, truthOf, WHOLE_POLICY } from '../../simulation/next-move-model.ts';
import { rolloutLab } from './rollout-lab.ts';

const PROPS = { policy: WHOLE_POLICY, hasLatencyGate: true, kind: 'release', championOn: 'champion' } as const;

/** What comes next in a phase that has lasted so long, after a failure. */
function moveAfter(phase: RolloutPhase, failure: Pick<FailureNews, 'of' | 'isPassing'>, agedMs = 0) {
  const { rollout, route: before } = firstState(PROPS);
  const promoted = { releaseId: rollout.releaseId, variant: 'challenger' } as const;
  const route = phase === 'watching' ? { ...before, champion: promoted } : before;
  const asked = { token: 't', requestedAt: '', expiresAt: '', decision: null, actor: null, comment: null };
  const approval = phase === 'approval' ? { ...asked, decidedAt: null } : null;
  const news = { kind: 'failure', ...failure, because: 'it did not answer' } as const;
  const endpoint = { state: phase === 'deploying' ? 'other-content' : 'in-service', missing: [] } as const;
  const around = { news, endpoint, isHeld: false, refusal: null, agedMs };
  return nextMove(truthOf({ rollout: { ...rollout, phase, approval }, route }, PROPS, around));
}

const MADE: readonly (readonly [RolloutPhase, FailureNews['of']])[] = [
  ['approval', 'ask'],
  ['deploying', 'point'],
  ['latency', 'replay'],
  ['shadow', 'advance'],
  ['canary', 'advance'],
  ['watching', 'advance'],
];

describe('a move that could not be made', () => {
  it.each(MADE)('is waited out in %s when its failure passes (%s)', (phase, of) => {
    expect(moveAfter(phase, { of, isPassing: true })).toMatchObject({ kind: 'wait' });
  });

  it.each(MADE)('leads back from %s when the failure does not pass (%s)', (phase, of) => {
    expect(moveAfter(phase, { of, isPassing: false })).toMatchObject({
      kind: 'change',
      next: { phase: 'restoring', stop: { kind: 'failure', because: expect.stringContaining('it did not answer') } },
    });
  });

  it.each([...MADE, ['canary', 'count'] as const])('leads back from %s when the time is up (%s)', (phase, of) => {
    expect(moveAfter(phase, { of, isPassing: true }, 7 * HOUR_MS)).toMatchObject({
      kind: 'change',
      next: { phase: 'restoring' },
    });
  });

  it('keeps nobody from the next phase once the truth can be read', () => {
    expect(moveAfter('gates', { of: 'advance', isPassing: true })).toMatchObject({ next: { phase: 'approval' } });
  });
});

describe('telling the endpoint', () => {
  /** A first release, whose endpoint takes a change only after so many refusals. */
  async function told(refusals: number, error: Error) {
    const lab = rolloutLab({ inServiceTimeoutMs: 10 * MINUTE_MS });
    await lab.register();
    const { pointEndpoint } = lab.hosting;
    let left = refusals;
    lab.hosting.pointEndpoint = async (wanted) => {
      if (left-- > 0) throw error;
      return pointEndpoint(wanted);
    };
    return lab.run(lab.ask('r1', await lab.release('one')));
  }

  const storm = new UnavailableError('the transaction of the registry was cancelled: TransactionConflict');

  it('goes on after a storm of conflicting writes', async () => {
    expect((await told(20, storm)).outcome).toBe('promoted');
  });

  it('is given up when the storm outlasts the time of the phase, with both reasons', async () => {
    const { outcome, because } = await told(Number.POSITIVE_INFINITY, storm);
    expect([outcome, because]).toEqual([
      'rejected',
      'it was not in service within 10m: UnavailableError: the transaction of the registry was cancelled: TransactionConflict',
    ]);
  });

  it('is given up at once when what was told is wrong', async () => {
    expect(await told(1, new CorruptDataError('it is broken'))).toMatchObject({
      outcome: 'rejected',
      because: 'CorruptDataError: it is broken',
    });
  });
});

it('knows the names of what passes, and takes no other for it', () => {
  const { name } = new EndpointBusyError('e', 'Updating');
  expect(['UnavailableError', 'Lambda.Unknown', name].every(isPassingFailure)).toBe(true);
  expect(['CorruptDataError', 'ArtifactChangedError', 'LeaseLostError', ''].some(isPassingFailure)).toBe(false);
});
