import { join } from 'node:path';
import type { ModelResponse } from '../../../contracts/api/catalog.ts';
import type { ExecutionStartedResponse } from '../../../contracts/api/operations.ts';
import type { RolloutResponse } from '../../../contracts/api/rollouts.ts';
import type { RegisteredRelease } from '../../../contracts/training-flow.ts';
import { apply } from '../../apply/apply.ts';
import { countText, numberText, shortId } from '../../terminal/plain-words.ts';
import { silentTerminal } from '../../terminal/silent-terminal.ts';
import { failedOf, failuresOf, sentBetween } from '../figures/traffic-figures.ts';
import { executionEnd, releaseEnd } from '../follow.ts';
import type { Scene } from '../stage.ts';
import type { LiveTraffic } from '../traffic/live-traffic.ts';

export interface BadRelease {
  readonly deployed: boolean;
  readonly release: RegisteredRelease;
  readonly rollout: RolloutResponse;
  /** Whoever should answer all the while, and who does afterwards. */
  readonly championBefore: string;
  readonly championAfter: string | null;
  /** Of the traffic since the change was deployed. */
  readonly requests: number;
  readonly failed: number;
  readonly failures: readonly string[];
  readonly answeredByIt: number;
  /** Requests that it was asked too, and whose answers nobody saw. */
  readonly pairs: number;
}

const DEFINITIONS = join(import.meta.dirname, '../definitions-careless');

/** A colleague lets the training read cents and seconds, where requests bring euros and minutes. */
export const badRelease: Scene<{ readonly traffic: LiveTraffic; readonly champion: string }, BadRelease> = {
  name: 'bad release',
  title: 'A careless change: training reads cents, requests bring euros',
  play: async (stage, { traffic, champion }) => {
    const { api, model, screen } = stage;
    const fromMs = Date.now();
    screen.doing('the changed definition is deployed');
    const { deployed } = await apply({ api, terminal: silentTerminal }, { definitionsDir: DEFINITIONS, yes: true });
    const { executionId } = await api.post<ExecutionStartedResponse>(`/v1/models/${model}/trainings`, {});
    const release = await executionEnd<RegisteredRelease>(stage, executionId, 'a training with the change');
    const rollout = await releaseEnd(stage, badRelease.name, release);
    const { route } = await api.get<ModelResponse>(`/v1/models/${model}`);
    const visits = sentBetween(traffic.sent, fromMs);
    return {
      deployed,
      release,
      rollout,
      championBefore: champion,
      championAfter: route?.champion?.releaseId ?? null,
      requests: visits.length,
      failed: failedOf(visits).length,
      failures: failuresOf(visits),
      answeredByIt: visits.filter(({ releaseId }) => releaseId === release.releaseId).length,
      pairs: Math.max(0, ...(rollout.checks ?? []).map(({ n }) => n.candidate)),
    };
  },
  claims: [
    {
      says: ({ release }) =>
        `every gate passes release ${shortId(release.releaseId)} (test AUC ${numberText(release.metrics['auc'] ?? Number.NaN)}): its test rows have the same fault`,
      holds: ({ deployed, release }) => deployed && release.passed,
    },
    {
      says: ({ rollout, pairs }) =>
        `the shadow stops it after ${countText(pairs)} pairs of answers: ${rollout.look?.because ?? rollout.because ?? ''}`,
      holds: ({ rollout }) =>
        rollout.outcome === 'rejected' &&
        rollout.stop?.kind === 'evidence' &&
        rollout.timeline.some(({ phase }) => phase === 'shadow') &&
        !rollout.timeline.some(({ phase }) => phase === 'canary'),
    },
    {
      says: ({ requests, failed, championBefore }) =>
        `nobody was answered by it: ${countText(requests)} visits meanwhile, ${countText(failed)} failed, all by ${shortId(championBefore)}`,
      holds: ({ requests, failed, answeredByIt, championBefore, championAfter }) =>
        requests > 0 && failed === 0 && answeredByIt === 0 && championAfter === championBefore,
    },
  ],
};
