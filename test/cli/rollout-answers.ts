import type { RolloutResponse } from '../../contracts/api/rollouts.ts';
import { newRollout } from '../new-rollout.ts';

export const NEW = 'ab'.repeat(32);
export const OLD = 'ac'.repeat(32);

/** What GET /v1/rollouts/{id} answers. */
export function rolloutAnswer(change: Partial<RolloutResponse> = {}): { readonly body: RolloutResponse } {
  const {
    timeline,
    pointed: _,
    ...rollout
  } = newRollout('r1', { model: 'repeat', releaseId: NEW, previousReleaseId: OLD });
  return { body: { ...rollout, timeline: [...timeline], pointed: null, checks: null, ...change } };
}

const entry = (phase: RolloutResponse['phase'], step: number, because: string) => ({
  phase,
  step,
  at: '2026-03-01T12:00:00.000Z',
  because,
});

export const TIMELINE: RolloutResponse['timeline'] = [
  entry('gates', 0, 'asked by ada'),
  entry('canary', 1, 'every check is within its limit'),
];

export const CHECK: NonNullable<RolloutResponse['checks']>[number] = {
  metric: 'errors',
  baseline: 0.01,
  candidate: 0.02,
  observed: 0.01,
  interval: { low: -0.01, high: 0.03 },
  limit: 0.01,
  n: { baseline: 1000, candidate: 500 },
  state: 'undecided',
  isRequired: true,
  needs: 4000,
};

/** GET /v1/models/repeat while a quarter is answered by the new release. */
export const MODEL = {
  body: {
    name: 'repeat',
    route: {
      model: 'repeat',
      endpointName: 'e',
      champion: { releaseId: OLD, variant: 'champion' },
      challenger: { releaseId: NEW, variant: 'challenger', share: 0.25, rolloutId: 'r1' },
      shadow: null,
      epoch: 3,
    },
    hold: { model: 'repeat', actor: 'arn:ada', because: 'incident 7', at: '2026-03-01T12:00:00.000Z' },
    newestRelease: null,
    newestRollout: null,
    lastScan: null,
    definition: null,
  },
};

/** GET /v1/releases/{NEW}, as far as the shares of its canary are read there. */
export const RELEASE = {
  body: {
    releaseId: NEW,
    manifestUri: 's3://b/k',
    manifest: { model: { rollout: { canary: { steps: [0.05, 0.25] } } } },
  },
};
