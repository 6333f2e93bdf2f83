import { describe, expect, it } from 'vitest';
import { type ExecutionSight, progressOf, type RetrainingSight } from '../../../core/retraining/progress.ts';
import { days, NOW, NOW_MS, training } from './retraining-parts.ts';

const release = { releaseId: 'r2', passed: true, rolloutId: 'o2', because: '' };
const ended = (status: ExecutionSight['status'], error: ExecutionSight['error'] = null): ExecutionSight => ({
  status,
  endedAt: NOW,
  error,
});
const trained = (change: object = {}): RetrainingSight => ({
  of: 'training',
  execution: ended('SUCCEEDED'),
  release,
  costUsd: 0.5,
  ...change,
});
const rolledOut = (rollout: object | null, execution: ExecutionSight | null = null): RetrainingSight => ({
  of: 'rollout',
  rollout: rollout === null ? null : { outcome: null, because: 'why', endedAt: NOW, stop: null, ...rollout },
  execution,
});
const rollingOut = training({ status: 'rolling-out', releaseId: 'r2', rolloutId: 'o2' });

describe('a training', () => {
  it('that was written down and is not there is started; after days it is gone for good', () => {
    const absent = trained({ execution: null, release: null });
    expect(progressOf(training(), absent, NOW_MS)).toEqual({ to: 'start' });
    expect(progressOf(training(), absent, NOW_MS + days(3))).toMatchObject({
      to: 'change',
      next: { status: 'failed', helped: false, because: expect.stringContaining('is gone') },
    });
  });

  it('that runs is left alone', () => {
    expect(progressOf(training(), trained({ execution: ended('RUNNING') }), NOW_MS)).toEqual({ to: 'stay' });
  });

  it('whose release passed is rolled out; its cost is known', () => {
    expect(progressOf(training(), trained(), NOW_MS)).toMatchObject({
      next: { status: 'rolling-out', releaseId: 'r2', rolloutId: 'o2', costUsd: 0.5, endedAt: null },
    });
  });

  it('whose release did not pass has ended, and did not help', () => {
    const refused = { ...release, passed: false, because: 'auc 0.6 < 0.7' };
    expect(progressOf(training(), trained({ release: refused }), NOW_MS)).toMatchObject({
      next: {
        status: 'not-passed',
        releaseId: 'r2',
        endedAt: NOW,
        helped: false,
        helpedBecause: expect.stringContaining('0.6'),
      },
    });
  });

  it.each(['FAILED', 'TIMED_OUT', 'ABORTED'] as const)('that ended %s has failed, with its reason', (status) => {
    const execution = ended(status, { name: 'SageMaker.Stopped', message: 'stopped by hand' });
    expect(progressOf(training(), trained({ execution, release: null }), NOW_MS)).toMatchObject({
      next: {
        status: 'failed',
        endedAt: NOW,
        because: 'the training failed: SageMaker.Stopped: stopped by hand',
        helped: false,
      },
    });
  });

  it('that succeeded without a release has failed', () => {
    expect(progressOf(training(), trained({ release: null }), NOW_MS)).toMatchObject({ next: { status: 'failed' } });
  });
});

describe('its rollout', () => {
  it('is waited for while it runs, and while it has not begun', () => {
    expect(progressOf(rollingOut, rolledOut({}), NOW_MS)).toEqual({ to: 'stay' });
    expect(progressOf(rollingOut, rolledOut(null), NOW_MS)).toEqual({ to: 'stay' });
    expect(progressOf(rollingOut, rolledOut(null, ended('RUNNING')), NOW_MS + days(90))).toEqual({ to: 'stay' });
  });

  it('that never began is not waited for', () => {
    const failed = ended('FAILED', { name: 'UnavailableError', message: 'no answer' });
    for (const [execution, now] of [
      [failed, NOW_MS],
      [null, NOW_MS + days(6)],
    ] as const) {
      expect(progressOf(rollingOut, rolledOut(null, execution), now)).toMatchObject({
        next: { status: 'not-promoted', helped: false },
      });
    }
  });

  it('that promoted it ends it, and whether it helped is still open', () => {
    expect(progressOf(rollingOut, rolledOut({ outcome: 'promoted' }), NOW_MS)).toMatchObject({
      next: { status: 'promoted', endedAt: NOW, helped: null, helpedBecause: null },
    });
  });

  it('that did not says that it did not help, unless a newer release took its turn', () => {
    expect(
      progressOf(rollingOut, rolledOut({ outcome: 'rejected', stop: { kind: 'evidence' } }), NOW_MS),
    ).toMatchObject({
      next: { status: 'not-promoted', because: 'rejected: why', helped: false },
    });
    expect(
      progressOf(rollingOut, rolledOut({ outcome: 'rejected', stop: { kind: 'newer-release' } }), NOW_MS),
    ).toMatchObject({
      next: { status: 'not-promoted', helped: null, helpedBecause: 'rejected: why' },
    });
  });
});
