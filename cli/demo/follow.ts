import type { ExecutionResponse } from '../../contracts/api/operations.ts';
import type { RolloutResponse } from '../../contracts/api/rollouts.ts';
import type { RegisteredRelease } from '../../contracts/training-flow.ts';
import { ApiError } from '../api/api-failure.ts';
import { stepShares } from '../api/follow-rollout.ts';
import { CliError } from '../cli-error.ts';
import { shortId } from '../terminal/plain-words.ts';
import { placeText } from '../terminal/rollout-lines.ts';
import { ClaimError } from './claim.ts';
import { clockText } from './screen/panel-lines.ts';
import type { Stage } from './stage.ts';
import { until } from './until.ts';

/**
 * Waits for work that takes longer, and answers its output.
 *
 * @throws CliError when it failed
 */
export async function executionEnd<T>(stage: Stage, executionId: string, what: string): Promise<T> {
  const { api, screen, signal } = stage;
  const ended = await until(
    what,
    async () => {
      const execution = await found(api.get<ExecutionResponse>(`/v1/executions/${encodeURIComponent(executionId)}`));
      screen.doing(`${what}${execution?.step == null ? '' : ` (${wordsOf(execution.step)})`}`);
      return execution === null || execution.status === 'RUNNING' ? null : execution;
    },
    { signal },
  );
  screen.doing('');
  if (ended.status === 'SUCCEEDED') return ended.output as T; // the flow's contract
  const { status, step, error } = ended;
  throw new CliError(
    `${what} ${status.toLowerCase()} at ${step ?? 'its begin'}: ${error?.message ?? 'no reason was given'}`,
  );
}

/**
 * The rollout of a release that its gates let through, to its end.
 *
 * @throws ClaimError when they did not: there is no rollout then
 */
export async function releaseEnd(stage: Stage, scene: string, release: RegisteredRelease): Promise<RolloutResponse> {
  if (!release.passed) {
    throw new ClaimError(scene, `release ${shortId(release.releaseId)} passed its gates (${release.because})`, release);
  }
  return rolloutEnd(stage, release.rolloutId);
}

/** Tells each phase of a rollout as it is entered, and answers it when it has ended. */
export async function rolloutEnd(stage: Stage, rolloutId: string): Promise<RolloutResponse> {
  const { api, screen, signal } = stage;
  let told = 0;
  let shares: readonly number[] | null = null;
  const ended = await until(
    `the end of rollout ${rolloutId}`,
    async () => {
      const rollout = await found(api.get<RolloutResponse>(`/v1/rollouts/${encodeURIComponent(rolloutId)}`));
      if (rollout === null) return null;
      shares ??= await stepShares(api, rollout.releaseId);
      for (const { phase, step, at, because } of rollout.timeline.slice(told)) {
        const place = placeText(phase, step, shares);
        const after = clockText(Date.parse(at) - Date.parse(rollout.startedAt));
        screen.tell(`${after}  ${place.padEnd(12)} ${because}`, 'phase', { rolloutId, phase, step, at, because });
      }
      told = rollout.timeline.length;
      const { phase, step, look } = rollout;
      screen.show({ rollout: { place: placeText(phase, step, shares), because: look?.because ?? '' } });
      return rollout.outcome === null ? null : rollout;
    },
    { signal },
  );
  screen.show({ rollout: null });
  return ended;
}

async function found<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null; // it is about to appear
    throw error;
  }
}

/** `PrepareEvaluation` as `prepare evaluation`. */
function wordsOf(step: string): string {
  return step.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
