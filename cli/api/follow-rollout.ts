import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelResponse, ReleaseResponse } from '../../contracts/api/catalog.ts';
import type { ExecutionResponse } from '../../contracts/api/operations.ts';
import type { RolloutResponse } from '../../contracts/api/rollouts.ts';
import { CliError } from '../cli-error.ts';
import { shortId } from '../terminal/plain-words.ts';
import { checkLines, entryLine, percentText, type StepShares, standingLine } from '../terminal/rollout-lines.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { ApiClient } from './api-client.ts';
import { ApiError } from './api-failure.ts';

const FIRST_POLL_MS = 250;
const LAST_POLL_MS = 2_000;

/**
 * Waits until a rollout has ended, and tells each phase as it is entered. It is the rollout that is followed, not the
 * execution: a long one passes through several.
 *
 * @throws CliError when it could not even begin
 */
export async function followRollout(api: ApiClient, rolloutId: string, terminal: Terminal): Promise<RolloutResponse> {
  let told = 0;
  let shares: StepShares | null = null;
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 1.2, LAST_POLL_MS)) {
    const rollout = await orNull(api.get<RolloutResponse>(`/v1/rollouts/${encodeURIComponent(rolloutId)}`));
    if (rollout === null) {
      terminal.progress(await beginning(api, rolloutId));
    } else {
      shares ??= await stepShares(api, rollout.releaseId);
      for (const entry of rollout.timeline.slice(told)) terminal.note(entryLine(entry, shares));
      told = rollout.timeline.length;
      if (rollout.outcome !== null) {
        terminal.progressEnd();
        return rollout;
      }
      terminal.progressBlock(await standing(api, rollout, shares));
    }
    await sleep(pollMs);
  }
}

/** What a rollout that is not there yet waits for. @throws CliError when it never will be */
async function beginning(api: ApiClient, rolloutId: string): Promise<string> {
  const id = `rollout:${rolloutId}`;
  const execution = await orNull(api.get<ExecutionResponse>(`/v1/executions/${encodeURIComponent(id)}`));
  if (execution !== null && execution.status !== 'RUNNING') {
    const reason = execution.error?.message ?? execution.status.toLowerCase();
    throw new CliError(`the rollout did not begin: ${reason}`, '', { execution });
  }
  return 'waiting to begin: a model has one rollout at a time';
}

async function standing(api: ApiClient, rollout: RolloutResponse, shares: StepShares): Promise<readonly string[]> {
  const { route, hold } = await api.get<ModelResponse>(`/v1/models/${encodeURIComponent(rollout.model)}`);
  return [
    `${shortId(rollout.releaseId)}: ${standingLine(rollout, shares, Date.now())}`,
    ...(hold === null ? [] : [`  held by ${hold.actor}: ${hold.because}`]),
    ...(route === null ? [] : [`  ${routeText(route)}`]),
    ...checkLines(rollout.checks),
  ];
}

/** `champion 3f… 75 %, challenger 9a… 25 %`. */
export function routeText({ champion, challenger, shadow }: NonNullable<ModelResponse['route']>): string {
  if (champion === null) return 'no release answers yet';
  const share = challenger === null ? 1 : 1 - challenger.share;
  const arms = [`champion ${shortId(champion.releaseId)} ${percentText(share)}`];
  if (challenger !== null) {
    const name = challenger.wasChampion ? 'champion before' : 'challenger';
    arms.push(`${name} ${shortId(challenger.releaseId)} ${percentText(challenger.share)}`);
  }
  if (shadow !== null) arms.push(`shadow ${shortId(shadow.releaseId)} asked beside ${percentText(shadow.share)}`);
  return arms.join(', ');
}

/** Of the canary that the release declares; none when it has none, or is not there. */
export async function stepShares(api: ApiClient, releaseId: string): Promise<StepShares> {
  const release = await orNull(api.get<ReleaseResponse>(`/v1/releases/${encodeURIComponent(releaseId)}`));
  const manifest = release?.manifest as
    | { model?: { rollout?: { canary?: { steps?: StepShares } | null } } }
    | undefined; // core's ReleaseManifest, as JSON
  return manifest?.model?.rollout?.canary?.steps ?? [];
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
